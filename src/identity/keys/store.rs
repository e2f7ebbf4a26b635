//! API keys: all SQL about them.

use std::sync::Arc;

use diesel::prelude::*;

use super::{ApiKey, NewKey};
use crate::clock::Timestamp;
use crate::crypto::HashedApiKey;
use crate::db::ControlConn;
use crate::db::schema::control::api_keys;
use crate::gate::ProjectLimit;
use crate::id::{ApiKeyId, ProjectId, TenantId};
use crate::tenancy::projects;
use crate::{Error, Result};

type Row = (
    ApiKeyId,
    TenantId,
    String,
    String,
    Vec<u8>,
    String,
    Option<String>,
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<ProjectId>,
);

const COLUMNS: (
    api_keys::id,
    api_keys::tenant_id,
    api_keys::name,
    api_keys::public_id,
    api_keys::secret_hash,
    api_keys::scopes,
    api_keys::created_by,
    api_keys::created_at,
    api_keys::last_used_at,
    api_keys::expires_at,
    api_keys::revoked_at,
    api_keys::project_id,
) = (
    api_keys::id,
    api_keys::tenant_id,
    api_keys::name,
    api_keys::public_id,
    api_keys::secret_hash,
    api_keys::scopes,
    api_keys::created_by,
    api_keys::created_at,
    api_keys::last_used_at,
    api_keys::expires_at,
    api_keys::revoked_at,
    api_keys::project_id,
);

fn key(c: &mut ControlConn, row: Row) -> Result<ApiKey> {
    let (
        id,
        tenant,
        name,
        public_id,
        hash,
        scopes,
        created_by,
        created_at,
        last_used_at,
        expires_at,
        revoked_at,
        project,
    ) = row;
    let project = match project {
        Some(id) => Some(Arc::new(ProjectLimit {
            id,
            slug: projects::meant(c, tenant, &projects::Which::Id(id))?.slug,
        })),
        None => None,
    };
    let hash: [u8; 32] = hash
        .try_into()
        .map_err(|_| Error::internal(format!("the hash of {id} cannot be read")))?;
    Ok(ApiKey {
        id,
        tenant,
        name,
        public_id,
        hash: HashedApiKey::from_bytes(hash),
        scopes: scopes.split(',').map(ToOwned::to_owned).collect(),
        created_by,
        created_at,
        last_used_at,
        expires_at,
        revoked_at,
        project,
    })
}

/// A key by its public part.
pub(in crate::identity) fn by_public_id(
    c: &mut ControlConn,
    public_id: &str,
) -> Result<Option<ApiKey>> {
    let row: Option<Row> = api_keys::table
        .filter(api_keys::public_id.eq(public_id))
        .select(COLUMNS)
        .first(c.db())
        .optional()?;
    row.map(|row| key(c, row)).transpose()
}

/// A company's key by its id.
pub(in crate::identity) fn by_id(
    c: &mut ControlConn,
    tenant: TenantId,
    id: ApiKeyId,
) -> Result<Option<ApiKey>> {
    let row: Option<Row> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant))
        .filter(api_keys::id.eq(id))
        .select(COLUMNS)
        .first(c.db())
        .optional()?;
    row.map(|row| key(c, row)).transpose()
}

/// A company's live key by its name.
pub(in crate::identity) fn by_name(
    c: &mut ControlConn,
    tenant: TenantId,
    name: &str,
) -> Result<Option<ApiKey>> {
    let row: Option<Row> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant))
        .filter(api_keys::name.eq(name))
        .filter(api_keys::revoked_at.is_null())
        .select(COLUMNS)
        .first(c.db())
        .optional()?;
    row.map(|row| key(c, row)).transpose()
}

/// A company's keys, the newest first.
pub(in crate::identity) fn all(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<ApiKey>> {
    let rows: Vec<Row> = api_keys::table
        .filter(api_keys::tenant_id.eq(tenant))
        .select(COLUMNS)
        .order(api_keys::id.desc())
        .load(c.db())?;
    rows.into_iter().map(|row| key(c, row)).collect()
}

/// Enters a key.
pub(in crate::identity) fn insert(
    c: &mut ControlConn,
    tenant: TenantId,
    new: &NewKey,
) -> Result<()> {
    let now = c.now();
    diesel::insert_into(api_keys::table)
        .values((
            api_keys::id.eq(new.id),
            api_keys::tenant_id.eq(tenant),
            api_keys::name.eq(&new.name),
            api_keys::public_id.eq(&new.public_id),
            api_keys::secret_hash.eq(new.hash.as_bytes().as_slice()),
            api_keys::scopes.eq(new.scopes.join(",")),
            api_keys::created_by.eq(&new.created_by),
            api_keys::created_at.eq(now),
            api_keys::expires_at.eq(new.expires_at),
            api_keys::project_id.eq(new.project),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Revokes a key for good.
pub(in crate::identity) fn revoke(
    c: &mut ControlConn,
    tenant: TenantId,
    id: ApiKeyId,
) -> Result<()> {
    let now = c.now();
    diesel::update(
        api_keys::table
            .filter(api_keys::tenant_id.eq(tenant))
            .filter(api_keys::id.eq(id))
            .filter(api_keys::revoked_at.is_null()),
    )
    .set(api_keys::revoked_at.eq(now))
    .execute(c.db())?;
    Ok(())
}

/// Notes when a key was last used; never backwards.
pub(in crate::identity) fn used(c: &mut ControlConn, id: ApiKeyId, at: Timestamp) -> Result<()> {
    let older = api_keys::last_used_at
        .is_null()
        .or(api_keys::last_used_at.lt(at));
    diesel::update(api_keys::table.filter(api_keys::id.eq(id)).filter(older))
        .set(api_keys::last_used_at.eq(at))
        .execute(c.db())?;
    Ok(())
}
