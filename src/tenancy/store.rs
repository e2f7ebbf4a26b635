//! The registry of companies and the wrapped data keys: all SQL of this slice.

use diesel::prelude::*;

use super::closing::Closing;
use super::domains::store::{how_many_served, last_served};
use super::model::{Company, Settings};
use super::slug::Slug;
use super::status::Status;
use crate::clock::Timestamp;
use crate::crypto::{DataKeyId, WrappedKey};
use crate::db::ControlConn;
use crate::db::schema::control::{data_keys, entitlements, tenants};
use crate::id::TenantId;
use crate::money::Currency;
use crate::{Error, Result};

type Row = (
    (TenantId, String, String, String, Currency, String, String),
    (
        String,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
    ),
    (Option<String>, Option<String>),
    (Option<Timestamp>, Option<String>, Option<String>),
    (Option<String>, Option<String>, Option<String>),
    (
        Option<Timestamp>,
        Option<Timestamp>,
        Option<String>,
        Timestamp,
    ),
    (Option<Timestamp>, Option<String>, Option<String>),
);

type Columns = (
    (
        tenants::id,
        tenants::slug,
        tenants::name,
        tenants::status,
        tenants::currency,
        tenants::time_zone,
        tenants::locale,
    ),
    (
        tenants::kind,
        tenants::plan,
        tenants::legal_name,
        tenants::tax_id,
        tenants::industry,
    ),
    (tenants::logo_url, tenants::color),
    (
        tenants::trial_ends_at,
        tenants::contract_start,
        tenants::contract_end,
    ),
    (
        tenants::erp_customer_id,
        tenants::stripe_customer_id,
        tenants::sales_owner,
    ),
    (
        tenants::frozen_at,
        tenants::archived_at,
        tenants::upgrade_failed,
        tenants::created_at,
    ),
    (
        tenants::closing_at,
        tenants::status_before,
        tenants::closing_reason,
    ),
);

const COLUMNS: Columns = (
    (
        tenants::id,
        tenants::slug,
        tenants::name,
        tenants::status,
        tenants::currency,
        tenants::time_zone,
        tenants::locale,
    ),
    (
        tenants::kind,
        tenants::plan,
        tenants::legal_name,
        tenants::tax_id,
        tenants::industry,
    ),
    (tenants::logo_url, tenants::color),
    (
        tenants::trial_ends_at,
        tenants::contract_start,
        tenants::contract_end,
    ),
    (
        tenants::erp_customer_id,
        tenants::stripe_customer_id,
        tenants::sales_owner,
    ),
    (
        tenants::frozen_at,
        tenants::archived_at,
        tenants::upgrade_failed,
        tenants::created_at,
    ),
    (
        tenants::closing_at,
        tenants::status_before,
        tenants::closing_reason,
    ),
);

fn company(row: Row) -> Result<Company> {
    let (identity, bought, brand, dates, outside, marks, end) = row;
    let (id, slug, name, status, currency, time_zone, locale) = identity;
    let (kind, plan, legal_name, tax_id, industry) = bought;
    let (logo_url, color) = brand;
    let (trial_ends_at, contract_start, contract_end) = dates;
    let (erp_customer_id, stripe_customer_id, sales_owner) = outside;
    let (frozen_at, archived_at, upgrade_failed, created_at) = marks;
    let unreadable = || Error::internal(format!("the registry's row of {id} cannot be read"));
    let (closing_at, status_before, reason) = end;
    let closing = match (closing_at, status_before) {
        (Some(at), Some(before)) => Some(Closing {
            at,
            before: Status::read(&before).ok_or_else(unreadable)?,
            reason,
        }),
        _ => None,
    };
    let day = |text: Option<String>| {
        text.map(|text| text.parse::<jiff::civil::Date>())
            .transpose()
            .map_err(|_| unreadable())
    };
    Ok(Company {
        id,
        slug: Slug::of_registry(&slug).ok_or_else(unreadable)?,
        status: Status::read(&status).ok_or_else(unreadable)?,
        settings: Settings {
            name,
            currency,
            time_zone,
            locale,
        },
        kind: kind.parse().map_err(|_| unreadable())?,
        plan,
        legal_name,
        tax_id,
        industry,
        logo_url,
        color,
        trial_ends_at,
        contract_start: day(contract_start)?,
        contract_end: day(contract_end)?,
        erp_customer_id,
        stripe_customer_id,
        sales_owner,
        frozen_at,
        archived_at,
        upgrade_failed,
        closing,
        created_at,
    })
}

/// What the registry shows of itself without being read: how many rows there are, and those that changed last. Not only the latest
/// time of all, since the clock of another machine may be behind.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Mark {
    companies: (i64, Vec<(TenantId, Timestamp)>),
    entitlements: (i64, Vec<(TenantId, Timestamp)>),
    /// Not when they changed: every look at a domain changes its row, and hardly one what it serves.
    domains: (i64, Vec<(String, Option<Timestamp>)>),
}

