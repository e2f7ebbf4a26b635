//! `POST /account/sessions/end-others`, `POST /account/sessions/{id}/end`.

use actix_web::{HttpResponse, web};

use super::own;
use crate::audit::{self, Event};
use crate::id::SessionId;
use crate::identity::keeper::Keeper;
use crate::identity::permissions::OwnAccount;
use crate::identity::sessions;
use crate::web::parts::Toast;
use crate::web::{Allowed, Form, answer, flash};
use crate::{Error, Result};

/// Signs every other browser of this person out.
///
/// # Errors
/// Where the store does not answer.
pub async fn others(allowed: Allowed<OwnAccount>, _form: Form) -> Result<HttpResponse> {
    let (user, session) = own(&allowed)?;
    let actor = allowed.actor.clone();
    let ended = allowed
        .app
        .control
        .write(move |c| {
            let ended = sessions::end_all(c, user, Some(session.id))?;
            if ended > 0 {
                let event = Event::new("session.others_ended")
                    .product("identity")
                    .target("user", &user, &session.user_email);
                audit::record(c, &actor, event)?;
            }
            Ok(ended)
        })
        .await?;
    Keeper::of(&allowed.app)?.forget_person(user);
    let text = match ended {
        0 => "You are signed in nowhere else.".to_owned(),
        1 => "One other browser was signed out.".to_owned(),
        many => format!("{many} other browsers were signed out."),
    };
    Ok(flash::with(
        answer::see_other("/account"),
        &allowed.app,
        &Toast::good(text),
    ))
}

/// Signs one browser of this person out.
///
/// # Errors
/// [`Error::NotFound`] for a session that is over or somebody else's.
pub async fn one(
    allowed: Allowed<OwnAccount>,
    id: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let (user, session) = own(&allowed)?;
    let id: SessionId = id.parse().map_err(|_| Error::NotFound)?;
    let actor = allowed.actor.clone();
    allowed
        .app
        .control
        .write(move |c| {
            if !sessions::end_one(c, user, id)? {
                return Err(Error::NotFound);
            }
            let event = Event::new("session.ended").product("identity").target(
                "user",
                &user,
                &session.user_email,
            );
            audit::record(c, &actor, event)
        })
        .await?;
    Keeper::of(&allowed.app)?.forget_session(id);
    Ok(flash::with(
        answer::see_other("/account"),
        &allowed.app,
        &Toast::good("That browser was signed out."),
    ))
}
