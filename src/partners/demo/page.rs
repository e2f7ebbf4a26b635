//! `POST /admin/demo/load`, `GET /admin/demo/clear`, `POST /admin/demo/clear`: the demo data for people who do not use the shell.

use actix_web::HttpResponse;

use super::{clear, is_loaded, load};
use crate::tenancy::WriteSettings;
use crate::web::confirm::Confirm;
use crate::web::nav::Place;
use crate::web::page::{self, Notice, PageShell};
use crate::web::parts::{Link, Toast, Tone};
use crate::web::{Allowed, Form, answer, flash};
use crate::{Error, Result};

/// Where the form that loads posts to, below the tenant's prefix.
pub const LOAD: &str = "/admin/demo/load";
/// Where the question stands whether to remove it.
pub const CLEAR: &str = "/admin/demo/clear";

/// A page with the remark that demo data is there; whoever may remove it is led to that.
///
/// # Errors
/// Where the store fails.
pub async fn labelled<P>(allowed: &Allowed<P>, mut shell: PageShell) -> Result<PageShell> {
    if allowed.scope.read(is_loaded).await? {
        let may_remove = allowed.rights.allows("settings:write");
        shell.notices.push(Notice {
            tone: Tone::Info,
            text: "Demo data is loaded: made-up partners, customers and sales.".to_owned(),
            link: may_remove.then(|| Link::new("Remove it", allowed.url(CLEAR))),
        });
    }
    Ok(shell)
}

/// Loads it and leads home.
///
/// # Errors
/// Where the store fails.
pub async fn post_load(allowed: Allowed<WriteSettings>, _: Form) -> Result<HttpResponse> {
    allowed.needs_product(crate::partners::SLICE.name)?;
    let loaded = load(&allowed.app, &allowed.scope, &allowed.actor, |_| {}).await;
    let toast = match loaded {
        Ok(figures) => {
            let clicks = allowed
                .format()
                .count(u64::try_from(figures.clicks).unwrap_or(0));
            let text = format!(
                "Demo data is loaded: a tea shop’s year with {} partners and {clicks} clicks.",
                figures.partners
            );
            Toast::good(text)
        }
        Err(Error::Conflict { message, .. } | Error::PlanLimit { message, .. }) => {
            Toast::bad(message)
        }
        Err(error) => return Err(error),
    };
    Ok(home(&allowed, &toast))
}

/// Asks before it is removed.
///
/// # Errors
/// None of its own.
pub async fn ask(allowed: Allowed<WriteSettings>) -> Result<HttpResponse> {
    allowed.needs_product(crate::partners::SLICE.name)?;
    let shell = allowed.shell(Place::Home, "Remove the demo data");
    let question = Confirm::new(
        shell,
        "Remove the demo data",
        allowed.url(CLEAR),
        allowed.url(Place::Home.path()),
    )
    .consequence("The made-up programmes, partners, customers and everything that belongs to them go, to the row.")
    .consequence("What you have added to them yourself, such as links or payouts of demo partners, goes with them.")
    .consequence("Your own data stays as it is.")
    .destructive();
    Ok(page::ok(&question))
}

/// Removes it and leads home.
///
/// # Errors
/// Where the store fails.
pub async fn post_clear(allowed: Allowed<WriteSettings>, _: Form) -> Result<HttpResponse> {
    allowed.needs_product(crate::partners::SLICE.name)?;
    let cleared = clear(&allowed.app, &allowed.scope, &allowed.actor, |_| {}).await;
    let toast = match cleared {
        Ok(figures) if figures.programs == 0 => {
            Toast::new(Tone::Info, "There is no demo data here.")
        }
        Ok(_) => Toast::good("The demo data is gone."),
        Err(Error::Conflict { message, .. }) => Toast::bad(message),
        Err(error) => return Err(error),
    };
    Ok(home(&allowed, &toast))
}

fn home<P>(allowed: &Allowed<P>, toast: &Toast) -> HttpResponse {
    let back = answer::see_other(&allowed.url(Place::Home.path()));
    flash::with(back, &allowed.app, toast)
}
