//! `GET /setup?token=…`, `POST /setup`: four fields, and the instance has an owner who is signed in.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::{Claim, claim, dead_link, guess, no_link, owned_already};
use crate::app::App;
use crate::crypto::policy::{self, PersonalWords};
use crate::crypto::{HashedToken, PlainPassword, PlainToken};
use crate::identity::companies;
use crate::identity::keeper::Keeper;
use crate::identity::one_time::{self, Purpose};
use crate::identity::open_page::{Open, told, with_cookie};
use crate::identity::{sessions, throttle};
use crate::money::Currency;
use crate::tenancy::{self, Settings};
use crate::web::form::{Choice, FormErrors};
use crate::web::page::PageShell;
use crate::web::parts;
use crate::web::{Fields, Form, Query, answer, request as facts, shown_in_form};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "identity/setup.html")]
struct Page {
    shell: PageShell,
    errors: FormErrors,
    token: String,
    company: String,
    email: String,
    currency: String,
    currencies: Vec<Choice>,
}

/// Shows the form to whoever holds the link.
///
/// # Errors
/// Where the store fails or somebody guesses; without a working link the page says where to find one.
pub async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    let query = Query::of(&request);
    let link = match open_link(&request, &app, query.get("token")).await {
        Ok(link) => link,
        Err(error) => return shut(&request, &app, error),
    };
    let currency = guess::currency(languages(&request)).to_owned();
    let page = Typed {
        token: query.get("token").to_owned(),
        currency,
        ..Typed::default()
    };
    respond(
        &request,
        &app,
        StatusCode::OK,
        page,
        FormErrors::none(),
        link.minutes_left,
    )
}

/// Makes the first owner and goes on to the dashboard.
///
/// # Errors
/// As [`show`]; what does not fit is shown beside the form.
pub async fn save(request: HttpRequest, app: web::Data<App>, form: Form) -> Result<HttpResponse> {
    let typed = Typed::of(&form);
    let link = match open_link(&request, &app, &typed.token).await {
        Ok(link) => link,
        Err(error) => return shut(&request, &app, error),
    };
    let password = PlainPassword::from(form.raw("password"));
    let outcome = match checked(&typed, &password, languages(&request)) {
        Ok((email, settings)) => {
            let password = app.hasher.hash(&password).await?;
            claim(
                &app,
                Claim {
                    link: link.hash,
                    email,
                    password,
                    settings,
                },
                facts::origin(&request),
            )
            .await
        }
        Err(error) => Err(error),
    };
    match outcome {
        Ok(token) => Ok(with_cookie(
            answer::see_other(&companies::start(&app)?),
            Some(sessions::cookie(&app, &token)),
        )),
        Err(error) => {
            let errors = shown_in_form(error)?;
            respond(
                &request,
                &app,
                StatusCode::UNPROCESSABLE_ENTITY,
                typed,
                errors,
                link.minutes_left,
            )
        }
    }
}

/// What somebody sees whose link opens nothing: where the link is, or that it did its work.
fn shut(request: &HttpRequest, app: &App, error: Error) -> Result<HttpResponse> {
    match error {
        Error::Refused(sentence) => {
            let words = ("Nobody owns this instance yet", sentence);
            told(request, app, StatusCode::FORBIDDEN, words, None)
        }
        Error::Gone(sentence) => {
            let words = ("This instance has an owner", sentence);
            let link = parts::Link::new("Sign in", "/login");
            told(request, app, StatusCode::GONE, words, Some(link))
        }
        other => Err(other),
    }
}

struct Link {
    hash: HashedToken,
    minutes_left: u64,
}

/// The link somebody came with, if it still works. Guessing is slowed down by place.
async fn open_link(request: &HttpRequest, app: &App, token: &str) -> Result<Link> {
    let keeper = Keeper::of(app)?;
    if keeper.has_owner() {
        return Err(owned_already());
    }
    if token.is_empty() {
        return Err(no_link());
    }
    let (place, now) = (
        throttle::place(facts::facts(request).address),
        app.clock.now(),
    );
    keeper.guards().places.take(place, now)?;
    let hash = PlainToken::parse(token).ok_or_else(dead_link)?.hash();
    let held = app
        .control
        .read(move |c| one_time::usable(c, Purpose::Setup, &hash))
        .await?
        .ok_or_else(dead_link)?;
    keeper.guards().places.give_back(place);
    let minutes_left = held.expires_at.since(now).as_secs().div_ceil(60);
    Ok(Link { hash, minutes_left })
}

#[derive(Default)]
struct Typed {
    token: String,
    company: String,
    email: String,
    currency: String,
}

impl Typed {
    fn of(form: &Form) -> Self {
        let text = |name| form.text(name).to_owned();
        Self {
            token: text("token"),
            company: text("company"),
            email: text("email"),
            currency: text("currency"),
        }
    }
}

fn checked(typed: &Typed, password: &PlainPassword, languages: &str) -> Result<(String, Settings)> {
    let mut fields = Fields::default();
    let name = tenancy::company_name(&typed.company).unwrap_or_else(|error| {
        fields.add("company", error.message);
        String::new()
    });
    let email = fields.email("email", &typed.email);
    let currency = typed.currency.parse::<Currency>().unwrap_or_else(|_| {
        fields.add("currency", "Choose a currency of the list.");
        Currency::EUR
    });
    if let Err(weak) = policy::check(
        password,
        PersonalWords {
            email: &email,
            company: &name,
        },
    ) {
        fields.add("password", weak.to_string());
    }
    fields.check()?;
    let locale = guess::locale(languages).to_owned();
    Ok((
        email,
        Settings {
            name,
            currency,
            time_zone: tenancy::system_time_zone(),
            locale,
        },
    ))
}

fn languages(request: &HttpRequest) -> &str {
    request
        .headers()
        .get("accept-language")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

fn respond(
    request: &HttpRequest,
    app: &App,
    status: StatusCode,
    typed: Typed,
    errors: FormErrors,
    minutes_left: u64,
) -> Result<HttpResponse> {
    let mut open = Open::new(request, app, "Make it yours")?;
    open.shell.lead = format!(
        "This instance has no owner yet. The link you followed works once, for {minutes_left} more {}.",
        if minutes_left == 1 {
            "minute"
        } else {
            "minutes"
        }
    );
    let Typed {
        token,
        company,
        email,
        currency,
    } = typed;
    let currencies = Currency::all()
        .map(|one| Choice::new(one.code(), one.code()))
        .collect();
    Ok(open.answer(status, |shell| Page {
        shell,
        errors,
        token,
        company,
        email,
        currency,
        currencies,
    }))
}
