//! A company's own domains in the registry: the SQL of this room.

use diesel::prelude::*;

use super::model::Domain;
use crate::clock::Timestamp;
use crate::db::ControlConn;
use crate::db::schema::control::domains;
use crate::id::{DomainId, TenantId};
use crate::{Error, Result};

type Row = (
    DomainId,
    TenantId,
    String,
    String,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<String>,
    Timestamp,
);

type Columns = (
    domains::id,
    domains::tenant_id,
    domains::host,
    domains::token,
    domains::verified_at,
    domains::checked_at,
    domains::failing_since,
    domains::last_error,
    domains::created_at,
);

const COLUMNS: Columns = (
    domains::id,
    domains::tenant_id,
    domains::host,
    domains::token,
    domains::verified_at,
    domains::checked_at,
    domains::failing_since,
    domains::last_error,
    domains::created_at,
);

fn domain(row: Row) -> Domain {
    let (id, tenant, host, token, verified_at, checked_at, failing_since, last_error, created_at) =
        row;
    Domain {
        id,
        tenant,
        host,
        token,
        verified_at,
        checked_at,
        failing_since,
        last_error,
        created_at,
    }
}

/// Which company answers under which name: the verified ones alone, in order.
pub(in crate::tenancy) fn served(c: &mut ControlConn) -> Result<Vec<(String, TenantId)>> {
    Ok(domains::table
        .filter(domains::verified_at.is_not_null())
        .select((domains::host, domains::tenant_id))
        .order(domains::host)
        .load(c.db())?)
}

/// How many names companies answer under.
pub(in crate::tenancy) fn how_many_served(c: &mut ControlConn) -> Result<i64> {
    Ok(domains::table
        .filter(domains::verified_at.is_not_null())
        .count()
        .get_result(c.db())?)
}

/// Those of them that were proven last, at most `most`.
pub(in crate::tenancy) fn last_served(
    c: &mut ControlConn,
    most: i64,
) -> Result<Vec<(String, Option<Timestamp>)>> {
    Ok(domains::table
        .filter(domains::verified_at.is_not_null())
        .order((domains::verified_at.desc(), domains::host))
        .select((domains::host, domains::verified_at))
        .limit(most)
        .load(c.db())?)
}

/// The names one company answers under.
pub(in crate::tenancy) fn served_by(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<String>> {
    Ok(domains::table
        .filter(domains::tenant_id.eq(tenant))
        .filter(domains::verified_at.is_not_null())
        .select(domains::host)
        .load(c.db())?)
}

/// A company's, by name.
pub(super) fn of(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<Domain>> {
    let rows: Vec<Row> = domains::table
        .filter(domains::tenant_id.eq(tenant))
        .select(COLUMNS)
        .order(domains::host)
        .load(c.db())?;
    Ok(rows.into_iter().map(domain).collect())
}

/// One by its id.
pub(super) fn by_id(c: &mut ControlConn, id: DomainId) -> Result<Option<Domain>> {
    let row: Option<Row> = domains::table
        .filter(domains::id.eq(id))
        .select(COLUMNS)
        .first(c.db())
        .optional()?;
    Ok(row.map(domain))
}

/// Those that nobody looked at since, the longest unseen first.
pub(super) fn unseen_since(
    c: &mut ControlConn,
    since: Timestamp,
    at_most: i64,
) -> Result<Vec<Domain>> {
    let rows: Vec<Row> = domains::table
        .filter(
            domains::checked_at
                .is_null()
                .or(domains::checked_at.le(since)),
        )
        .select(COLUMNS)
        .order((domains::checked_at, domains::id))
        .limit(at_most)
        .load(c.db())?;
    Ok(rows.into_iter().map(domain).collect())
}

/// Whether another company answers under this name.
pub(super) fn is_taken(c: &mut ControlConn, domain: &Domain) -> Result<bool> {
    let other: Option<DomainId> = domains::table
        .filter(domains::host.eq(&domain.host))
        .filter(domains::verified_at.is_not_null())
        .filter(domains::id.ne(domain.id))
        .select(domains::id)
        .first(c.db())
        .optional()?;
    Ok(other.is_some())
}

/// Adds one.
pub(super) fn insert(c: &mut ControlConn, domain: &Domain) -> Result<()> {
    diesel::insert_into(domains::table)
        .values((
            domains::id.eq(domain.id),
            domains::tenant_id.eq(domain.tenant),
            domains::host.eq(&domain.host),
            domains::token.eq(&domain.token),
            domains::created_at.eq(domain.created_at),
            domains::updated_at.eq(domain.created_at),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Keeps what a look found.
pub(super) fn save(c: &mut ControlConn, domain: &Domain) -> Result<()> {
    let now = c.now();
    diesel::update(domains::table.filter(domains::id.eq(domain.id)))
        .set((
            domains::verified_at.eq(domain.verified_at),
            domains::checked_at.eq(domain.checked_at),
            domains::failing_since.eq(domain.failing_since),
            domains::last_error.eq(&domain.last_error),
            domains::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Takes one away.
pub(super) fn remove(c: &mut ControlConn, id: DomainId) -> Result<()> {
    let gone = diesel::delete(domains::table.filter(domains::id.eq(id))).execute(c.db())?;
    if gone == 1 {
        Ok(())
    } else {
        Err(Error::NotFound)
    }
}
