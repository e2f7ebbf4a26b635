//! The registry of companies and the wrapped data keys: all SQL of this slice.

use diesel::prelude::*;

use super::model::{Company, Settings, Slug, Status};
use crate::clock::Timestamp;
use crate::crypto::{DataKeyId, WrappedKey};
use crate::db::ControlConn;
use crate::db::schema::control::{data_keys, tenants};
use crate::id::TenantId;
use crate::money::Currency;
use crate::{Error, Result};

type Row = (TenantId, String, String, String, Currency, String, String);

const COLUMNS: (
    tenants::id,
    tenants::slug,
    tenants::name,
    tenants::status,
    tenants::currency,
    tenants::time_zone,
    tenants::locale,
) = (
    tenants::id,
    tenants::slug,
    tenants::name,
    tenants::status,
    tenants::currency,
    tenants::time_zone,
    tenants::locale,
);

fn company((id, slug, name, status, currency, time_zone, locale): Row) -> Result<Company> {
    let unreadable = || Error::internal(format!("the registry's row of {id} cannot be read"));
    Ok(Company {
        id,
        slug: Slug::parse(&slug).map_err(|_| unreadable())?,
        status: Status::read(&status).ok_or_else(unreadable)?,
        settings: Settings {
            name,
            currency,
            time_zone,
            locale,
        },
    })
}

/// Every company, by slug.
pub(super) fn all(c: &mut ControlConn) -> Result<Vec<Company>> {
    let rows: Vec<Row> = tenants::table
        .select(COLUMNS)
        .order(tenants::slug)
        .load(c.db())?;
    rows.into_iter().map(company).collect()
}

/// A company by its slug.
pub(super) fn by_slug(c: &mut ControlConn, slug: &str) -> Result<Option<Company>> {
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