/// So many rows of each table are in the mark.
const MARKED: i64 = 64;

/// The registry's mark.
pub(super) fn mark(c: &mut ControlConn) -> Result<Mark> {
    let last_companies = tenants::table
        .order((tenants::updated_at.desc(), tenants::id))
        .select((tenants::id, tenants::updated_at))
        .limit(MARKED)
        .load(c.db())?;
    let last_entitlements = entitlements::table
        .order((
            entitlements::updated_at.desc(),
            entitlements::tenant_id,
            entitlements::product,
        ))
        .select((entitlements::tenant_id, entitlements::updated_at))
        .limit(MARKED)
        .load(c.db())?;
    Ok(Mark {
        companies: (tenants::table.count().get_result(c.db())?, last_companies),
        entitlements: (
            entitlements::table.count().get_result(c.db())?,
            last_entitlements,
        ),
        domains: (how_many_served(c)?, last_served(c, MARKED)?),
    })
}

/// Every company, by slug.
pub fn all(c: &mut ControlConn) -> Result<Vec<Company>> {
    let rows: Vec<Row> = tenants::table
        .select(COLUMNS)
        .order(tenants::slug)
        .load(c.db())?;
    rows.into_iter().map(company).collect()
}

/// A company by its slug.
pub fn by_slug(c: &mut ControlConn, slug: &str) -> Result<Option<Company>> {
    let row: Option<Row> = tenants::table
        .filter(tenants::slug.eq(slug))
        .select(COLUMNS)
        .first(c.db())
        .optional()?;
    row.map(company).transpose()
}

/// A company by its id.
pub(super) fn by_id(c: &mut ControlConn, id: TenantId) -> Result<Option<Company>> {
    let row: Option<Row> = tenants::table
        .filter(tenants::id.eq(id))
        .select(COLUMNS)
        .first(c.db())
        .optional()?;
    row.map(company).transpose()
}

/// The companies whose last day has come.
pub(super) fn to_delete(c: &mut ControlConn) -> Result<Vec<TenantId>> {
    let now = c.now();
    Ok(tenants::table
        .filter(tenants::closing_at.le(now))
        .order(tenants::closing_at)
        .select(tenants::id)
        .load(c.db())?)
}

/// Companies whose store could not be brought to the version of the last start: their slug, and why.
pub(super) fn failed_upgrades(c: &mut ControlConn) -> Result<Vec<(TenantId, String, String)>> {
    let rows: Vec<(TenantId, String, Option<String>)> = tenants::table
        .filter(tenants::upgrade_failed.is_not_null())
        .select((tenants::id, tenants::slug, tenants::upgrade_failed))
        .load(c.db())?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, slug, why)| Some((id, slug, why?)))
        .collect())
}

/// Says why a company's store could not be brought to this version; nothing once it was.
pub(super) fn save_upgrade(c: &mut ControlConn, id: TenantId, why: Option<&str>) -> Result<()> {
    let now = c.now();
    diesel::update(tenants::table.filter(tenants::id.eq(id)))
        .set((tenants::upgrade_failed.eq(why), tenants::updated_at.eq(now)))
        .execute(c.db())?;
    Ok(())
}

/// Enters a company.
pub(super) fn insert(c: &mut ControlConn, company: &Company) -> Result<()> {
    let now = c.now();
    diesel::insert_into(tenants::table)
        .values((
            tenants::id.eq(company.id),
            tenants::slug.eq(company.slug.as_str()),
            tenants::name.eq(&company.settings.name),
            tenants::status.eq(company.status.as_str()),
            tenants::currency.eq(company.settings.currency),
            tenants::time_zone.eq(&company.settings.time_zone),
            tenants::locale.eq(&company.settings.locale),
            tenants::created_at.eq(now),
            tenants::updated_at.eq(now),
        ))
        .execute(c.db())?;
    save_record(c, company)
}

/// Writes all that the registry knows of a company beyond what its people set.
pub(super) fn save_record(c: &mut ControlConn, company: &Company) -> Result<()> {
    let now = c.now();
    let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string());
    let closing = company.closing.as_ref();
    let changed = diesel::update(tenants::table.filter(tenants::id.eq(company.id)))
        .set((
            (
                tenants::slug.eq(company.slug.as_str()),
                tenants::status.eq(company.status.as_str()),
                tenants::kind.eq(company.kind.as_str()),
                tenants::plan.eq(&company.plan),
                tenants::legal_name.eq(&company.legal_name),
                tenants::tax_id.eq(&company.tax_id),
                tenants::industry.eq(&company.industry),
            ),
            (
                tenants::logo_url.eq(&company.logo_url),
                tenants::color.eq(&company.color),
                tenants::trial_ends_at.eq(company.trial_ends_at),
                tenants::contract_start.eq(day(company.contract_start)),
                tenants::contract_end.eq(day(company.contract_end)),
            ),
            (
                tenants::erp_customer_id.eq(&company.erp_customer_id),
                tenants::stripe_customer_id.eq(&company.stripe_customer_id),
                tenants::sales_owner.eq(&company.sales_owner),
                tenants::frozen_at.eq(company.frozen_at),
                tenants::archived_at.eq(company.archived_at),
                tenants::updated_at.eq(now),
            ),
            (
                tenants::closing_at.eq(closing.map(|closing| closing.at)),
                tenants::status_before.eq(closing.map(|closing| closing.before.as_str())),
                tenants::closing_reason.eq(closing.and_then(|closing| closing.reason.as_deref())),
            ),
        ))
        .execute(c.db())?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// The other company that has this number at Stripe or in the operator's books, if any: the field's name.
