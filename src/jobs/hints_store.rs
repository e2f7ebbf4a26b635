//! When each tenant's queue next needs a look, as the control plane remembers it: never later than the truth for long,
//! and rebuilt from the truth at every start.

use diesel::prelude::*;

use crate::Result;
use crate::clock::Timestamp;
use crate::db::ControlConn;
use crate::db::schema::control::tenants::dsl::{id, jobs_due_at, status, tenants};
use crate::id::TenantId;

/// Every store with work, with its hint.
pub(super) fn stores(c: &mut ControlConn<'_>) -> Result<Vec<(TenantId, Option<Timestamp>)>> {
    Ok(tenants
        .filter(status.ne("archived"))
        .select((id, jobs_due_at))
        .load(c.db())?)
}

/// Stores whose hint says that they are due.
pub(super) fn due(c: &mut ControlConn<'_>) -> Result<Vec<(TenantId, Timestamp)>> {
    let now = c.now();
    let rows: Vec<(TenantId, Option<Timestamp>)> = tenants
        .filter(jobs_due_at.le(now))
        .filter(status.ne("archived"))
        .select((id, jobs_due_at))
        .load(c.db())?;
    Ok(rows
        .into_iter()
        .filter_map(|(tenant, at)| at.map(|at| (tenant, at)))
        .collect())
}

/// Sets a hint unless somebody has changed it since it was seen: they know of work that we may not have seen.
pub(super) fn set(
    c: &mut ControlConn<'_>,
    tenant: TenantId,
    seen: Option<Timestamp>,
    next: Option<Timestamp>,
) -> Result<bool> {
    let row = tenants.filter(id.eq(tenant));
    let changed = match seen {
        Some(seen) => diesel::update(row.filter(jobs_due_at.eq(seen)))
            .set(jobs_due_at.eq(next))
            .execute(c.db())?,
        None => diesel::update(row.filter(jobs_due_at.is_null()))
            .set(jobs_due_at.eq(next))
            .execute(c.db())?,
    };
    Ok(changed == 1)
}

/// Brings a hint forward.
pub(super) fn lower(c: &mut ControlConn<'_>, tenant: TenantId, at: Timestamp) -> Result<()> {
    diesel::update(
        tenants
            .filter(id.eq(tenant))
            .filter(jobs_due_at.is_null().or(jobs_due_at.gt(at))),
    )
    .set(jobs_due_at.eq(Some(at)))
    .execute(c.db())?;
    Ok(())
}
