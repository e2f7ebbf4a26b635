//! `GET /signup/confirm?token=…` shows a button, `POST /signup/confirm` uses the link up: a scanner that follows links opens nothing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::{BLOCKED, Guard, Signup, State, opening, store, welcoming};
use crate::actor::{Actor, ActorKind};
use crate::app::App;
use crate::audit::{self, Event};
use crate::config::Signup as Policy;
use crate::crypto::PlainToken;
use crate::identity::{Open, place, told};
use crate::web::page::PageShell;
use crate::web::parts::{Link, Toast};
use crate::web::{Form, Query, answer, flash, request as facts};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "operator/signup_confirm.html")]
struct Page {
    shell: PageShell,
    token: String,
    verb: &'static str,
}

/// Shows the button to whoever holds the link.
///
/// # Errors
/// [`Error::NotFound`] where companies are not asked for.
pub async fn show(request: HttpRequest) -> Result<HttpResponse> {
    let app = welcoming(&request)?;
    let token = Query::of(&request).get("token").to_owned();
    let signup = match held(&request, &app, &token).await? {
        Ok(signup) => signup,
        Err(said) => return Ok(said),
    };
    let mut open = Open::new(&request, &app, &format!("Open {}", signup.company))?;
    open.shell.lead = format!("For {}.", signup.email);
    let verb = match app.config.signup {
        Policy::Approval => "Yes, ask for it",
        Policy::Open | Policy::Closed => "Yes, open it",
    };
    Ok(open.answer(StatusCode::OK, |shell| Page { shell, token, verb }))
}

/// Opens the company, or hands the wish to the operators.
///
/// # Errors
/// [`Error::NotFound`] where companies are not asked for; where the store does not answer.
pub async fn confirm(request: HttpRequest, form: Form) -> Result<HttpResponse> {
    let app = welcoming(&request)?;
    let signup = match held(&request, &app, form.text("token")).await? {
        Ok(signup) => signup,
        Err(said) => return Ok(said),
    };
    let actor = Actor {
        kind: ActorKind::Public,
        id: None,
        name: signup.email.clone(),
        origin: facts::origin(&request),
    };
    if app.config.signup == Policy::Approval {
        hand_over(&app, actor, &signup).await?;
        return waits(&request, &app, &signup);
    }
    match opening::open(&app, &actor, &signup, State::Asked, None).await {
        Ok(company) => {
            let to = format!("/login?next=%2Ft%2F{}%2Fadmin", company.slug);
            let said = format!(
                "{} is open. Sign in to begin; if you had an account here, a mail may ask you for a new password first.",
                company.settings.name
            );
            Ok(flash::with(
                answer::see_other(&to),
                &app,
                &Toast::good(said),
            ))
        }
        Err(Error::Gone(_)) => opened(&request, &app, &signup),
        Err(Error::Conflict { code: BLOCKED, .. }) => blocked(&request, &app),
        Err(Error::Conflict { .. }) => {
            let words = (
                "The name was taken meanwhile",
                format!(
                    "There is a company {} now. Ask again under another name.",
                    signup.slug
                ),
            );
            let link = Link::new("Ask again", "/signup");
            told(&request, &app, StatusCode::CONFLICT, words, Some(link))
        }
        Err(error) => Err(error),
    }
}

async fn hand_over(app: &App, actor: Actor, signup: &Signup) -> Result<()> {
    let signup = signup.clone();
    app.control
        .write(move |c| {
            if !store::step(c, signup.id, State::Asked, State::Waiting)? {
                return Ok(());
            }
            let event = Event::new("signup.confirmed").product("operator").target(
                "signup",
                &signup.id,
                &signup.company,
            );
            audit::record(c, &actor, event)
        })
        .await
}

/// The sign-up of a link that works, or the page that says why it does not. Guessing is slowed down by place.
async fn held(
    request: &HttpRequest,
    app: &App,
    token: &str,
) -> Result<std::result::Result<Signup, HttpResponse>> {
    let (guard, from) = (
        app.memory.of::<Guard>(),
        place(facts::facts(request).address),
    );
    guard.0.take(from, app.clock.now())?;
    let Some(token) = PlainToken::parse(token) else {
        return over(request, app).map(Err);
    };
    let hash = token.hash();
    let found = app.control.read(move |c| {
        let Some(signup) = store::by_token(c, &hash)? else {
            return Ok(None);
        };
        let judged = store::judge_blocks(c, &signup);
        Ok(Some((signup, judged)))
    });
    let Some((signup, judged)) = found.await? else {
        return over(request, app).map(Err);
    };
    guard.0.give_back(from);
    // Whoever did not see the answer the first time finds it by the same link.
    match (signup.state, judged) {
        (State::Asked, Ok(())) => Ok(Ok(signup)),
        (State::Asked, Err(Error::Conflict { .. })) => blocked(request, app).map(Err),
        (State::Asked, Err(error)) => Err(error),
        (State::Waiting, _) => waits(request, app, &signup).map(Err),
        (State::Opened, _) => opened(request, app, &signup).map(Err),
        (State::Declined, _) => over(request, app).map(Err),
    }
}

fn waits(request: &HttpRequest, app: &App, signup: &Signup) -> Result<HttpResponse> {
    let words = (
        "Somebody looks at it now",
        format!(
            "{} is asked for. The answer comes by mail to {}.",
            signup.company, signup.email
        ),
    );
    told(request, app, StatusCode::OK, words, None)
}

fn opened(request: &HttpRequest, app: &App, signup: &Signup) -> Result<HttpResponse> {
    let words = (
        "This link was used already",
        format!("It opened {}. Sign in to begin.", signup.company),
    );
    let link = Link::new(
        "Sign in",
        format!("/login?next=%2Ft%2F{}%2Fadmin", signup.slug),
    );
    told(request, app, StatusCode::GONE, words, Some(link))
}

fn blocked(request: &HttpRequest, app: &App) -> Result<HttpResponse> {
    let words = (
        "This company is not opened",
        "Its name, or the provider of your address, is not taken here. Ask again under another name, or with an address of your company."
            .to_owned(),
    );
    let link = Link::new("Ask again", "/signup");
    told(request, app, StatusCode::FORBIDDEN, words, Some(link))
}

fn over(request: &HttpRequest, app: &App) -> Result<HttpResponse> {
    let words = (
        "This link does not work any more",
        "This link was used already, or is too old. Ask again; nothing was opened by it now."
            .to_owned(),
    );
    let link = Link::new("Ask again", "/signup");
    told(request, app, StatusCode::GONE, words, Some(link))
}
