//! `GET /forgot`, `POST /forgot`: asks for a link by mail. The answer is the same whether the address has an account or not.

use std::hash::{DefaultHasher, Hash, Hasher};

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use crate::Result;
use crate::actor::{Actor, ActorKind};
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::PlainToken;
use crate::gate::Gate;
use crate::id::UserId;
use crate::identity::keeper::Keeper;
use crate::identity::one_time::{self, NewOneTime, Purpose};
use crate::identity::open_page::Open;
use crate::identity::{people, sign_in, throttle};
use crate::mailing::{self, Mail};
use crate::web::form::FormErrors;
use crate::web::page::PageShell;
use crate::web::{Form, request as facts};

#[derive(Template)]
#[template(path = "identity/forgot.html")]
struct Page {
    shell: PageShell,
    errors: FormErrors,
    /// The address a link was asked for; empty before.
    asked: String,
    /// Whether mails leave this machine.
    mails_leave: bool,
}

/// Shows the form.
///
/// # Errors
/// While the program is starting.
pub async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    respond(&request, &app, String::new())
}

/// Sends the link, if there is somebody to send it to.
///
/// # Errors
/// [`crate::Error::TooMany`] where one place asks too often; where the store does not answer.
pub async fn ask(request: HttpRequest, app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let keeper = Keeper::of(&app)?;
    let (origin, now) = (facts::origin(&request), app.clock.now());
    keeper
        .guards()
        .places
        .take(throttle::place(facts::facts(&request).address), now)?;
    let typed: String = form.text("email").chars().take(254).collect();
    let email = sign_in::normal(&typed);
    let may_mail = keeper
        .guards()
        .resets
        .take(account_key(&email), now)
        .is_ok();

    let company = keeper
        .company(facts::facts(&request).tenant_slug.as_deref())
        .map_or_else(
            || "Steading".to_owned(),
            |company| company.view.name.clone(),
        );
    let token = PlainToken::generate()?;
    let link = format!("{}/reset?token={}", app.public_url, token.expose());
    let minutes = Purpose::Reset.lifetime().as_secs() / 60;
    let letter = mailing::password_reset(&company, &link, minutes)?;
    let (hash, vault) = (token.hash(), app.vault.clone());
    // Where one company is served its own server carries the mail, and its outbox shows it.
    let proves = keeper.directory().serves_many();
    let actor = Actor {
        kind: ActorKind::Public,
        id: None,
        name: "sign-in page".to_owned(),
        origin,
    };
    // One write either way: whoever measures how long the answer takes learns little from it.
    app.control
        .write(move |c| {
            let user = people::user_by_email(c, &email)?;
            let id = user
                .as_ref()
                .map_or(UserId::from_uuid(uuid::Uuid::nil()), |user| user.id);
            let may_enter = people::belongs_to(c, id)? > 0;
            let event = Event::new("password.reset_asked").product("identity");
            let Some(user) = user.filter(|user| may_enter && may_mail && user.password.is_some())
            else {
                return audit::record(c, &actor, event);
            };
            let link = NewOneTime {
                proves,
                ..NewOneTime::shown(Purpose::Reset, Some(user.id), &hash)
            };
            one_time::issue(c, &link)?;
            let mail = Mail::of("password_reset", &user.email, letter.clone()).confidential();
            mailing::queue(c, &vault, &mail)?;
            audit::record(c, &actor, event.target("user", &user.id, &user.email))
        })
        .await?;
    respond(&request, &app, typed)
}

fn respond(request: &HttpRequest, app: &App, asked: String) -> Result<HttpResponse> {
    let mut open = Open::new(request, app, "Forgot your password?")?;
    let mails_leave = app.config.mail.smtp_url.is_some();
    if asked.is_empty() {
        open.shell.lead =
            "Tell us your address, and a link to choose a new one is mailed to you.".to_owned();
    }
    Ok(open.answer(StatusCode::OK, |shell| Page {
        shell,
        errors: FormErrors::none(),
        asked,
        mails_leave,
    }))
}

/// Which account a request is counted for; whether it exists plays no part.
fn account_key(email: &str) -> u128 {
    let mut hasher = DefaultHasher::new();
    email.hash(&mut hasher);
    u128::from(hasher.finish())
}
