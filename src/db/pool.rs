//! Making connections, and the small pools they wait in.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool};
use diesel::{PgConnection, SqliteConnection};
use scheduled_thread_pool::ScheduledThreadPool;

use super::conn::Conn;
use crate::{Error, Result};

/// How long a SQLite connection waits for a lock held elsewhere, in milliseconds.
const BUSY_TIMEOUT_MS: u32 = 5_000;

/// What a SQLite connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    Write,
    Read,
}

/// Opens a SQLite file with the settings every connection of ours has. One statement per setting, `busy_timeout` first.
pub(super) fn open_sqlite(path: &Path, purpose: Use) -> Result<Conn> {
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
    let mut settings = vec![
        format!("PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}"),
        "PRAGMA journal_mode = WAL".to_owned(),
        "PRAGMA synchronous = FULL".to_owned(),
        "PRAGMA foreign_keys = ON".to_owned(),
        "PRAGMA trusted_schema = OFF".to_owned(),
        "PRAGMA cell_size_check = ON".to_owned(),
        "PRAGMA mmap_size = 0".to_owned(),
        "PRAGMA wal_autocheckpoint = 0".to_owned(),
        format!(
            "PRAGMA journal_size_limit = {}",
            super::writer::WAL_SOFT_LIMIT_BYTES
        ),
        "PRAGMA temp_store = MEMORY".to_owned(),
    ];
    if purpose == Use::Read {
        settings.push("PRAGMA cache_size = -2000".to_owned());
        settings.push("PRAGMA query_only = ON".to_owned());
    } else {
        settings.push("PRAGMA cache_size = -8000".to_owned());
    }
    for setting in &settings {
        conn.batch_execute(setting)?;
    }
    Ok(Conn::Sqlite(conn))
}

/// Opens a PostgreSQL connection.
pub(super) fn open_postgres(url: &str) -> Result<PgConnection> {
    PgConnection::establish(url).map_err(|error| {
        tracing::warn!(%error, "PostgreSQL cannot be reached");
        Error::Busy
    })
}

/// A pooled connection that can be marked as not to be used again.
pub(super) struct Pooled {
    pub(super) conn: Conn,
    pub(super) broken: bool,
}

pub(super) enum Manager {
    SqliteReader(PathBuf),
    Postgres {
        url: Arc<str>,
        statement_cache: bool,
    },
}

/// Why a connection could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct ConnectError(String);

impl ManageConnection for Manager {
    type Connection = Pooled;
    type Error = ConnectError;

    fn connect(&self) -> std::result::Result<Pooled, ConnectError> {
        let conn = match self {
            Self::SqliteReader(path) => open_sqlite(path, Use::Read),
            Self::Postgres {
                url,
                statement_cache,
            } => open_postgres(url).map(|mut conn| {
                if !statement_cache {
                    conn.set_prepared_statement_cache_size(diesel::connection::CacheSize::Disabled);
                }
                Conn::Postgres(conn)
            }),
        };
        conn.map(|conn| Pooled {
            conn,
            broken: false,
        })
        .map_err(|e| ConnectError(e.to_string()))
    }

    fn is_valid(&self, _: &mut Pooled) -> std::result::Result<(), ConnectError> {
        Ok(())
    }

    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken
            || std::thread::panicking()
            || match &mut pooled.conn {
                Conn::Postgres(c) => AnsiTransactionManager::is_broken_transaction_manager(c),
                Conn::Sqlite(c) => AnsiTransactionManager::is_broken_transaction_manager(c),
            }
    }
}

pub(super) type Connections = Pool<Manager>;

/// Pools of all files share these threads.
pub(super) fn scheduler() -> Arc<ScheduledThreadPool> {
    Arc::new(
        ScheduledThreadPool::builder()
            .num_threads(1)
            .thread_name_pattern("steading-pool")
            .build(),
    )
}

pub(super) fn readers(path: PathBuf, size: u32, threads: &Arc<ScheduledThreadPool>) -> Connections {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(5))
        .idle_timeout(Some(Duration::from_secs(300)))
        .thread_pool(Arc::clone(threads))
        .build_unchecked(Manager::SqliteReader(path))
}

pub(super) fn postgres(
    url: &str,
    size: u32,
    statement_cache: bool,
    threads: &Arc<ScheduledThreadPool>,
) -> Connections {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(Duration::from_secs(3))
        .max_lifetime(Some(Duration::from_secs(420)))
        .thread_pool(Arc::clone(threads))
        .build_unchecked(Manager::Postgres {
            url: url.into(),
            statement_cache,
        })
}
