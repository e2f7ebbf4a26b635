//! One company or many: what a registry must hold to be served either way.

use super::slug::DEFAULT_SLUG;
use super::status::Status;
use super::store;
use crate::config::Tenancy;
use crate::db::Control;
use crate::{Error, Result};

/// Whether the companies there are can be served this way: with one, no address names it, so that others could not be reached.
/// Reads what every version of the registry has. The inner error is a sentence for the operator.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn judge_mode(control: &Control, tenancy: Tenancy) -> Result<Result<(), String>> {
    if tenancy == Tenancy::Multi {
        return Ok(Ok(()));
    }
    let companies = control.read(store::slugs).await?;
    let default = companies.iter().find(|(slug, _)| slug == DEFAULT_SLUG);
    let ended = match default {
        None if companies.is_empty() => None,
        None => Some("was deleted"),
        Some((_, status)) => (status == Status::Archived.as_str()).then_some("is archived"),
    };
    if let Some(ended) = ended {
        return Ok(Err(format!(
            "The company {DEFAULT_SLUG} {ended}, and with tenancy = single it is the one that is served. Set STEADING_TENANCY=multi to serve the others; or there delete every company that is left, and the next start with single begins anew."
        )));
    }
    let others: Vec<String> = companies
        .into_iter()
        .filter(|(slug, status)| slug != DEFAULT_SLUG && status != Status::Archived.as_str())
        .map(|(slug, _)| slug)
        .collect();
    if others.is_empty() {
        return Ok(Ok(()));
    }
    Ok(Err(format!(
        "This instance holds more companies than {DEFAULT_SLUG}: {}. One alone can be served with tenancy = single; set STEADING_TENANCY=multi, or export and then archive or delete the others first.",
        others.join(", ")
    )))
}

/// That a company beside `default` may be opened or ended here.
///
/// # Errors
/// [`Error::Conflict`] where one company is served.
pub(super) fn serves_many(tenancy: Tenancy) -> Result<()> {
    match tenancy {
        Tenancy::Multi => Ok(()),
        Tenancy::Single => Err(Error::conflict(
            "single_tenancy",
            "This instance serves one company. Set STEADING_TENANCY=multi (tenancy = \"multi\" in steading.toml) and start it again to serve many: the company there is becomes one of them.",
        )),
    }
}
