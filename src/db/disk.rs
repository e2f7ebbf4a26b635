//! What the stores take on disk, for the system page and the early warning.

use std::path::Path;

use diesel::prelude::*;

use super::conn::Conn;
use super::control::Control;
use super::sqlite::bytes_on_disk;
use crate::{Error, Result};

/// What is taken, and what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct DiskUse {
    /// The control plane.
    pub control_bytes: u64,
    /// All companies together.
    pub tenants_bytes: u64,
    /// Free on the disk under the data folder; unknown where a PostgreSQL server holds the data.
    pub free_bytes: Option<u64>,
    /// Size of that disk.
    pub total_bytes: Option<u64>,
}

/// Figures of the files in the folder of `control.db`.
pub(super) fn of_files(control: &Path) -> Result<DiskUse> {
    let folder = control.parent().unwrap_or(Path::new("."));
    let disk = rustix::fs::statvfs(folder).map_err(|e| Error::Internal(Box::new(e)))?;
    let mut tenants_bytes = 0;
    if let Ok(entries) = std::fs::read_dir(folder.join("tenants")) {
        for entry in entries.flatten() {
            tenants_bytes += entry.metadata().map_or(0, |meta| meta.len());
        }
    }
    Ok(DiskUse {
        control_bytes: bytes_on_disk(control).unwrap_or(0),
        tenants_bytes,
        free_bytes: Some(disk.f_bavail * disk.f_frsize),
        total_bytes: Some(disk.f_blocks * disk.f_frsize),
    })
}

/// Figures of the two schemas of a PostgreSQL database.
pub(super) async fn of_server(control: &Control) -> Result<DiskUse> {
    #[derive(diesel::QueryableByName)]
    struct Bytes {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        control: i64,
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        tenant: i64,
    }
    let bytes = control.read(|c| match c.db() {
        // From the catalogue alone: sizes of tables one may not read are nobody's secret.
        Conn::Postgres(conn) => Ok(diesel::sql_query(
            "SELECT coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE n.nspname = 'control'), 0)::bigint AS control, \
             coalesce(sum(pg_total_relation_size(c.oid)) FILTER (WHERE n.nspname = 'tenant'), 0)::bigint AS tenant \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE c.relkind = 'r' AND n.nspname IN ('control', 'tenant')",
        )
        .get_result::<Bytes>(conn)?),
        Conn::Sqlite(_) => Err(Error::internal("not a PostgreSQL connection")),
    });
    let bytes = bytes.await?;
    Ok(DiskUse {
        control_bytes: u64::try_from(bytes.control).unwrap_or(0),
        tenants_bytes: u64::try_from(bytes.tenant).unwrap_or(0),
        free_bytes: None,
        total_bytes: None,
    })
}