pub(super) fn shared_number(
    c: &mut ControlConn,
    company: &Company,
) -> Result<Option<&'static str>> {
    for (field, found) in [
        (
            "erp_customer_id",
            company.erp_customer_id.as_ref().map(|number| {
                tenants::table
                    .filter(tenants::erp_customer_id.eq(number))
                    .filter(tenants::id.ne(company.id))
                    .select(tenants::id)
                    .first::<TenantId>(c.db())
            }),
        ),
        (
            "stripe_customer_id",
            company.stripe_customer_id.as_ref().map(|number| {
                tenants::table
                    .filter(tenants::stripe_customer_id.eq(number))
                    .filter(tenants::id.ne(company.id))
                    .select(tenants::id)
                    .first::<TenantId>(c.db())
            }),
        ),
    ] {
        if let Some(found) = found
            && found.optional()?.is_some()
        {
            return Ok(Some(field));
        }
    }
    Ok(None)
}

/// Slug and status of every company: readable in a registry of any version.
pub(super) fn slugs(c: &mut ControlConn) -> Result<Vec<(String, String)>> {
    Ok(tenants::table
        .select((tenants::slug, tenants::status))
        .order(tenants::slug)
        .load(c.db())?)
}

/// Whether a company is registered.
pub(super) fn is_known(c: &mut ControlConn, id: TenantId) -> Result<bool> {
    let row: Option<TenantId> = tenants::table
        .filter(tenants::id.eq(id))
        .select(tenants::id)
        .first(c.db())
        .optional()?;
    Ok(row.is_some())
}

/// Takes a company off the registry, with all that stands on its row.
pub(super) fn remove(c: &mut ControlConn, id: TenantId) -> Result<()> {
    let gone = diesel::delete(tenants::table.filter(tenants::id.eq(id))).execute(c.db())?;
    if gone == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

/// Takes a company's wrapped data keys away: nothing sealed under them is ever opened again.
pub(super) fn remove_keys(c: &mut ControlConn, id: TenantId) -> Result<()> {
    diesel::delete(data_keys::table.filter(data_keys::tenant_id.eq(id))).execute(c.db())?;
    Ok(())
}

/// Writes what a company's people set.
pub(super) fn save_settings(c: &mut ControlConn, id: TenantId, settings: &Settings) -> Result<()> {
    let now = c.now();
    let changed = diesel::update(tenants::table.filter(tenants::id.eq(id)))
        .set((
            tenants::name.eq(&settings.name),
            tenants::currency.eq(settings.currency),
            tenants::time_zone.eq(&settings.time_zone),
            tenants::locale.eq(&settings.locale),
            tenants::updated_at.eq(now),
        ))
        .execute(c.db())?;
    if changed == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}

type KeyRow = (TenantId, i64, Vec<u8>, String);

/// Every wrapped data key; the nil tenant's are the system's own.
pub(super) fn wrapped_keys(c: &mut ControlConn) -> Result<Vec<WrappedKey>> {
    let rows: Vec<KeyRow> = data_keys::table
        .select((
            data_keys::tenant_id,
            data_keys::id,
            data_keys::wrapped,
            data_keys::state,
        ))
        .load(c.db())?;
    rows.into_iter()
        .map(|(owner, id, wrapped, state)| {
            let id = u32::try_from(id).map_err(|_| {
                Error::internal(format!("a data key of {owner} has no valid number"))
            })?;
            Ok(WrappedKey {
                owner: owner.uuid(),
                id: DataKeyId::new(id),
                wrapped,
                active: state == "active",
            })
        })
        .collect()
}

/// Keeps a wrapped data key.
pub(super) fn insert_key(c: &mut ControlConn, key: &WrappedKey) -> Result<()> {
    let now: Timestamp = c.now();
    let kek = key.kek_id()?.to_string();
    diesel::insert_into(data_keys::table)
        .values((
            data_keys::tenant_id.eq(TenantId::from_uuid(key.owner)),
            data_keys::id.eq(i64::from(key.id.get())),
            data_keys::kek_id.eq(kek),
            data_keys::wrapped.eq(&key.wrapped),
            data_keys::state.eq(if key.active { "active" } else { "decrypt_only" }),
            data_keys::created_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}
