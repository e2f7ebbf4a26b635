//! A company's doors, shut while its store is changed for another one: whoever comes is told to try again, and what was acknowledged
//! before is in the store that goes.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use diesel::RunQueryDsl;

use super::carry::{CarriedFile, FileError, Server, whole_into_file};
use super::conn::TenantConn;
use super::install::{Installation, into_place, into_server};
use super::tenants::{Engine, Tenants};
use crate::id::TenantId;
use crate::{Error, Result};

/// Whose doors are shut.
#[derive(Clone, Default)]
pub(super) struct Shut(Arc<Mutex<BTreeSet<TenantId>>>);

impl Shut {
    fn all(&self) -> MutexGuard<'_, BTreeSet<TenantId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn holds(&self, tenant: TenantId) -> bool {
        self.all().contains(&tenant)
    }
}

/// Doors that are shut until this is dropped.
pub struct ShutDoors {
    tenants: Tenants,
    tenant: TenantId,
    /// The transaction in which the rows will be changed. Other processes may write on: what they add after its first look stays.
    server: Option<Server>,
    snapshot: Option<String>,
    is_held: bool,
}

impl Tenants {
    /// Shuts a company's doors and waits for what is under way; `owner_url` is the owner's way into the database (PostgreSQL), without
    /// which nothing can be installed behind them. Blocks.
    ///
    /// # Errors
    /// [`Error::Busy`] where somebody else has shut them or what is under way does not end; they are open then.
    pub fn shut_doors(&self, tenant: TenantId, owner_url: Option<&str>) -> Result<ShutDoors> {
        if !self.inner.shut.all().insert(tenant) {
            return Err(Error::Busy);
        }
        // From here on dropped, and so opened again, wherever it fails.
        let mut doors = ShutDoors {
            tenants: self.clone(),
            tenant,
            server: None,
            snapshot: None,
            is_held: false,
        };
        match &self.inner.engine {
            Engine::Sqlite { files, .. } => {
                files.hold(tenant)?;
                doors.is_held = true;
            }
            Engine::Postgres(server) => {
                server.settled(tenant);
                if let Some(url) = owner_url {
                    let mut server = Server::begin(url)?;
                    doors.snapshot = Some(server.snapshot()?);
                    doors.server = Some(server);
                }
            }
        }
        Ok(doors)
    }
}

impl ShutDoors {
    /// Reads what the company has: all of it that was acknowledged, and nothing is added while the doors are shut.
    ///
    /// # Errors
    /// What the closure returns, or [`Error::Busy`] where the store is out of reach.
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut TenantConn<'_>) -> Result<T> + Send + 'static,
    {
        let (tenants, tenant) = (self.tenants.clone(), self.tenant);
        match &self.tenants.inner.engine {
            Engine::Postgres(_) => tenants.scope_behind(tenant)?.read(work).await,
            Engine::Sqlite { files, .. } => {
                let files = Arc::clone(files);
                tokio::task::spawn_blocking(move || files.read_held(tenant, &work))
                    .await
                    .unwrap_or_else(|e| Err(Error::Internal(Box::new(e))))
            }
        }
    }

    /// Writes what the company has into a new file: all of it that was acknowledged.
    ///
    /// # Errors
    /// Where the store cannot be read or the file not be written.
    pub async fn copy_into(&self, path: &Path) -> Result<CarriedFile, FileError> {
        let (path, snapshot) = (path.to_owned(), self.snapshot.clone());
        let Some(store) = self.tenants.file(self.tenant) else {
            let scope = self.tenants.scope_behind(self.tenant)?;
            let read = scope.read(move |c| {
                if let Some(name) = &snapshot {
                    diesel::sql_query(format!("SET TRANSACTION SNAPSHOT '{name}'"))
                        .execute(c.db())?;
                }
                whole_into_file(c, &path, &[])
            });
            return Ok(read.await?);
        };
        let copied = tokio::task::spawn_blocking(move || {
            CarriedFile::open(&store)?.vacuum_into(&path)?;
            CarriedFile::open(&path)
        });
        copied
            .await
            .unwrap_or_else(|e| Err(Error::Internal(Box::new(e)).into()))
    }

    /// Makes the rows of a file the company's own, in the place of what it has, and opens the doors. Blocks.
    ///
    /// # Errors
    /// Where the store fails, or (PostgreSQL) another process changed the same rows meanwhile; then it is as it was.
    pub fn install(mut self, what: Installation<'_>) -> Result<()> {
        match (&self.tenants.inner.engine, self.server.take()) {
            (Engine::Sqlite { files, .. }, _) => {
                let path = files.path(self.tenant);
                into_place(&path, what).map_err(|e| Error::Internal(Box::new(e)))
            }
            (Engine::Postgres(_), Some(server)) => into_server(server, self.tenant, what),
            (Engine::Postgres(_), None) => Err(Error::Busy),
        }
    }
}

impl Drop for ShutDoors {
    fn drop(&mut self) {
        // The transaction first: whoever enters must not meet it.
        drop(self.server.take());
        if self.is_held
            && let Engine::Sqlite { files, .. } = &self.tenants.inner.engine
        {
            files.release(self.tenant);
        }
        self.tenants.inner.shut.all().remove(&self.tenant);
    }
}
