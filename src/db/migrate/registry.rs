//! What the registry says of the companies' files, read without opening the stores: one connection that is closed again at once, so
//! that a look leaves nothing behind.

use diesel::prelude::*;

use super::{File, MigrateError};
use crate::db::schema::control::tenants;
use crate::db::stores::StoreOptions;
use crate::id::TenantId;

/// A company whose store is a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registered {
    /// Its id.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Why its store could not be brought to this version.
    pub upgrade_failed: Option<String>,
}

/// The companies of a registry that has every step. On PostgreSQL, where no store is one company's, there are none to tell of.
///
/// # Errors
/// Where the registry cannot be read.
pub fn registered(options: &StoreOptions) -> Result<Vec<Registered>, MigrateError> {
    if options.is_postgres() {
        return Ok(Vec::new());
    }
    let mut store = File::control(&options.data_dir).open()?;
    let super::Engine::Sqlite(conn) = &mut store.engine else {
        return Ok(Vec::new());
    };
    let rows: QueryResult<Vec<(TenantId, String, Option<String>)>> = tenants::table
        .select((tenants::id, tenants::slug, tenants::upgrade_failed))
        .load(conn);
    let rows = rows.map_err(|e| store.failed(e))?;
    Ok(rows
        .into_iter()
        .map(|(tenant, slug, upgrade_failed)| Registered {
            tenant,
            slug,
            upgrade_failed,
        })
        .collect())
}
