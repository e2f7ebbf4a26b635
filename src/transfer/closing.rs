//! `T/admin/settings/close` and `…/keep`: an owner closes the company, and takes it back while there is time.

use actix_web::HttpResponse;
use askama::Template;

use super::trouble::off_loop;
use crate::config::Tenancy;
use crate::money::Money;
use crate::partners::report::owed_in_all;
use crate::tenancy::{self, CloseCompany, GRACE_DAYS, MOST_REASON};
use crate::web::confirm::Confirm;
use crate::web::form::FormErrors;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::Toast;
use crate::web::request::KEEP;
use crate::web::{Allowed, Fields, Form, answer, flash, shown_in_form};
use crate::{Result, identity};

#[derive(Template)]
#[template(path = "transfer/close.html")]
struct Page {
    shell: PageShell,
    errors: FormErrors,
    slug: String,
    days: u32,
    /// What partners are owed, in words; empty for nothing.
    owed: String,
    owed_ticked: bool,
    reason: String,
}

impl Page {
    fn owed_label(&self) -> String {
        format!("Close it even though partners are owed {}", self.owed)
    }

    fn retype_label(&self) -> String {
        format!("Type “{}” to go on", self.slug)
    }
}

/// Asks before closing; of a company that is being closed, before keeping it.
///
/// # Errors
/// Where the store does not answer.
pub async fn ask(allowed: Allowed<CloseCompany>) -> Result<HttpResponse> {
    if allowed.app.config.tenancy == Tenancy::Single && allowed.open.closing_at.is_none() {
        let said = "This instance serves one company, so there is nothing to close.";
        let back = answer::see_other(&allowed.url(Place::Settings.path()));
        return Ok(flash::with(back, &allowed.app, &Toast::bad(said)));
    }
    let Some(at) = allowed.open.closing_at else {
        let owed = in_words(&allowed, &allowed.scope.read(owed_in_all).await?);
        return Ok(page::ok(&form(&allowed, owed)));
    };
    let name = &allowed.company.name;
    let format = allowed.format();
    let question = Confirm::new(
        allowed.shell(Place::Settings, format!("Keep {name}?")),
        "Keep this company",
        allowed.url(KEEP),
        allowed.url(Place::Settings.path()),
    )
    .consequence(format!(
        "It is not deleted on {}, and goes on as it did before it was closed.",
        format.date(format.day_of(at))
    ));
    Ok(page::ok(&question))
}

/// Closes the company.
///
/// # Errors
/// [`crate::Error::Conflict`] where it cannot be closed; a slug typed wrong, or money owed without a tick, is shown in the form.
pub async fn close(allowed: Allowed<CloseCompany>, sent: Form) -> Result<HttpResponse> {
    tenancy::may_delete(allowed.app.config.tenancy)?;
    let (tenants, tenant) = (allowed.app.tenants.clone(), allowed.scope.tenant());
    // Shut until the company is frozen: what it owes is read of the last that was written, and nothing is added to it meanwhile.
    let doors = off_loop(move || tenants.shut_doors(tenant, None)).await?;
    let owed = in_words(&allowed, &doors.read(owed_in_all).await?);
    let mut fields = Fields::default();
    if !owed.is_empty() && !sent.is_set("owed") {
        fields.add(
            "owed",
            format!(
                "Partners are owed {owed}. Pay them first, or tick this to close all the same."
            ),
        );
    }
    let too_long = format!("Write at most {MOST_REASON} characters.");
    let reason = fields.optional_text("reason", sent.text("reason"), MOST_REASON, &too_long);
    let slug = allowed.open.slug.as_str();
    if sent.text("retype") != slug {
        fields.add("retype", format!("Type {slug} as it is written here."));
    }
    if let Err(error) = fields.check() {
        let again = Page {
            errors: shown_in_form(error)?,
            owed_ticked: sent.is_set("owed"),
            reason: sent.text("reason").to_owned(),
            ..form(&allowed, owed)
        };
        return Ok(page::unprocessable(&again));
    }
    identity::close_company(&allowed.app, &allowed.actor, tenant, GRACE_DAYS, reason).await?;
    drop(doors);
    let said = "The company is closed. You can keep it until its last day.";
    back(&allowed, said)
}

/// Keeps the company.
///
/// # Errors
/// [`crate::Error::Conflict`] where it is not being closed.
pub async fn keep(allowed: Allowed<CloseCompany>, _: Form) -> Result<HttpResponse> {
    let tenant = allowed.scope.tenant();
    identity::keep_company(&allowed.app, &allowed.actor, tenant).await?;
    back(&allowed, "The company stays, as it was before.")
}

fn back(allowed: &Allowed<CloseCompany>, said: &str) -> Result<HttpResponse> {
    let back = answer::see_other(&allowed.url(Place::Settings.path()));
    Ok(flash::with(back, &allowed.app, &Toast::good(said)))
}

/// Nothing where nothing is owed.
fn in_words(allowed: &Allowed<CloseCompany>, owed: &[Money]) -> String {
    if owed.is_empty() {
        return String::new();
    }
    allowed.format().sums(owed)
}

fn form(allowed: &Allowed<CloseCompany>, owed: String) -> Page {
    let name = &allowed.company.name;
    Page {
        shell: allowed
            .shell(Place::Settings, format!("Close {name}?"))
            .crumb("Settings", Place::Settings.path())
            .lead(format!(
                "The company is frozen at once and deleted after {GRACE_DAYS} days."
            )),
        errors: FormErrors::none(),
        slug: allowed.open.slug.clone(),
        days: GRACE_DAYS,
        owed,
        owed_ticked: false,
        reason: String::new(),
    }
}
