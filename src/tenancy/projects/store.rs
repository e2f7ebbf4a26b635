//! Projects: all SQL about them.

use diesel::prelude::*;

use super::Project;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::ControlConn;
use crate::db::schema::control::projects;
use crate::id::{ProjectId, TenantId};

type Row = (
    ProjectId,
    TenantId,
    String,
    String,
    String,
    Timestamp,
    Timestamp,
);

fn read((id, _, slug, name, state, created_at, updated_at): Row) -> Project {
    Project {
        id,
        slug,
        name,
        state,
        created_at,
        updated_at,
    }
}

/// A company's projects, by slug.
pub fn all(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<Project>> {
    let rows: Vec<Row> = projects::table
        .filter(projects::tenant_id.eq(tenant))
        .order(projects::slug)
        .load(c.db())?;
    Ok(rows.into_iter().map(read).collect())
}

/// One by its id.
pub(super) fn by_id(
    c: &mut ControlConn,
    tenant: TenantId,
    id: ProjectId,
) -> Result<Option<Project>> {
    let row: Option<Row> = projects::table
        .find((tenant, id))
        .first(c.db())
        .optional()?;
    Ok(row.map(read))
}

/// One by its slug.
pub(super) fn by_slug(
    c: &mut ControlConn,
    tenant: TenantId,
    slug: &str,
) -> Result<Option<Project>> {
    let row: Option<Row> = projects::table
        .filter(projects::tenant_id.eq(tenant))
        .filter(projects::slug.eq(slug))
        .first(c.db())
        .optional()?;
    Ok(row.map(read))
}

/// Enters one.
pub(super) fn insert(c: &mut ControlConn, tenant: TenantId, one: &Project) -> Result<()> {
    diesel::insert_into(projects::table)
        .values((
            projects::id.eq(one.id),
            projects::tenant_id.eq(tenant),
            projects::slug.eq(&one.slug),
            projects::name.eq(&one.name),
            projects::state.eq(&one.state),
            projects::created_at.eq(one.created_at),
            projects::updated_at.eq(one.updated_at),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes its name and state.
pub(super) fn update(c: &mut ControlConn, tenant: TenantId, one: &Project) -> Result<()> {
    diesel::update(projects::table.find((tenant, one.id)))
        .set((
            projects::name.eq(&one.name),
            projects::state.eq(&one.state),
            projects::updated_at.eq(one.updated_at),
        ))
        .execute(c.db())?;
    Ok(())
}
