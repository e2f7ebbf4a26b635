//! The tenant plane: gives the scope of a tenant, and knows what its stores are doing.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use diesel::prelude::*;

use super::conn::{Conn, TenantConn, TenantPlane};
use super::control::Control;
use super::files::Files;
use super::health::StoreHealth;
use super::migrate::company::drop_template;
use super::postgres::Server;
use super::schema::tenant::jobs;
use super::scope::{Door, Scope};
use super::shut::Shut;
use super::sqlite::bytes_on_disk;
use crate::id::{JobId, TenantId};
use crate::{Error, Result};

/// Connections of a pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolUse {
    /// Given out.
    pub in_use: u32,
    /// Waiting to be.
    pub idle: u32,
}

/// The tenant plane: gives the scope of a tenant.
#[derive(Clone)]
pub struct Tenants {
    pub(super) inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) engine: Engine,
    health: StoreHealth,
    /// Companies whose store cannot be used: its upgrade failed.
    barred: Mutex<BTreeSet<TenantId>>,
    /// Companies whose store is being changed for another one.
    pub(super) shut: Shut,
}

pub(super) enum Engine {
    Sqlite {
        files: Arc<Files<TenantPlane>>,
        control: PathBuf,
    },
    Postgres(Arc<Server>),
}

impl Tenants {
    pub(super) fn on_sqlite(
        files: Arc<Files<TenantPlane>>,
        control: PathBuf,
        health: StoreHealth,
    ) -> Self {
        Self::new(Engine::Sqlite { files, control }, health, Shut::default())
    }

    pub(super) fn on_postgres(server: Arc<Server>, health: StoreHealth) -> Self {
        let shut = server.shut.clone();
        Self::new(Engine::Postgres(server), health, shut)
    }

    fn new(engine: Engine, health: StoreHealth, shut: Shut) -> Self {
        Self {
            inner: Arc::new(Inner {
                engine,
                health,
                barred: Mutex::new(BTreeSet::new()),
                shut,
            }),
        }
    }

    /// The scope of one tenant. Called by the guards of the web, by job contexts and by the command line only. Holds nothing
    /// open: it may be kept as long as one likes.
    ///
    /// # Errors
    /// [`Error::Busy`] where the tenant's file is missing, its upgrade failed, or its store is being changed for another one.
    pub fn scope(&self, tenant: TenantId) -> Result<Scope> {
        if self.barred().contains(&tenant) || self.inner.shut.holds(tenant) {
            return Err(Error::Busy);
        }
        self.scope_behind(tenant)
    }

    /// The same, whether the doors are open or not.
    pub(super) fn scope_behind(&self, tenant: TenantId) -> Result<Scope> {
        let door = match &self.inner.engine {
            Engine::Sqlite { files, .. } => {
                if files.get_open(tenant).is_none() && !files.path(tenant).is_file() {
                    tracing::error!(tenant.id = %tenant, "The company's file is missing");
                    return Err(Error::Busy);
                }
                Door::Files {
                    files: Arc::clone(files),
                    owner: tenant,
                }
            }
            Engine::Postgres(server) => Door::Postgres {
                server: Arc::clone(server),
                owner: tenant,
            },
        };
        Ok(Scope {
            door,
            tenant,
            project: None,
        })
    }

    /// Shuts the doors of a company whose store could not be upgraded: [`Self::scope`] answers [`Error::Busy`] from now on.
    pub fn bar(&self, tenant: TenantId) {
        self.barred().insert(tenant);
    }

    /// The companies behind shut doors.
    pub fn barred_tenants(&self) -> Vec<TenantId> {
        self.barred().iter().copied().collect()
    }

    fn barred(&self) -> MutexGuard<'_, BTreeSet<TenantId>> {
        self.inner
            .barred
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The state of the writers.
    pub fn health(&self) -> StoreHealth {
        self.inner.health.clone()
    }

