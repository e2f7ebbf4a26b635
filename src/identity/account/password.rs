//! `POST /account/password`: the old password is asked for again, every other browser is signed out, this one gets a new token.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::{own, page};
use crate::audit::{self, Event};
use crate::crypto::{PlainPassword, PlainToken};
use crate::identity::keeper::Keeper;
use crate::identity::letters;
use crate::identity::open_page::with_cookie;
use crate::identity::permissions::OwnAccount;
use crate::identity::reset::acceptable;
use crate::identity::{one_time, people, sessions};
use crate::mailing::{self, Mail};
use crate::web::form::FormErrors;
use crate::web::parts::Toast;
use crate::web::{Allowed, Form, answer, flash};
use crate::{Error, Result};

/// Changes one's own password.
///
/// # Errors
/// [`Error::TooMany`] where the old password is guessed at; where the store or the hasher is too busy.
pub async fn save(allowed: Allowed<OwnAccount>, form: Form) -> Result<HttpResponse> {
    let (user, session) = own(&allowed)?;
    let app = &allowed.app;
    let (old, new) = (
        PlainPassword::from(form.raw("old_password")),
        PlainPassword::from(form.raw("password")),
    );
    let again = |errors| {
        page::render(
            &allowed,
            StatusCode::UNPROCESSABLE_ENTITY,
            None,
            FormErrors::none(),
            errors,
        )
    };
    if let Err(error) = acceptable(&new, &session.user_email, &allowed.company.name) {
        return again(FormErrors::none().with("password", error.message)).await;
    }
    if !is_own_password(&allowed, &session.user_email, &old).await? {
        return again(
            FormErrors::none().with("old_password", "This is not your password as it is now."),
        )
        .await;
    }
    let hash = app.hasher.hash(&new).await?;
    let token = PlainToken::generate()?;
    let letter =
        letters::password_changed(&allowed.company.name, &format!("{}/forgot", app.public_url))?;
    let (actor, vault, rotated) = (allowed.actor.clone(), app.vault.clone(), token.hash());
    app.control
        .write(move |c| {
            people::set_password(c, user, &hash)?;
            sessions::end_all(c, user, Some(session.id))?;
            sessions::rotate(c, session.id, &rotated)?;
            one_time::kill_all_of(c, user)?;
            mailing::queue(
                c,
                &vault,
                &Mail::of("password_changed", &session.user_email, letter.clone()),
            )?;
            let event = Event::new("password.changed").product("identity").target(
                "user",
                &user,
                &session.user_email,
            );
            audit::record(c, &actor, event.secret("password"))
        })
        .await?;
    Keeper::of(app)?.forget_person(user);
    let response = answer::see_other("/account");
    let response = flash::with(
        response,
        app,
        &Toast::good("Your password is changed. Every other browser was signed out."),
    );
    Ok(with_cookie(response, Some(sessions::cookie(app, &token))))
}

/// Whether somebody typed the password they have; tries are counted like those at the sign-in page.
async fn is_own_password(
    allowed: &Allowed<OwnAccount>,
    email: &str,
    typed: &PlainPassword,
) -> Result<bool> {
    let app = &allowed.app;
    let (guards, now) = (Keeper::of(app)?.guards(), app.clock.now());
    guards.accounts.begin(email, now)?;
    let wanted = email.to_owned();
    let judged = async {
        let user = app
            .control
            .read(move |c| people::user_by_email(c, &wanted))
            .await?;
        let held = user.and_then(|user| user.password);
        Ok::<bool, Error>(app.hasher.verify_or_dummy(held.as_ref(), typed).await?)
    }
    .await;
    match &judged {
        Ok(true) => guards.accounts.succeeded(email),
        Ok(false) => {}
        Err(_) => guards.accounts.abandoned(email, now),
    }
    judged
}
