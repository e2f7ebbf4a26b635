//! The small pools connections wait in, and what makes one of them unfit to be used again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::PgConnection;
use diesel::connection::{CacheSize, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use scheduled_thread_pool::ScheduledThreadPool;

use super::conn::Conn;
use super::sqlite::{self, Use};
use crate::{Error, Result};

/// A PostgreSQL connection lives about this long, so that none keeps what a long-gone setting gave it.
const POSTGRES_LIFETIME: Duration = Duration::from_secs(420);
/// A reader of a file that nobody used for this long is closed.
const READER_IDLE: Duration = Duration::from_secs(300);

/// Opens a PostgreSQL connection.
pub(super) fn open_postgres(url: &str) -> Result<PgConnection> {
    PgConnection::establish(url).map_err(|error| {
        tracing::warn!(%error, "PostgreSQL cannot be reached");
        Error::Busy
    })
}

/// Opens a PostgreSQL connection that prepares no statement under a name, which a pooler in between would mix up.
pub(super) fn open_uncached(url: &str) -> Result<PgConnection> {
    open_postgres(url).map(|mut conn| {
        conn.set_prepared_statement_cache_size(CacheSize::Disabled);
        conn
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
            Self::SqliteReader(path) => sqlite::open_existing(path, Use::Read),
            Self::Postgres {
                url,
                statement_cache,
            } => match statement_cache {
                true => open_postgres(url),
                false => open_uncached(url),
            }
            .map(Conn::Postgres),
        };
        conn.map(|conn| Pooled {
            conn,
            broken: false,
        })
        .map_err(|e| ConnectError(e.reason()))
    }

    fn is_valid(&self, _: &mut Pooled) -> std::result::Result<(), ConnectError> {
        Ok(())
    }

    /// A connection goes back only where no transaction is open on it: one whose user panicked never does.
    fn has_broken(&self, pooled: &mut Pooled) -> bool {
        pooled.broken
            || std::thread::panicking()
            || <Conn as Connection>::TransactionManager::is_broken_transaction_manager(
                &mut pooled.conn,
            )
    }
}

pub(super) type Connections = Pool<Manager>;

/// How long somebody waits for a connection before it is asked for anew.
const ASK_AGAIN: Duration = Duration::from_millis(100);

/// A connection, waited for as long as the pool allows. The pool makes one only while it is asked: whoever waited for one that
/// broke, and asked no more, would wait in vain.
pub(super) fn take(pool: &Connections) -> Result<PooledConnection<Manager>> {
    let until = Instant::now() + pool.connection_timeout();
    loop {
        let left = until.saturating_duration_since(Instant::now());
        match pool.get_timeout(left.min(ASK_AGAIN)) {
            Ok(pooled) => return Ok(pooled),
            Err(error) if left <= ASK_AGAIN => return Err(error.into()),
            Err(_) => {}
        }
    }
}

/// Pools of all files share these threads.
pub(super) fn scheduler() -> Arc<ScheduledThreadPool> {
    Arc::new(
        ScheduledThreadPool::builder()
            .num_threads(1)
            .thread_name_pattern("steading-pool")
            .build(),
    )
}

pub(super) fn readers(
    path: PathBuf,
    size: u32,
    patience: Duration,
    threads: &Arc<ScheduledThreadPool>,
) -> Connections {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(patience)
        .idle_timeout(Some(READER_IDLE))
        .max_lifetime(None)
        .thread_pool(Arc::clone(threads))
        .build_unchecked(Manager::SqliteReader(path))
}

pub(super) fn postgres(
    url: &str,
    size: u32,
    statement_cache: bool,
    patience: Duration,
    threads: &Arc<ScheduledThreadPool>,
) -> Connections {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(0))
        .test_on_check_out(false)
        .connection_timeout(patience)
        .max_lifetime(Some(POSTGRES_LIFETIME))
        .thread_pool(Arc::clone(threads))
        .build_unchecked(Manager::Postgres {
            url: url.into(),
            statement_cache,
        })
}
