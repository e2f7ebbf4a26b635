//! `/operator/login` and `/operator/logout`. As at every sign-in, unknown, disabled and wrong are one answer and one amount of work.

use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::door::{of_many, session};
use super::model::{ABSOLUTE, Operator};
use super::store;
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::{PlainPassword, PlainToken};
use crate::identity::{Accounts, Buckets, Open, normal, place, too_many, with_cookie};
use crate::web::form::FormErrors;
use crate::web::page::PageShell;
use crate::web::parts::Toast;
use crate::web::request::{self, is_console};
use crate::web::{Form, Query, answer, csrf, flash};
use crate::{Error, Result};

/// Longest address looked at; the form takes no longer one.
const EMAIL_LIMIT: usize = 254;

/// What slows guessing down.
struct Guards {
    accounts: Accounts,
    places: Buckets,
}

impl Default for Guards {
    fn default() -> Self {
        Self {
            accounts: Accounts::new(),
            places: Buckets::new(10, Duration::from_secs(30)),
        }
    }
}

#[derive(Template)]
#[template(path = "operator/login.html")]
struct Page {
    shell: PageShell,
    errors: FormErrors,
    email: String,
    next: String,
}

/// Shows the form; whoever is signed in goes on.
///
/// # Errors
/// [`Error::NotFound`] where one company is served.
pub async fn show(request: HttpRequest) -> Result<HttpResponse> {
    let app = of_many(&request)?;
    let next = onward(Query::of(&request).get("next"));
    if session(&request, &app).await?.is_some() {
        return Ok(answer::see_other(&next));
    }
    respond(
        &request,
        &app,
        StatusCode::OK,
        (String::new(), next),
        FormErrors::none(),
    )
}

/// Signs in; a session elsewhere ends.
///
/// # Errors
/// [`Error::NotFound`] where one company is served; where the store or the hasher is too busy.
pub async fn enter(request: HttpRequest, form: Form) -> Result<HttpResponse> {
    let app = of_many(&request)?;
    let (email, next) = (form.text("email").to_owned(), onward(form.text("next")));
    let password = PlainPassword::from(form.raw("password"));
    let again = |message: String, status| {
        respond(
            &request,
            &app,
            status,
            (email.clone(), next.clone()),
            FormErrors::none().with("", message),
        )
    };
    match prove(&app, &request, &email, &password).await {
        Ok(Some(operator)) => {
            let token = begin(&app, &request, operator).await?;
            let cookie = cookie(&app, &token);
            Ok(with_cookie(answer::see_other(&next), Some(cookie)))
        }
        Ok(None) => again(
            "This address and this password do not belong together.".to_owned(),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        Err(error @ Error::TooMany { .. }) => {
            let said = again(error.to_string(), StatusCode::TOO_MANY_REQUESTS)?;
            Ok(too_many(said, &error))
        }
        Err(error) => Err(error),
    }
}

/// The operator of an address and a password; nobody where they do not belong together.
async fn prove(
    app: &App,
    request: &HttpRequest,
    email: &str,
    password: &PlainPassword,
) -> Result<Option<Operator>> {
    let guards = app.memory.of::<Guards>();
    let (email, now) = (normal(email), app.clock.now());
    let from = place(request::facts(request).address);
    guards.places.take(from, now)?;
    guards.accounts.begin(&email, now)?;
    let judged = judge(app, email.clone(), password).await;
    match &judged {
        Ok(Some(_)) => {
            guards.accounts.succeeded(&email);
            guards.places.give_back(from);
        }
        Ok(None) => {}
        Err(_) => {
            guards.accounts.abandoned(&email, now);
            guards.places.give_back(from);
        }
    }
    judged
}

async fn judge(app: &App, email: String, password: &PlainPassword) -> Result<Option<Operator>> {
    let looked_up: String = email.chars().take(EMAIL_LIMIT).collect();
    let found = app
        .control
        .read(move |c| store::by_email(c, &looked_up))
        .await?;
    let held = found.as_ref().map(|operator| operator.password.clone());
    let matches = app
        .hasher
        .verify_or_dummy(held.as_ref(), password)
        .await
        .map_err(Error::from)?;
    Ok(found.filter(|operator| matches && operator.disabled_at.is_none()))
}

async fn begin(app: &App, request: &HttpRequest, operator: Operator) -> Result<PlainToken> {
    let token = PlainToken::generate()?;
    let (hash, origin) = (token.hash(), request::origin(request));
    app.control
        .write(move |c| {
            store::begin(c, operator.id, &hash, &origin)?;
            let event = Event::new("operator_session.started")
                .product("operator")
                .target("operator", &operator.id, &operator.email);
            audit::record(c, &operator.actor(origin.clone()), event)
        })
        .await?;
    Ok(token)
}

/// Signs out.
///
/// # Errors
/// Where the store does not answer.
pub async fn leave(request: HttpRequest, _form: Form) -> Result<HttpResponse> {
    let app = of_many(&request)?;
    if let Some(session) = session(&request, &app).await? {
        let origin = request::origin(&request);
        app.control
            .write(move |c| {
                store::end(c, session.id)?;
                let operator = &session.operator;
                let event = Event::new("operator_session.ended")
                    .product("operator")
                    .target("operator", &operator.id, &operator.email);
                audit::record(c, &operator.actor(origin.clone()), event)
            })
            .await?;
    }
    let response = answer::see_other("/operator/login");
    let response = flash::with(response, &app, &Toast::good("You are signed out."));
    Ok(with_cookie(response, Some(no_cookie(&app))))
}

/// A page of the console to go on to.
fn onward(next: &str) -> String {
    let next = answer::local_next(next);
    let path = next.split(['?', '#']).next().unwrap_or_default();
    if is_console(path) {
        next.to_owned()
    } else {
        "/operator".to_owned()
    }
}

fn respond(
    request: &HttpRequest,
    app: &App,
    status: StatusCode,
    (email, next): (String, String),
    errors: FormErrors,
) -> Result<HttpResponse> {
    let mut open = Open::new(request, app, "Operators")?;
    open.shell.is_console = true;
    open.shell.lead = "For those who look after this instance and its companies.".to_owned();
    Ok(open.answer(status, |shell| Page {
        shell,
        errors,
        email,
        next,
    }))
}

fn cookie(app: &App, token: &PlainToken) -> Cookie<'static> {
    let seconds = i64::try_from(ABSOLUTE.as_secs()).unwrap_or(i64::MAX);
    Cookie::build(
        csrf::operator_cookie_name(app.is_https()),
        token.expose().to_owned(),
    )
    .path("/")
    .http_only(true)
    .same_site(SameSite::Strict)
    .secure(app.is_https())
    .max_age(time::Duration::seconds(seconds))
    .finish()
}

fn no_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = Cookie::build(csrf::operator_cookie_name(app.is_https()), "")
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(app.is_https())
        .finish();
    cookie.make_removal();
    cookie
}
