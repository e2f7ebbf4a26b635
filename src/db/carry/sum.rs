//! The sum over a table: how many rows, and a hash of their values by key. The same rows give the same sum on either engine.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Change;
use super::cell::hex;
use super::rows::{each, without_time_limit};
use super::table::describe;
use crate::Result;
use crate::db::{Conn, Plane, Scoped};

/// What a table holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// The table.
    pub table: String,
    /// Its rows.
    pub rows: u64,
    /// SHA-256 of the names of its columns and of its values.
    pub sha256: String,
}

/// The sums of tables, over rows as `change` leaves them.
///
/// # Errors
/// Where the store does not answer.
pub fn sums<P: Plane>(
    c: &mut Scoped<'_, P>,
    tables: &[&str],
    change: Change<'_>,
) -> Result<Vec<Sum>> {
    of(c.db(), P::NAME, tables, change)
}

pub(super) fn of(
    conn: &mut Conn,
    plane: &str,
    tables: &[&str],
    change: Change<'_>,
) -> Result<Vec<Sum>> {
    without_time_limit(conn)?;
    let mut all = Vec::with_capacity(tables.len());
    for name in tables {
        let table = describe(conn, plane, name)?;
        let mut hash = Sha256::new();
        hash.update(table.columns.join(",").as_bytes());
        let mut rows = 0;
        each(conn, plane, &table, &[], &mut |mut row| {
            change(&table, &mut row)?;
            for cell in &row {
                cell.sum_into(&mut hash);
            }
            rows += 1;
            Ok(())
        })?;
        all.push(Sum {
            table: (*name).to_owned(),
            rows,
            sha256: hex(&hash.finalize()),
        });
    }
    Ok(all)
}
