//! A company's record on its way to another instance: what the registry knows of it, without its id.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use super::model::{Company, Kind, NewCompany, Settings};
use super::slug::{DEFAULT_SLUG, Slug};
use super::status::Status;
use super::{carry_store, projects, store};
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
    /// The company of this record, under an id and a slug of its own, judged as one that is opened here: a file may come from
    /// anywhere. The one company of an instance is always active.
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
        let settings = Settings::parse(&self.name, &self.currency, &self.time_zone, &self.locale)
            .map_err(Error::Invalid)?;
        self.judge_projects()?;
        let more = &self.more;
        let day = |name: &str, text: &Option<String>| {
            let bad = |_| Error::invalid(name, "Write a day like 2026-10-31.");
            text.as_ref()
                .map(|text| text.parse().map_err(bad))
                .transpose()
        };
        let kind = more
            .kind
            .parse()
            .map_err(|sentence| Error::invalid("kind", sentence))?;
        let new = NewCompany {
            slug,
            settings,
            // What works, or did, is nobody's to reset.
            kind: if status == Status::Demo {
                kind
            } else {
                Kind::Customer
            },
            status,
            plan: more.plan.clone(),
            legal_name: more.legal_name.clone(),
            tax_id: more.tax_id.clone(),
            industry: more.industry.clone(),
            logo_url: more.logo_url.clone(),
            color: more.color.clone(),
            trial_ends_at: more.trial_ends_at,
            contract_start: day("contract_start", &more.contract_start)?,
            contract_end: day("contract_end", &more.contract_end)?,
            erp_customer_id: more.erp_customer_id.clone(),
            stripe_customer_id: more.stripe_customer_id.clone(),
            sales_owner: more.sales_owner.clone(),
        };
        Ok(Company {
            frozen_at: more.frozen_at,
            ..new.into_company(id, self.opened_at)?
        })
    }

    fn judge_projects(&self) -> Result<()> {
        let (mut ids, mut slugs) = (HashSet::new(), HashSet::new());
        for one in &self.projects {
            projects::judge(&one.slug, &one.name, &one.state)?;
            if !ids.insert(one.id) || !slugs.insert(&one.slug) {
                let said = format!("The project {} is in it twice.", one.slug);
                return Err(Error::invalid("projects", said));
            }
        }
        Ok(())
    }
}

/// The record of a company.
///
/// # Errors
/// [`Error::NotFound`]; where the store fails.
pub fn record(c: &mut ControlConn, tenant: TenantId) -> Result<Record> {
    let mut company = store::by_id(c, tenant)?.ok_or(Error::NotFound)?;
    // An end that was asked for here is none elsewhere: the company leaves as what it was before.
    if let Some(closing) = company.closing.take() {
        company.status = closing.before;
        company.frozen_at = company
            .frozen_at
            .filter(|_| closing.before == Status::Frozen);
    }
    let entitlements = carry_store::entitlements(c, tenant)?;
    let projects = carry_store::projects(c, tenant)?;
    Ok(Record {
        slug: company.slug.as_str().to_owned(),
        status: company.status.as_str().to_owned(),
        name: company.settings.name,
        currency: company.settings.currency.to_string(),
        time_zone: company.settings.time_zone,
        locale: company.settings.locale,
        opened_at: company.created_at,
        more: More {
            kind: company.kind.as_str().to_owned(),
            plan: company.plan,
            legal_name: company.legal_name,
            tax_id: company.tax_id,
            industry: company.industry,
            logo_url: company.logo_url,
            color: company.color,
            trial_ends_at: company.trial_ends_at,
            contract_start: company.contract_start.map(|day| day.to_string()),
            contract_end: company.contract_end.map(|day| day.to_string()),
            erp_customer_id: company.erp_customer_id,
            stripe_customer_id: company.stripe_customer_id,
            sales_owner: company.sales_owner,
            frozen_at: company.frozen_at,
        },
        entitlements,
        projects,
    })
}

/// Enters a company that came with its record: row, data key, and what else is known of it. A trial without an end lasts so many
/// days from now. Names the numbers that stay behind, since another company has them.
///
/// # Errors
/// [`Error::Duplicate`] where the slug is taken; where the store fails.
pub fn enter_carried(
    c: &mut ControlConn,
    company: &Company,
    key: &WrappedKey,
    record: &Record,
    trial_days: u32,
) -> Result<Vec<&'static str>> {
    let (company, left_behind) = without_shared_numbers(c, company)?;
    let company = company.with_trial_end(c.now(), trial_days);
    store::insert(c, &company)?;
    store::insert_key(c, key)?;
    carry_store::add_entitlements(c, company.id, &record.entitlements)?;
    carry_store::add_projects(c, company.id, &record.projects)?;
    Ok(left_behind)
}

/// Writes a record over a company that is here and empty, and names the numbers that stay behind. What it may use and until when was decided here and stays.
///
/// # Errors
/// [`Error::NotFound`]; where the store fails.
pub fn overwrite(
    c: &mut ControlConn,
    company: &Company,
    record: &Record,
) -> Result<Vec<&'static str>> {
    let here = store::by_id(c, company.id)?.ok_or(Error::NotFound)?;
    let company = Company {
        slug: here.slug,
        status: here.status,
        kind: here.kind,
        plan: here.plan,
        trial_ends_at: here.trial_ends_at,
        frozen_at: here.frozen_at,
        closing: here.closing,
        ..company.clone()
    };
    let (company, left_behind) = without_shared_numbers(c, &company)?;
    store::save_settings(c, company.id, &company.settings)?;
    store::save_record(c, &company)?;
    carry_store::add_projects(c, company.id, &record.projects)?;
    Ok(left_behind)
}

/// Numbers under which other programs know the company belong to one company of an instance.
fn without_shared_numbers(
    c: &mut ControlConn,
    company: &Company,
) -> Result<(Company, Vec<&'static str>)> {
    let mut company = company.clone();
    let mut left_behind = Vec::new();
    while let Some(field) = store::shared_number(c, &company)? {
        left_behind.push(field);
        match field {
            "erp_customer_id" => company.erp_customer_id = None,
            _ => company.stripe_customer_id = None,
        }
    }
    Ok((company, left_behind))
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
