//! `/operator/signups/{id}/approve` and `…/decline`: the operators' answer; a mail carries it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::{Signup, State, letters, opening, store};
use crate::audit::{self, Event};
use crate::id::SignupId;
use crate::mailing::{self, Mail};
use crate::operator::door::Operating;
use crate::operator::place::Place;
use crate::web::form::FormErrors;
use crate::web::page::{self, PageShell};
use crate::web::parts::Toast;
use crate::web::{Fields, Form, answer, flash, shown_in_form};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "operator/signup_decline.html")]
struct Decline {
    shell: PageShell,
    errors: FormErrors,
    action: String,
    reason: String,
}

async fn waiting(who: &Operating, id: &str) -> Result<Signup> {
    let id: SignupId = id.parse().map_err(|_| Error::NotFound)?;
    let signup = who
        .app
        .control
        .read(move |c| store::by_id(c, id))
        .await?
        .ok_or(Error::NotFound)?;
    if signup.state != State::Waiting {
        return Err(Error::conflict(
            "decided",
            "This sign-up does not wait for an answer any more.",
        ));
    }
    Ok(signup)
}

/// Opens the company.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where it does not wait, or its name is taken.
pub async fn approve(who: Operating, id: Path<String>, _form: Form) -> Result<HttpResponse> {
    let signup = waiting(&who, &id).await?;
    let by = Some(who.actor.name.clone());
    let opened = opening::open(&who.app, &who.actor, &signup, State::Waiting, by).await;
    let toast = match opened {
        Ok(company) => Toast::good(format!(
            "{} is open, and word is sent to {}.",
            company.settings.name, signup.email
        )),
        Err(Error::Conflict { message, .. }) => Toast::bad(message),
        Err(error) => return Err(error),
    };
    let back = answer::see_other(Place::Signups.path());
    Ok(flash::with(back, &who.app, &toast))
}

/// Asks for the reason.
///
/// # Errors
/// As [`approve`].
pub async fn ask_decline(who: Operating, id: Path<String>) -> Result<HttpResponse> {
    let signup = waiting(&who, &id).await?;
    Ok(respond(
        &who,
        &signup,
        StatusCode::OK,
        String::new(),
        FormErrors::none(),
    ))
}

/// Declines; the reason goes out by mail.
///
/// # Errors
/// As [`approve`].
pub async fn decline(who: Operating, id: Path<String>, form: Form) -> Result<HttpResponse> {
    let signup = waiting(&who, &id).await?;
    let mut fields = Fields::default();
    let reason = fields.form_text(
        &form,
        "reason",
        1..=1_000,
        "Write the reason in at most 1,000 characters; it is mailed.",
    );
    if let Err(error) = fields.check() {
        let errors = shown_in_form(error)?;
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(respond(&who, &signup, status, reason, errors));
    }
    let letter = letters::declined(&signup.company, &reason)?;
    let mail = Mail::of("signup_declined", &signup.email, letter);
    let (vault, actor) = (who.app.vault.clone(), who.actor.clone());
    let (id, name, why) = (signup.id, signup.company.clone(), reason.clone());
    who.app
        .control
        .write(move |c| {
            if !store::step(c, id, State::Waiting, State::Declined)? {
                return Err(Error::conflict(
                    "decided",
                    "Somebody else answered just now.",
                ));
            }
            store::close(c, id, Some(&actor.name), Some(&why))?;
            mailing::queue(c, &vault, &mail)?;
            let event = Event::new("signup.declined")
                .product("operator")
                .target("signup", &id, &name)
                .created(&serde_json::json!({ "reason": why }));
            audit::record(c, &actor, event)
        })
        .await?;
    let toast = Toast::good(format!(
        "{} is declined, and word is sent to {}.",
        signup.company, signup.email
    ));
    let back = answer::see_other(Place::Signups.path());
    Ok(flash::with(back, &who.app, &toast))
}

fn respond(
    who: &Operating,
    signup: &Signup,
    status: StatusCode,
    reason: String,
    errors: FormErrors,
) -> HttpResponse {
    let shell = who
        .shell(Place::Signups, format!("Decline {}?", signup.company))
        .crumb("Sign-ups", Place::Signups.path())
        .lead(format!("{} is told why by mail.", signup.email));
    page::html(
        status,
        &Decline {
            shell,
            errors,
            action: format!("/operator/signups/{}/decline", signup.id),
            reason,
        },
    )
}
