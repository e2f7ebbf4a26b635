//! SQLite connections: every one opened with the same settings, on a version without known faults.

use std::path::{Path, PathBuf};

use diesel::SqliteConnection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::conn::Conn;
use super::limits::Limits;
use crate::{Error, Result};

/// How long a connection waits for a lock held elsewhere, in milliseconds.
pub(super) const BUSY_TIMEOUT_MS: u32 = 5_000;
/// The oldest SQLite we run on: before it, a checkpoint could meet a write and lose pages.
const AT_LEAST: (u32, u32, u32) = (3, 51, 3);
/// A version that its makers withdrew.
const WITHDRAWN: (u32, u32, u32) = (3, 52, 0);

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The writes of a scope.
    Write,
    /// The reads of a scope.
    Read,
    /// The kernel's own work on a file: migrations, copies. It may attach another file, as `VACUUM INTO` does.
    Keep,
}

/// What stands in the one place there is for another file (`MAX_ATTACHED` in `.cargo/config.toml`), so that no statement that
/// found its way into a scope can attach one: an empty database in memory. Inside a transaction it cannot be detached.
const TAKEN: &str = "ATTACH ':memory:' AS taken";

/// How a scope's read begins: it holds the place above, too.
pub(super) const BEGIN_READ: &str = "BEGIN; SELECT 1 FROM taken.sqlite_schema";

/// Opens a file with the settings every connection of ours has. One statement per setting, `busy_timeout` first.
pub(super) fn open(path: &Path, purpose: Use) -> Result<Conn> {
    let text = path
        .to_str()
        .ok_or_else(|| Error::internal("the data folder's path is not UTF-8"))?;
    // A name that begins with "file:" would be read as a URI; a path that begins with "/" or "./" never is.
    let name = if path.is_absolute() {
        text.to_owned()
    } else {
        format!("./{text}")
    };
    let mut conn = SqliteConnection::establish(&name).map_err(|e| Error::Database(Box::new(e)))?;
    // Half of where a checkpoint is due, so that a log begun anew is visibly shorter than one that grew.
    let kept_log_bytes = Limits::default().wal_soft_bytes / 2;
    let (cache, last) = match purpose {
        Use::Write | Use::Keep => (-8_000, "PRAGMA query_only = OFF"),
        Use::Read => (-2_000, "PRAGMA query_only = ON"),
    };
    for setting in [
        &format!("PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}"),
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        "PRAGMA foreign_keys = ON",
        "PRAGMA trusted_schema = OFF",
        // Without it a REPLACE deletes rows past the triggers that guard them.
        "PRAGMA recursive_triggers = ON",
        "PRAGMA cell_size_check = ON",
        "PRAGMA mmap_size = 0",
        // Only the writer checkpoints, and it decides when.
        "PRAGMA wal_autocheckpoint = 0",
        &format!("PRAGMA journal_size_limit = {kept_log_bytes}"),
        "PRAGMA temp_store = MEMORY",
        &format!("PRAGMA cache_size = {cache}"),
        last,
    ] {
        conn.batch_execute(setting)?;
    }
    if purpose != Use::Keep {
        conn.batch_execute(TAKEN)?;
    }
    Ok(Conn::Sqlite(conn))
}

/// Opens a file that must be there: SQLite would make an empty one in the place of one that was moved away.
pub(super) fn open_existing(path: &Path, purpose: Use) -> Result<Conn> {
    if !path.is_file() {
        return Err(Error::internal(format!("{} is missing", path.display())));
    }
    open(path, purpose)
}

/// The log beside a file.
fn wal_path(path: &Path) -> PathBuf {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    wal.into()
}

/// Bytes in the log of a file.
pub(super) fn wal_bytes(path: &Path) -> u64 {
    std::fs::metadata(wal_path(path)).map_or(0, |meta| meta.len())
}

/// Bytes of a file with its log, where it is there.
pub(super) fn bytes_on_disk(path: &Path) -> Option<u64> {
    let meta = std::fs::metadata(path).ok()?;
    Some(meta.len() + wal_bytes(path))
}

/// The version of the SQLite inside this program, refused where it is known to lose pages. Opens no file.
///
/// # Errors
/// With a sentence where it is too old or withdrawn.
pub(super) fn assert_version() -> Result<String> {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        value: String,
    }
    let mut conn =
        SqliteConnection::establish(":memory:").map_err(|e| Error::Database(Box::new(e)))?;
    let found: Version =
        diesel::sql_query("SELECT sqlite_version() AS value").get_result(&mut conn)?;
    if is_sound(&found.value) {
        return Ok(found.value);
    }
    Err(Error::internal(format!(
        "SQLite {} has a known fault; at least 3.51.3 is needed, not 3.52.0",
        found.value
    )))
}

fn is_sound(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    let version = (next(), next(), next());
    version >= AT_LEAST && version != WITHDRAWN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_with_known_faults_are_refused() {
        for bad in ["", "3.8.11", "3.45.0", "3.51.2", "3.52.0"] {
            assert!(!is_sound(bad), "{bad}");
        }
        for good in ["3.51.3", "3.51.10", "3.52.1", "3.53.0", "4.0.0"] {
            assert!(is_sound(good), "{good}");
        }
    }

    #[test]
    fn the_bundled_version_is_sound() {
        assert!(assert_version().is_ok());
    }

    /// What `.cargo/config.toml` asks for has reached the compiler.
    #[test]
    fn the_bundled_library_is_compiled_as_we_want_it() {
        define_sql_function! {
            fn sqlite_compileoption_used(option: diesel::sql_types::Text) -> diesel::sql_types::Integer;
        }
        let mut conn = SqliteConnection::establish(":memory:").unwrap();
        let mut has = |option: &str| {
            diesel::select(sqlite_compileoption_used(option))
                .get_result::<i32>(&mut conn)
                .unwrap()
                == 1
        };
        for wanted in [
            "ENABLE_QPSG",
            "THREADSAFE=2",
            "DEFAULT_MEMSTATUS=0",
            "DQS=0",
            "MAX_ATTACHED=1",
        ] {
            assert!(has(wanted), "{wanted}");
        }
        for unwanted in [
            "ENABLE_STAT4",
            "ENABLE_MEMORY_MANAGEMENT",
            "ENABLE_LOAD_EXTENSION",
        ] {
            assert!(!has(unwanted), "{unwanted}");
        }
    }
}
