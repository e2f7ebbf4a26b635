//! Companies, as operators see and steer them.

pub mod act;
pub mod edit;
pub mod list;
pub mod new;
pub(super) mod record;
pub mod select;
pub mod show;

use crate::app::App;
use crate::tenancy::{self, Company, Status};
use crate::web::parts::{State, Tone};
use crate::{Error, Result};

/// A company by its slug.
pub(super) async fn find(app: &App, slug: &str) -> Result<Company> {
    let slug = slug.to_owned();
    app.control
        .read(move |c| tenancy::company_by_slug(c, &slug))
        .await?
        .ok_or(Error::NotFound)
}

/// A status as dot and words.
pub(super) fn state(company: &Company) -> State {
    if company.upgrade_failed.is_some() {
        return State::new(Tone::Bad, "Upgrade failed");
    }
    if company.closing.is_some() {
        return State::new(Tone::Bad, "Closing");
    }
    match company.status {
        Status::Demo => State::new(Tone::Info, "Demo"),
        Status::Trial => State::new(Tone::Info, "Trial"),
        Status::Active => State::new(Tone::Good, "Active"),
        Status::Frozen => State::new(Tone::Warn, "Frozen"),
        Status::Archived => State::new(Tone::Quiet, "Archived"),
    }
}

/// A company's page.
pub(super) fn address(company: &Company) -> String {
    format!("/operator/companies/{}", company.slug)
}
