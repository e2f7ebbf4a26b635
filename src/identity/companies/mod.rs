//! The companies of one person, where many are served: which one a session is for, and where it leads.
//!
//! A session is for one company at a time. Entering another of one's own gives it a new token.

pub mod page;

use super::keeper::Keeper;
use crate::app::App;
use crate::gate::Gate;
use crate::id::TenantId;
use crate::web::request::slug_in;
use crate::{Error, Result};

/// The page on which somebody chooses.
const LIST: &str = "/companies";
/// Pages of the instance that are a person's own, whatever the company.
const ONES_OWN: [&str; 2] = ["/account", LIST];

/// Where somebody arrives who signed in.
pub(super) struct Arrival {
    /// The company the session is for.
    pub(super) tenant: TenantId,
    /// The page they see first.
    pub(super) to: String,
}

/// The company and page for somebody who may enter `companies` (the last used in front) and wanted to see `next`. On a company's
/// own host (`at`) its pages have no prefix.
pub(super) fn arrival(
    keeper: &Keeper,
    at: Option<&str>,
    companies: &[TenantId],
    next: &str,
) -> Option<Arrival> {
    let first = *companies.first()?;
    if !keeper.directory().serves_many() || at.is_some() {
        let to = next.to_owned();
        return Some(Arrival { tenant: first, to });
    }
    let wanted = slug_in(next)
        .and_then(|slug| keeper.company(Some(slug)))
        .filter(|company| companies.contains(&company.tenant));
    if let Some(company) = wanted {
        let (tenant, to) = (company.tenant, next.to_owned());
        return Some(Arrival { tenant, to });
    }
    let to = if is_ones_own(next) {
        next.to_owned()
    } else if companies.len() == 1 {
        home(keeper, first)
    } else {
        LIST.to_owned()
    };
    Some(Arrival { tenant: first, to })
}

/// Where somebody goes on to whose session is for the company `current` and who wanted to see `next`: a page of another company
/// leads to the choice, whether that company is there or not.
pub(super) fn onward(keeper: &Keeper, at: Option<&str>, current: &str, next: &str) -> String {
    if !keeper.directory().serves_many() || at.is_some() {
        return next.to_owned();
    }
    match slug_in(next) {
        Some(slug) if slug == current => next.to_owned(),
        Some(_) => choice(next),
        None if is_ones_own(next) => next.to_owned(),
        None => format!("/t/{current}/admin"),
    }
}

/// The choice, with the page to go on to.
fn choice(next: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("next", next)
        .finish();
    format!("{LIST}?{query}")
}

/// A company's first page, from the bare host.
pub(super) fn home(keeper: &Keeper, tenant: TenantId) -> String {
    match keeper.directory().by_id(tenant) {
        Some(company) if keeper.directory().serves_many() => format!("/t/{}/admin", company.slug),
        _ => "/admin".to_owned(),
    }
}

/// The first page of the company an instance is owned with.
pub(super) fn start(app: &App) -> Result<String> {
    let keeper = Keeper::of(app)?;
    let first = keeper.directory().home().ok_or(Error::NotFound)?;
    Ok(home(keeper, first.tenant))
}

fn is_ones_own(next: &str) -> bool {
    let path = next.split(['?', '#']).next().unwrap_or_default();
    ONES_OWN.contains(&path)
}