    /// `sqlite` or `postgres`.
    pub fn engine(&self) -> &'static str {
        match &self.inner.engine {
            Engine::Sqlite { .. } => "sqlite",
            Engine::Postgres(_) => "postgres",
        }
    }

    /// Whether this process alone holds the stores: files behind the folder's lock, not a database others may share.
    pub fn is_sole(&self) -> bool {
        matches!(self.inner.engine, Engine::Sqlite { .. })
    }

    /// Bytes on disk of a tenant's store with its log, where it is a file.
    pub fn size_bytes(&self, tenant: TenantId) -> Option<u64> {
        match &self.inner.engine {
            Engine::Sqlite { files, .. } => bytes_on_disk(&files.path(tenant)),
            Engine::Postgres(_) => None,
        }
    }

    /// Files open now (0 on PostgreSQL).
    pub fn open_files(&self) -> usize {
        match &self.inner.engine {
            Engine::Sqlite { files, .. } => files.open_count(),
            Engine::Postgres(_) => 0,
        }
    }

    /// Folds the logs of all files that nobody uses into them and closes them; the next use opens them again. Blocks.
    pub fn close_all(&self) {
        if let Engine::Sqlite { files, .. } = &self.inner.engine {
            files.close_idle();
        }
    }

    /// The companies' files; `None` on PostgreSQL, where there are none.
    pub(super) fn files(&self) -> Option<&Arc<Files<TenantPlane>>> {
        match &self.inner.engine {
            Engine::Sqlite { files, .. } => Some(files),
            Engine::Postgres(_) => None,
        }
    }

    /// Opens the doors of a company again, or forgets one that is gone.
    pub fn unbar(&self, tenant: TenantId) {
        self.barred().remove(&tenant);
    }

    pub(super) fn shut(&self, deadline: Instant) {
        if let Engine::Sqlite { files, .. } = &self.inner.engine {
            files.shut(deadline);
            drop_template(files.folder());
        }
    }

    /// Whether the stores take a write, found out by doing one: a rewrite of a page of `control.db`, or a transaction that
    /// PostgreSQL has to write down. Ends the failing state of [`StoreHealth`] where it succeeds.
    ///
    /// # Errors
    /// [`Error::Busy`] where nothing can be written.
    pub async fn probe_write(&self, control: &Control) -> Result<()> {
        #[derive(diesel::QueryableByName)]
        struct Mark {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            user_version: i64,
        }
        #[derive(diesel::QueryableByName)]
        struct Transaction {
            #[diesel(sql_type = diesel::sql_types::Text)]
            #[expect(dead_code, reason = "asking for it is what makes the server write")]
            id: String,
        }
        let probe = control.write(|c| match c.db() {
            Conn::Sqlite(conn) => {
                let mark: Mark = diesel::sql_query("SELECT user_version FROM pragma_user_version")
                    .get_result(conn)?;
                let next = (mark.user_version + 1) % (1 << 30);
                diesel::sql_query(format!("PRAGMA user_version = {next}")).execute(conn)?;
                Ok(())
            }
            Conn::Postgres(conn) => {
                // Refused where the server or the database was made read-only, though no row is meant.
                diesel::sql_query("DELETE FROM jobs WHERE false").execute(conn)?;
                diesel::sql_query("SELECT pg_current_xact_id()::text AS id")
                    .get_result::<Transaction>(conn)?;
                Ok(())
            }
        });
        probe.await.map_err(|_| Error::Busy)?;
        self.inner.health.recovered_all();
        Ok(())
    }

    /// Whether the store answers at all. Blocks.
    ///
    /// # Errors
    /// [`Error::Busy`] where it does not.
    pub fn ping(&self) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite { control, .. } if control.is_file() => Ok(()),
            Engine::Sqlite { .. } => Err(Error::Busy),
            Engine::Postgres(server) => server.ping(),
        }
    }

    /// The name of a company's file below the data folder, where it is not there though it should be. A file that is still open
    /// goes on being read and written by this process while nobody else can see it, so the folder is asked.
    pub fn missing_file(&self, tenant: TenantId) -> Option<String> {
        let path = self.files()?.path(tenant);
        let name = path.file_name()?.to_string_lossy().into_owned();
        (!path.is_file()).then(|| format!("tenants/{name}"))
    }

    /// Whether one company's store answers: its file is there and its tables can be read.
    ///
    /// # Errors
    /// [`Error::Busy`] where it does not.
    pub async fn answers(&self, tenant: TenantId) -> Result<()> {
        if self.missing_file(tenant).is_some() {
            tracing::error!(tenant.id = %tenant, "The company's file is missing");
            return Err(Error::Busy);
        }
        let first = |c: &mut TenantConn<'_>| {
            let jobs = jobs::table.select(jobs::id);
            Ok(jobs.first::<JobId>(c.db()).optional()?)
        };
        let asked = self.scope(tenant)?.read(first).await;
        asked.map(drop).map_err(|error| {
            tracing::error!(tenant.id = %tenant, reason = error.reason(), "The company's store cannot be read");
            Error::Busy
        })
    }

    /// The connections to PostgreSQL; `None` where the stores are files.
    pub fn pool_use(&self) -> Option<PoolUse> {
        match &self.inner.engine {
            Engine::Sqlite { .. } => None,
            Engine::Postgres(server) => {
                let state = server.pool.state();
                Some(PoolUse {
                    in_use: state.connections.saturating_sub(state.idle_connections),
                    idle: state.idle_connections,
                })
            }
        }
    }
}
