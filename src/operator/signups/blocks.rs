//! `POST /operator/signups/block` and `…/unblock`: mail domains and slugs that open no company.

use actix_web::HttpResponse;

use super::{list, store};
use crate::audit::{self, Event};
use crate::operator::door::Operating;
use crate::operator::place::Place;
use crate::web::form::FormErrors;
use crate::web::parts::Toast;
use crate::web::{Form, answer, flash};
use crate::{Error, Result};

/// Blocks a value.
///
/// # Errors
/// What does not fit is shown beside the form.
pub async fn add(who: Operating, form: Form) -> Result<HttpResponse> {
    let (kind, value) = (
        form.text("kind").to_owned(),
        form.text("value").to_lowercase(),
    );
    let fits = (1..=254).contains(&value.len())
        && !value.contains(|c: char| c.is_whitespace() || c.is_control() || c == '@' || c == '/');
    let wrong = match (kind.as_str(), fits) {
        ("domain" | "slug", true) => None,
        ("domain" | "slug", false) => Some((
            "value",
            "Write a mail domain such as example.com, or a slug such as northwind.",
        )),
        _ => Some(("kind", "Choose a mail domain or a slug.")),
    };
    if let Some((field, message)) = wrong {
        let errors = FormErrors::none().with(field, message);
        return list::render(&who, errors, (&kind, &value)).await;
    }
    let actor = who.actor.clone();
    let (said, what) = (value.clone(), kind.clone());
    who.app
        .control
        .write(move |c| {
            if store::is_blocked(c, &kind, &value)? {
                return Ok(());
            }
            store::block(c, &kind, &value, &actor.name)?;
            let event = Event::new("signup_block.added")
                .product("operator")
                .target("signup_block", &value, &value)
                .created(&serde_json::json!({ "kind": kind, "value": value }));
            audit::record(c, &actor, event)
        })
        .await?;
    let toast = Toast::good(format!("The {what} {said} is blocked."));
    let back = answer::see_other(Place::Signups.path());
    Ok(flash::with(back, &who.app, &toast))
}

/// Lets a value through again.
///
/// # Errors
/// [`Error::NotFound`] for one that is not blocked.
pub async fn remove(who: Operating, form: Form) -> Result<HttpResponse> {
    let actor = who.actor.clone();
    let (kind, value) = (form.text("kind").to_owned(), form.text("value").to_owned());
    let said = value.clone();
    who.app
        .control
        .write(move |c| {
            if !store::unblock(c, &kind, &value)? {
                return Err(Error::NotFound);
            }
            let event = Event::new("signup_block.removed")
                .product("operator")
                .target("signup_block", &value, &value)
                .removed(&serde_json::json!({ "kind": kind, "value": value }));
            audit::record(c, &actor, event)
        })
        .await?;
    let toast = Toast::good(format!("{said} is let through again."));
    let back = answer::see_other(Place::Signups.path());
    Ok(flash::with(back, &who.app, &toast))
}
