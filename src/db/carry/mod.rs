//! Rows on the move: from either engine into a file of ours and back, value for value, with a sum over each table that comes out
//! the same wherever the rows lie.
//!
//! A file is always SQLite and always made anew by our own migrations, so nothing but rows comes over from one that somebody
//! hands in: no view, no trigger, no other table.

mod cell;
mod file;
mod postgres;
mod rows;
mod sum;
mod table;

pub use self::cell::{Cell, hex};
pub use self::file::{CarriedFile, FileError, Steps, into_file, settle, whole_into_file};
pub use self::postgres::{Server, ServerPlane};
pub use self::sum::{Sum, sums};
pub use self::table::Table;

use crate::Result;

/// What is done to each row on its way: the table, and its values in the order of [`Table::columns`].
pub type Change<'a> = &'a (dyn Fn(&Table, &mut [Cell]) -> Result<()> + Sync);

/// Rows as they are.
///
/// # Errors
/// Never.
pub fn unchanged(_: &Table, _: &mut [Cell]) -> Result<()> {
    Ok(())
}
