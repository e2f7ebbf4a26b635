//! Companies as the command line names and shows them.

use serde::Serialize;

use super::model::Company;
use super::plans::{EntitlementView, entitlements};
use super::slug::DEFAULT_SLUG;
use super::store;
use crate::app::App;
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::db::Control;
use crate::id::TenantId;
use crate::{Error, Result};

/// A company, for people at the shell.
#[derive(Debug, Serialize)]
pub struct Shown {
    /// Its id.
    pub id: TenantId,
    /// Slug, name, status and all else the registry knows.
    #[serde(flatten)]
    pub record: serde_json::Value,
    /// Where its people work.
    pub url: String,
    /// When it was opened.
    pub created_at: Timestamp,
    /// Since when it only reads.
    pub frozen_at: Option<Timestamp>,
    /// Since when only its trail is left.
    pub archived_at: Option<Timestamp>,
    /// Why its store could not be brought to this version; its doors are shut until it can.
    pub upgrade_failed: Option<String>,
    /// Bytes of its store on disk, where it is a file.
    pub size_bytes: Option<u64>,
    /// What it may use of each product, where one company is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entitlements: Option<Vec<EntitlementView>>,
}

impl Shown {
    /// As this program shows it.
    pub fn of(app: &App, company: &Company) -> Self {
        let below = match app.config.tenancy {
            Tenancy::Single => String::new(),
            Tenancy::Multi => format!("/t/{}", company.slug),
        };
        Self {
            id: company.id,
            record: company.record(),
            url: format!("{}{below}/admin", app.public_url),
            created_at: company.created_at,
            frozen_at: company.frozen_at,
            archived_at: company.archived_at,
            upgrade_failed: company.upgrade_failed.clone(),
            size_bytes: app.tenants.size_bytes(company.id),
            entitlements: None,
        }
    }

    /// The same, with what it may use of each product.
    ///
    /// # Errors
    /// Where the control plane does not answer.
    pub async fn whole(app: &App, company: &Company) -> Result<Self> {
        let id = company.id;
        let entitlements = app.control.read(move |c| entitlements(c, id)).await?;
        Ok(Self {
            entitlements: Some(entitlements),
            ..Self::of(app, company)
        })
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
    by_slug(&app.control, &slug).await
}

/// A company by its slug.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn by_slug(control: &Control, slug: &str) -> Result<Company> {
    let slug = slug.to_owned();
    control
        .read(move |c| store::by_slug(c, &slug))
        .await?
        .ok_or(Error::NotFound)
}

/// Every company, by slug.
///
/// # Errors
/// Where the store does not answer.
pub async fn all(app: &App) -> Result<Vec<Company>> {
    app.control.read(store::all).await
}
