//! A company's record on its way to another instance: what the registry knows of it, without its id.

use serde::{Deserialize, Serialize};

use super::model::{Company, NewCompany, Settings};
use super::slug::{DEFAULT_SLUG, Slug};
use super::status::Status;
use super::{carry_store, store};
use crate::clock::Timestamp;
use crate::crypto::WrappedKey;
use crate::db::ControlConn;
use crate::id::{ProjectId, TenantId};
use crate::{Error, Result};

/// What the registry knows of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Its name in addresses.
    pub slug: String,
    /// `active`, `frozen` …
    pub status: String,
    /// What its people set.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// IANA name.
    pub time_zone: String,
    /// How figures are written.
    pub locale: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// What else is known of it.
    #[serde(flatten)]
    pub more: More,
    /// What it may use.
    #[serde(default)]
    pub entitlements: Vec<Entitlement>,
    /// Its parts.
    #[serde(default)]
    pub projects: Vec<Project>,
}

/// What the registry knows beyond name and settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as in the registry")]
#[serde(default)]
pub struct More {
    pub kind: String,
    pub plan: String,
    pub legal_name: Option<String>,
    pub tax_id: Option<String>,
    pub industry: Option<String>,
    pub logo_url: Option<String>,
    pub color: Option<String>,
    pub trial_ends_at: Option<Timestamp>,
    pub contract_start: Option<String>,
    pub contract_end: Option<String>,
    pub erp_customer_id: Option<String>,
    pub stripe_customer_id: Option<String>,
    pub sales_owner: Option<String>,
    pub frozen_at: Option<Timestamp>,
}

/// What a company may use of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as in the registry")]
pub struct Entitlement {
    pub product: String,
    pub is_enabled: bool,
    pub knobs: String,
    pub expires_at: Option<Timestamp>,
}

/// A part of a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "named as in the registry")]
pub struct Project {
    pub id: ProjectId,
    pub slug: String,
    pub name: String,
    pub state: String,
}

impl Record {
    /// What its people set, if this program knows such settings.
    fn settings(&self) -> Result<Settings> {
        Settings::parse(&self.name, &self.currency, &self.time_zone, &self.locale)
            .map_err(Error::Invalid)
    }

    /// The company of this record, under an id and a slug of its own. The one company of an instance is always active.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the record holds what this program does not know.
    pub fn company(&self, id: TenantId, slug: &str) -> Result<Company> {
        let slug = if slug == DEFAULT_SLUG {
            Slug::of_default()
        } else {
            Slug::parse(slug).map_err(|e| Error::invalid("slug", e.to_string()))?
        };
        let status = match Status::read(&self.status) {
            Some(status) if slug.as_str() != DEFAULT_SLUG => status,
            _ => Status::Active,
        };
        let new = NewCompany {
            settings: self.settings()?,
            ..NewCompany::named(slug)
        };
        // What else is known of it is written beside it, as it came.
        Ok(Company {
            status,
            ..new.into_company(id, self.opened_at)?
        })
    }
}

/// The record of a company.
///
/// # Errors
/// [`Error::NotFound`]; where the store fails.
pub fn record(c: &mut ControlConn, tenant: TenantId) -> Result<Record> {
    let company = store::by_id(c, tenant)?.ok_or(Error::NotFound)?;
    let (more, opened_at) = carry_store::more(c, tenant)?;
    Ok(Record {
        slug: company.slug.as_str().to_owned(),
        status: company.status.as_str().to_owned(),
        name: company.settings.name,
        currency: company.settings.currency.to_string(),
        time_zone: company.settings.time_zone,
        locale: company.settings.locale,
        opened_at,
        more,
        entitlements: carry_store::entitlements(c, tenant)?,
        projects: carry_store::projects(c, tenant)?,
    })
}

/// Enters a company that came with its record: row, data key, and what else is known of it.
///
/// # Errors
/// [`Error::Duplicate`] where the slug is taken; where the store fails.
pub fn enter_carried(
    c: &mut ControlConn,
    company: &Company,
    key: &WrappedKey,
    record: &Record,
) -> Result<()> {
    store::insert(c, company)?;
    store::insert_key(c, key)?;
    write_more(c, company.id, record)
}

/// Writes a record over a company that is here and empty.
///
/// # Errors
/// [`Error::NotFound`]; where the store fails.
pub fn overwrite(c: &mut ControlConn, tenant: TenantId, record: &Record) -> Result<()> {
    store::save_settings(c, tenant, &record.settings()?)?;
    write_more(c, tenant, record)
}

fn write_more(c: &mut ControlConn, tenant: TenantId, record: &Record) -> Result<()> {
    // Numbers under which other programs know the company belong to one company of an instance.
    let mut more = record.more.clone();
    if carry_store::is_taken(c, tenant, &more)? {
        more.erp_customer_id = None;
        more.stripe_customer_id = None;
    }
    carry_store::save_more(c, tenant, &more)?;
    carry_store::add_entitlements(c, tenant, &record.entitlements)?;
    carry_store::add_projects(c, tenant, &record.projects)
}

/// A company by its slug.
///
/// # Errors
/// Where the store fails.
pub fn by_slug(c: &mut ControlConn, slug: &str) -> Result<Option<Company>> {
    store::by_slug(c, slug)
}

/// Every company's id, whatever became of it.
///
/// # Errors
/// Where the store fails.
pub fn ids(c: &mut ControlConn) -> Result<Vec<TenantId>> {
    Ok(store::all(c)?
        .into_iter()
        .map(|company| company.id)
        .collect())
}
