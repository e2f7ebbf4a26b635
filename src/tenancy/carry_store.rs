//! SQL of what travels with a company's record beside the registry's own row.

use diesel::prelude::*;

use super::carry::{Entitlement, Project};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::ControlConn;
use crate::db::schema::control::{entitlements, projects};
use crate::id::{ProjectId, TenantId};

/// What it may use.
pub(super) fn entitlements(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<Entitlement>> {
    let rows: Vec<(String, bool, String, Option<Timestamp>)> = entitlements::table
        .filter(entitlements::tenant_id.eq(tenant))
        .select((
            entitlements::product,
            entitlements::is_enabled,
            entitlements::knobs,
            entitlements::expires_at,
        ))
        .order(entitlements::product)
        .load(c.db())?;
    let one = |(product, is_enabled, knobs, expires_at)| Entitlement {
        product,
        is_enabled,
        knobs,
        expires_at,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Adds what it may use, over what there is.
pub(super) fn add_entitlements(
    c: &mut ControlConn,
    tenant: TenantId,
    all: &[Entitlement],
) -> Result<()> {
    let now = c.now();
    for one in all {
        diesel::delete(entitlements::table.find((tenant, &one.product))).execute(c.db())?;
        diesel::insert_into(entitlements::table)
            .values((
                entitlements::tenant_id.eq(tenant),
                entitlements::product.eq(&one.product),
                entitlements::is_enabled.eq(one.is_enabled),
                entitlements::knobs.eq(&one.knobs),
                entitlements::expires_at.eq(one.expires_at),
                entitlements::created_at.eq(now),
                entitlements::updated_at.eq(now),
            ))
            .execute(c.db())?;
    }
    Ok(())
}

/// Its parts.
pub(super) fn projects(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<Project>> {
    let rows: Vec<(ProjectId, String, String, String)> = projects::table
        .filter(projects::tenant_id.eq(tenant))
        .select((
            projects::id,
            projects::slug,
            projects::name,
            projects::state,
        ))
        .order(projects::slug)
        .load(c.db())?;
    let one = |(id, slug, name, state)| Project {
        id,
        slug,
        name,
        state,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Adds its parts under the ids its programmes name them by.
pub(super) fn add_projects(c: &mut ControlConn, tenant: TenantId, all: &[Project]) -> Result<()> {
    let now = c.now();
    for one in all {
        diesel::insert_into(projects::table)
            .values((
                projects::id.eq(one.id),
                projects::tenant_id.eq(tenant),
                projects::slug.eq(&one.slug),
                projects::name.eq(&one.name),
                projects::state.eq(&one.state),
                projects::created_at.eq(now),
                projects::updated_at.eq(now),
            ))
            .execute(c.db())?;
    }
    Ok(())
}
