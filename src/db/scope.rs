//! The scoped doors: `read` and `write`, off the event loop, in one transaction each, back after the commit.

use std::any::Any;
use std::sync::Arc;

use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::PooledConnection;

use super::conn::{Conn, ControlPlane, Plane, Scoped, TenantPlane};
use super::files::{Files, OpenFile};
use super::pool::{Connections, Manager, take};
use super::postgres::Server;
use super::sqlite::BEGIN_READ;
use crate::clock::Clock;
use crate::gate::ProjectLimit;
use crate::id::TenantId;
use crate::{Error, Result};

/// A way into one store of plane `P`. Cheap to clone, and holds nothing open while it is not used.
pub(super) enum Door<P> {
    /// The one file of the control plane.
    File(Arc<OpenFile<P>>),
    /// One file among many.
    Files {
        files: Arc<Files<P>>,
        owner: TenantId,
    },
    Postgres {
        server: Arc<Server>,
        owner: TenantId,
    },
}

impl<P> Clone for Door<P> {
    fn clone(&self) -> Self {
        match self {
            Self::File(file) => Self::File(Arc::clone(file)),
            Self::Files { files, owner } => Self::Files {
                files: Arc::clone(files),
                owner: *owner,
            },
            Self::Postgres { server, owner } => Self::Postgres {
                server: Arc::clone(server),
                owner: *owner,
            },
        }
    }
}

/// What a read or write gives, its type put aside: so that doors, queues and tasks are compiled once and not for each of some
/// hundred closures.
type Value = Box<dyn Any + Send>;
type Work<P> = Box<dyn Fn(&mut Scoped<'_, P>) -> Result<Value> + Send>;

fn untyped<P, T, F>(work: F) -> Work<P>
where
    T: Send + 'static,
    F: Fn(&mut Scoped<'_, P>) -> Result<T> + Send + 'static,
{
    Box::new(move |c| work(c).map(|value| Box::new(value) as Value))
}

fn typed<T: 'static>(value: Value) -> Result<T> {
    value
        .downcast()
        .map(|value| *value)
        .map_err(|_| Error::internal("a read or write gave a value of another type"))
}

impl<P: Plane> Door<P> {
    pub(super) async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, P>) -> Result<T> + Send + 'static,
    {
        self.read_untyped(untyped(work)).await.and_then(typed)
    }

    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, P>) -> Result<T> + Send + 'static,
    {
        self.write_untyped(untyped(work)).await.and_then(typed)
    }

    async fn read_untyped(&self, work: Work<P>) -> Result<Value> {
        let door = self.clone();
        off_loop(move || match &door {
            Self::File(file) => file.read(&*work),
            Self::Files { files, owner } => files.get(*owner)?.read(&*work),
            Self::Postgres { server, owner } => server.read(*owner, &*work),
        })
        .await
    }

    async fn write_untyped(&self, work: Work<P>) -> Result<Value> {
        match self {
            Self::File(file) => file.write(work).await,
            Self::Files { files, owner } => {
                let file = match files.get_open(*owner) {
                    Some(file) => file,
                    None => {
                        let (files, owner) = (Arc::clone(files), *owner);
                        off_loop(move || files.get(owner)).await?
                    }
                };
                file.write(work).await
            }
            Self::Postgres { server, owner } => {
                let (server, owner) = (Arc::clone(server), *owner);
                off_loop(move || server.write(owner, &*work)).await
            }
        }
    }
}

/// Runs blocking work on a thread that may block.
async fn off_loop<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Error::internal("a read or write panicked")))
}

/// Reads in one snapshot over a pooled connection; `prologue` opens the transaction on PostgreSQL.
pub(super) fn read_in<P: Plane, T>(
    pool: &Connections,
    prologue: Option<&str>,
    owner: TenantId,
    clock: &Clock,
    work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>,
) -> Result<T> {
    let mut pooled = begun(pool, prologue)?;
    let result = work(&mut Scoped::new(&mut pooled.conn, owner, clock));
    // A read keeps nothing, so it ends the same way whatever came of it.
    if let Err(error) =
        <Conn as Connection>::TransactionManager::rollback_transaction(&mut pooled.conn)
    {
        tracing::debug!(%error, "A read could not be ended; its connection is dropped");
        pooled.broken = true;
        if matches!(result, Err(Error::Database(_))) {
            return Err(Error::Busy);
        }
    }
    result
}

/// A connection with an open transaction. A server that was restarted leaves dead connections in the pool: each is dropped and
/// the next one tried, until one works or there is none.
pub(super) fn begun(
    pool: &Connections,
    prologue: Option<&str>,
) -> Result<PooledConnection<Manager>> {
    let attempts = pool.max_size().saturating_add(1);
    for _ in 0..attempts {
        let mut pooled = take(pool)?;
        let opened = match (&mut pooled.conn, prologue) {
            (Conn::Postgres(c), Some(sql)) => AnsiTransactionManager::begin_transaction_sql(c, sql),
            (Conn::Postgres(c), None) => AnsiTransactionManager::begin_transaction(c),
            (Conn::Sqlite(c), _) => AnsiTransactionManager::begin_transaction_sql(c, BEGIN_READ),
        };
        match opened {
            Ok(()) => return Ok(pooled),
            Err(error) => {
                tracing::warn!(%error, "A transaction could not be opened; its connection is dropped");
                pooled.broken = true;
            }
        }
    }
    Err(Error::Busy)
}

/// The way to one tenant's data. Given out by the guards of the web, by a job's context and by the command line, never made from a
/// request's words.
#[derive(Clone)]
pub struct Scope {
    pub(super) door: Door<TenantPlane>,
    pub(super) tenant: TenantId,
    pub(super) project: Option<Arc<ProjectLimit>>,
}

impl Scope {
    /// The same way, to what belongs to one project alone where one is given.
    #[must_use]
    pub fn within(mut self, project: Option<Arc<ProjectLimit>>) -> Self {
        self.project = project;
        self
    }

    /// The project this way is limited to.
    pub fn project(&self) -> Option<&Arc<ProjectLimit>> {
        self.project.as_ref()
    }

    /// Whose data this is.
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// Reads in one snapshot. The closure may be run again and must not write.
    ///
    /// # Errors
    /// What the closure returns, or [`Error::Busy`] where the store is out of reach.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, TenantPlane>) -> Result<T> + Send + 'static,
    {
        let project = self.project.clone();
        self.door
            .read(move |c| {
                c.keep_to(project.as_ref());
                work(c)
            })
            .await
    }

    /// Writes in one transaction and returns once it is on disk. The closure may be run again; nothing slow or remote inside.
    ///
    /// # Errors
    /// What the closure returns (then nothing of it stays), or [`Error::Busy`] (then nothing of the whole batch stays).
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, TenantPlane>) -> Result<T> + Send + 'static,
    {
        let project = self.project.clone();
        self.door
            .write(move |c| {
                c.keep_to(project.as_ref());
                work(c)
            })
            .await
    }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scope({})", self.tenant)
    }
}

pub(super) type ControlDoor = Door<ControlPlane>;
