//! `POST /account/name`.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::{own, page};
use crate::Result;
use crate::audit::{self, Event};
use crate::identity::keeper::Keeper;
use crate::identity::people;
use crate::identity::permissions::OwnAccount;
use crate::web::form::FormErrors;
use crate::web::parts::Toast;
use crate::web::{Allowed, Fields, Form, answer, flash, shown_in_form};

/// Saves one's own name.
///
/// # Errors
/// Where the store does not answer.
pub async fn save(allowed: Allowed<OwnAccount>, form: Form) -> Result<HttpResponse> {
    let (user, session) = own(&allowed)?;
    let mut fields = Fields::default();
    let name = fields.form_text(&form, "name", 0..=120, "A name has at most 120 characters.");
    if let Err(error) = fields.check() {
        let errors = shown_in_form(error)?;
        return page::render(
            &allowed,
            StatusCode::UNPROCESSABLE_ENTITY,
            Some(name),
            errors,
            FormErrors::none(),
        )
        .await;
    }
    if name != session.user_name {
        let actor = allowed.actor.clone();
        let (before, after) = (
            serde_json::json!({ "name": session.user_name }),
            serde_json::json!({ "name": name }),
        );
        allowed
            .app
            .control
            .write(move |c| {
                people::set_name(c, user, &name)?;
                let event = Event::new("account.changed").product("identity").target(
                    "user",
                    &user,
                    &session.user_email,
                );
                audit::record(c, &actor, event.before_after(&before, &after))
            })
            .await?;
        Keeper::of(&allowed.app)?.forget_person(user);
    }
    Ok(flash::with(
        answer::see_other("/account"),
        &allowed.app,
        &Toast::good("Your name is saved."),
    ))
}
