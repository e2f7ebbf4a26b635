//! A company's domains, all or one by its name.

use super::host::{HostName, OwnNames};
use super::model::Domain;
use super::store;
use crate::db::Control;
use crate::id::TenantId;
use crate::{Error, Result};

/// A company's domains, by name.
///
/// # Errors
/// Where the store does not answer.
pub async fn domains_of(control: &Control, tenant: TenantId) -> Result<Vec<Domain>> {
    control.read(move |c| store::of(c, tenant)).await
}

/// A company's domain by its name, however that is written.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn domain_of(control: &Control, tenant: TenantId, text: &str) -> Result<Domain> {
    // A name that the instance took for itself later is still found, to be removed.
    let host = HostName::parse(text, &OwnNames::default()).map_err(|_| Error::NotFound)?;
    let all = domains_of(control, tenant).await?;
    all.into_iter()
        .find(|one| one.host == host.as_str())
        .ok_or(Error::NotFound)
}
