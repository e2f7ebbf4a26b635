//! The stores of a process: opened once at start, handed to `App`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use diesel::prelude::*;

use super::conn::{Conn, ControlPlane, TenantPlane};
use super::control::Control;
use super::files::{Files, OpenFile, Shared};
use super::health::StoreHealth;
use super::pool::{self, Use};
use super::postgres::{self, Server};
use super::scope::{Door, Scope};
use super::writer::{AfterCommit, Crew, wal_bytes};
use crate::clock::Clock;
use crate::id::TenantId;
use crate::{Error, Result};

/// Tenant files kept open at once.
const OPEN_FILES: usize = 1_024;
/// Threads that write; each waits for its disk, so more than cores.
const WRITERS: usize = 8;
/// The oldest bundled SQLite we run on: before it, a checkpoint could meet a write and lose pages. 3.52.0 was withdrawn.
const SQLITE_AT_LEAST: (u32, u32, u32) = (3, 51, 3);

/// How to open the stores.
#[derive(Clone)]
pub struct StoreOptions {
    /// Where SQLite keeps its files; on PostgreSQL only for keys and backups.
    pub data_dir: PathBuf,
    /// `postgres://…` of the request login, or none for SQLite.
    pub database_url: Option<String>,
    /// The login that migrates and provisions; the request login where absent.
    pub owner_url: Option<String>,
    /// Whether PostgreSQL statements are prepared once per connection.
    pub statement_cache: bool,
    /// PostgreSQL connections at most.
    pub pool: u32,
    /// The clock of transactions.
    pub clock: Clock,
    /// Called after a commit whose closure asked for jobs to be looked at; the nil id is the control plane.
    pub after_commit: Arc<dyn Fn(TenantId) + Send + Sync>,
}

/// Both planes, opened.
#[derive(Clone)]
pub struct Stores {
    /// The control plane.
    pub control: Control,
    /// The tenant plane.
    pub tenants: Tenants,
}

/// The tenant plane: gives the scope of a tenant.
#[derive(Clone)]
pub struct Tenants {
    inner: Arc<Inner>,
}

enum Inner {
    Sqlite {
        files: Files<TenantPlane>,
        control: PathBuf,
        health: StoreHealth,
    },
    Postgres {
        server: Arc<Server>,
        health: StoreHealth,
    },
}

impl Stores {
    /// Opens both planes. Migrations have run before ([`super::migrate`]); this makes pools and no connection.
    ///
    /// # Errors
    /// Where the files are not there.
    pub fn open(options: &StoreOptions) -> Result<Self> {
        let health = StoreHealth::default();
        let threads = pool::scheduler();
        let after_commit: AfterCommit = Arc::clone(&options.after_commit);
        let nil = TenantId::from_uuid(uuid::Uuid::nil());
        if let Some(url) = &options.database_url {
            let connections = pool::postgres(url, options.pool, options.statement_cache, &threads);
            let server = postgres::server(
                connections,
                options.clock.clone(),
                health.clone(),
                after_commit,
            );
            let control = Control {
                door: Door::Postgres {
                    server: Arc::clone(&server),
                    owner: nil,
                },
            };
            return Ok(Self {
                control,
                tenants: Tenants {
                    inner: Arc::new(Inner::Postgres { server, health }),
                },
            });
        }
        let shared = Shared {
            clock: options.clock.clone(),
            health: health.clone(),
            after_commit,
            crew: Crew::new(WRITERS),
            threads,
        };
        let path = options.data_dir.join("control.db");
        let control_file: OpenFile<ControlPlane> = OpenFile::open(path.clone(), nil, &shared)?;
        let files = Files::new(options.data_dir.join("tenants"), OPEN_FILES, shared);
        Ok(Self {
            control: Control {
                door: Door::Sqlite(Arc::new(control_file)),
            },
            tenants: Tenants {
                inner: Arc::new(Inner::Sqlite {
                    files,
                    control: path,
                    health,
                }),
            },
        })
    }
}

impl Stores {
    /// Waits for the writers and folds the logs into the files: the last thing a process does.
    pub async fn shutdown(&self) {
        if let Err(error) = self.control.write(|_| Ok(())).await {
            tracing::warn!(%error, "The control plane was not quiet at the end");
        }
    }
}

impl Tenants {
    /// The scope of one tenant. Called by the guards of the web, by job contexts and by the command line only.
    ///
    /// # Errors
    /// Where the tenant's file is missing.
    pub fn scope(&self, tenant: TenantId) -> Result<Scope> {
        let door = match &*self.inner {
            Inner::Sqlite { files, .. } => Door::Sqlite(files.get(tenant)?),
            Inner::Postgres { server, .. } => Door::Postgres {
                server: Arc::clone(server),
                owner: tenant,
            },
        };
        Ok(Scope { door, tenant })
    }

    /// The state of the writers.
    pub fn health(&self) -> StoreHealth {
        match &*self.inner {
            Inner::Sqlite { health, .. } | Inner::Postgres { health, .. } => health.clone(),
        }
    }

    /// `sqlite` or `postgres`.
    pub fn engine(&self) -> &'static str {
        match &*self.inner {
            Inner::Sqlite { .. } => "sqlite",
            Inner::Postgres { .. } => "postgres",
        }
    }

    /// Whether this process alone holds the stores: files behind the folder's lock, not a database others may share.
    pub fn is_sole(&self) -> bool {
        matches!(&*self.inner, Inner::Sqlite { .. })
    }

    /// Bytes on disk of a tenant's store with its log, where it is a file.
    pub fn size_bytes(&self, tenant: TenantId) -> Option<u64> {
        match &*self.inner {
            Inner::Sqlite { files, .. } => {
                let path = files.path(tenant);
                std::fs::metadata(&path)
                    .ok()
                    .map(|meta| meta.len() + wal_bytes(&path))
            }
            Inner::Postgres { .. } => None,
        }
    }

    /// Files open now (0 on PostgreSQL).
    pub fn open_files(&self) -> usize {
        match &*self.inner {
            Inner::Sqlite { files, .. } => files.open_count(),
            Inner::Postgres { .. } => 0,
        }
    }

    /// Whether the store answers at all. Blocks.
    ///
    /// # Errors
    /// [`Error::Busy`] where it does not.
    pub fn ping(&self) -> Result<()> {
        match &*self.inner {
            Inner::Sqlite { control, .. } => {
                if control.is_file() {
                    Ok(())
                } else {
                    Err(Error::Busy)
                }
            }
            Inner::Postgres { server, .. } => server.ping(),
        }
    }
}

/// The version of the bundled SQLite, refused where it has the old checkpoint race.
///
/// # Errors
/// With a sentence where it is too old or withdrawn.
pub(super) fn assert_sqlite_version(folder: &Path) -> Result<String> {
    #[derive(diesel::QueryableByName)]
    struct Version {
        #[diesel(sql_type = diesel::sql_types::Text)]
        value: String,
    }
    let mut conn = pool::open_sqlite(&folder.join("control.db"), Use::Write)?;
    let found: Version = match &mut conn {
        Conn::Sqlite(c) => diesel::sql_query("SELECT sqlite_version() AS value").get_result(c)?,
        Conn::Postgres(_) => return Err(Error::internal("not a SQLite connection")),
    };
    let mut parts = found
        .value
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let version = (
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
        parts.next().unwrap_or(0),
    );
    if version < SQLITE_AT_LEAST || version == (3, 52, 0) {
        return Err(Error::internal(format!(
            "SQLite {} has a known fault; at least 3.51.3 is needed, not 3.52.0",
            found.value
        )));
    }
    Ok(found.value)
}
