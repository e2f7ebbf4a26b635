//! Companies as the command line names and shows them.

use serde::Serialize;

use super::model::Company;
use super::slug::DEFAULT_SLUG;
use super::store;
use crate::app::App;
use crate::config::Tenancy;
use crate::id::TenantId;
use crate::{Error, Result};

/// A company, for people at the shell.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Its id.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// `demo`, `trial`, `active`, `frozen` or `archived`.
    pub status: &'static str,
    /// ISO 4217.
    pub currency: String,
    /// IANA name.
    pub time_zone: String,
    /// How its figures are written.
    pub locale: String,
    /// Bytes of its store on disk, where it is a file.
    pub size_bytes: Option<u64>,
}

impl Shown {
    fn of(app: &App, company: Company) -> Self {
        Self {
            id: company.id,
            slug: company.slug.to_string(),
            status: company.status.as_str(),
            size_bytes: app.tenants.size_bytes(company.id),
            name: company.settings.name,
            currency: company.settings.currency.to_string(),
            time_zone: company.settings.time_zone,
            locale: company.settings.locale,
        }
    }
}

/// The company a command means: the one there is in single mode, the named one otherwise.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] where many are served and none is named.
pub async fn meant(app: &App, slug: Option<&str>) -> Result<Company> {
    let slug = match (slug, app.config.tenancy) {
        (Some(slug), _) => slug.to_owned(),
        (None, Tenancy::Single) => DEFAULT_SLUG.to_owned(),
        (None, Tenancy::Multi) => {
            return Err(Error::invalid(
                "--tenant",
                "Name the company with --tenant SLUG.",
            ));
        }
    };
    app.control
        .read(move |c| store::by_slug(c, &slug))
        .await?
        .ok_or(Error::NotFound)
}

/// Every company, by slug.
///
/// # Errors
/// Where the store does not answer.
pub async fn all(app: &App) -> Result<Vec<Shown>> {
    let companies = app.control.read(store::all).await?;
    Ok(companies
        .into_iter()
        .map(|company| Shown::of(app, company))
        .collect())
}

/// One company.
///
/// # Errors
/// As [`meant`].
pub async fn one(app: &App, slug: Option<&str>) -> Result<Shown> {
    Ok(Shown::of(app, meant(app, slug).await?))
}
