//! The stores of a process: opened once at start, handed to `App`, closed in order at the end.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::conn::ControlPlane;
use super::control::Control;
use super::crew::Crew;
use super::descriptors;
use super::disk::{self, DiskUse};
use super::files::{Files, OpenFile, Shared};
use super::health::StoreHealth;
use super::limits::Limits;
use super::notices::Notices;
use super::pool;
use super::postgres::{Lanes, Server};
use super::scope::Door;
use super::shut::Shut;
use super::tenants::Tenants;
use super::told::Told;
use super::writer::AfterCommit;
use crate::clock::Clock;
use crate::id::TenantId;
use crate::{Error, Result};

/// How to open the stores.
#[derive(Clone)]
pub struct StoreOptions {
    /// Where SQLite keeps its files; on PostgreSQL only for keys and backups.
    pub data_dir: PathBuf,
    /// `postgres://…` of the request login, or none for SQLite.
    pub database_url: Option<String>,
    /// The login that migrates and provisions; the request login where absent.
    pub owner_url: Option<String>,
    /// Where this process hears what others changed, past any pooler; the request login where absent.
    pub listen_url: Option<String>,
    /// Whether PostgreSQL statements are prepared once per connection.
    pub statement_cache: bool,
    /// PostgreSQL connections at most.
    pub pool: u32,
    /// The clock of transactions.
    pub clock: Clock,
    /// Called after a commit, with whether a closure of it asked for jobs to be looked at; the nil id is the control plane.
    pub after_commit: Arc<dyn Fn(TenantId, bool) + Send + Sync>,
    /// Where word of work on many stores goes.
    pub told: Told,
}

impl StoreOptions {
    pub(super) fn is_postgres(&self) -> bool {
        self.database_url.is_some()
    }
}

/// Both planes, opened.
#[derive(Clone)]
pub struct Stores {
    /// The control plane.
    pub control: Control,
    /// The tenant plane.
    pub tenants: Tenants,
    kind: Kind,
}

#[derive(Clone)]
enum Kind {
    Sqlite {
        control: Arc<OpenFile<ControlPlane>>,
        control_path: PathBuf,
    },
    Postgres,
}

/// How long a stop waits for the writes that are queued.
const FLUSH: Duration = Duration::from_secs(10);

impl Stores {
    /// Opens both planes. Migrations have run before ([`super::migrate`]); this makes pools and no connection.
    ///
    /// # Errors
    /// Where the files are not there.
    pub fn open(options: &StoreOptions) -> Result<Self> {
        Self::open_within(options, Limits::default())
    }

    /// [`Self::open`] with other bounds than `serve` has.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_within(options: &StoreOptions, limits: Limits) -> Result<Self> {
        let health = StoreHealth::default();
        let threads = pool::scheduler();
        let after_commit: AfterCommit = Arc::clone(&options.after_commit);
        let nil = TenantId::from_uuid(uuid::Uuid::nil());
        if let Some(url) = &options.database_url {
            let pool = pool::postgres(
                url,
                options.pool,
                options.statement_cache,
                limits.patience,
                &threads,
            );
            let server = Arc::new(Server {
                pool,
                clock: options.clock.clone(),
                limits,
                health: health.clone(),
                after_commit,
                lanes: Lanes::default(),
                shut: Shut::default(),
            });
            return Ok(Self {
                control: Control {
                    door: Door::Postgres {
                        server: Arc::clone(&server),
                        owner: nil,
                    },
                    notices: Some(Notices::new(options.listen_url.as_ref().unwrap_or(url))),
                },
                tenants: Tenants::on_postgres(server, health),
                kind: Kind::Postgres,
            });
        }
        let shared = Shared {
            clock: options.clock.clone(),
            limits,
            health: health.clone(),
            after_commit,
            crew: Crew::new(limits.writer_threads),
            threads,
        };
        let path = options.data_dir.join("control.db");
        let control = Arc::new(OpenFile::open(path.clone(), nil, &shared)?);
        let bound = limits
            .open_files
            .min(descriptors::files_within(limits.readers));
        let files = Files::new(options.data_dir.join("tenants"), bound, shared);
        Ok(Self {
            control: Control {
                door: Door::File(Arc::clone(&control)),
                notices: None,
            },
            tenants: Tenants::on_sqlite(Arc::new(files), path.clone(), health),
            kind: Kind::Sqlite {
                control,
                control_path: path,
            },
        })
    }

    /// [`Tenants::probe_write`].
    ///
    /// # Errors
    /// As [`Tenants::probe_write`].
    pub async fn probe_write(&self) -> Result<()> {
        self.tenants.probe_write(&self.control).await
    }

    /// What the stores take on disk, and what is left there.
    ///
    /// # Errors
    /// Where the disk or the server cannot be asked.
    pub async fn disk_use(&self) -> Result<DiskUse> {
        match &self.kind {
            Kind::Sqlite { control_path, .. } => {
                let control_path = control_path.clone();
                let asked = tokio::task::spawn_blocking(move || disk::of_files(&control_path));
                asked
                    .await
                    .unwrap_or_else(|_| Err(Error::internal("asking the disk panicked")))
            }
            Kind::Postgres => disk::of_server(&self.control).await,
        }
    }

    /// Lets the queued writes finish, takes no more, folds the logs into their files and closes them: the last thing a process
    /// does with its stores.
    pub async fn shutdown(&self) {
        let Kind::Sqlite { control, .. } = &self.kind else {
            return;
        };
        let (tenants, control) = (self.tenants.clone(), Arc::clone(control));
        let closed = tokio::task::spawn_blocking(move || {
            let deadline = Instant::now() + FLUSH;
            tenants.shut(deadline);
            control.shut(deadline);
        });
        if let Err(error) = closed.await {
            tracing::error!(%error, "The stores could not be closed cleanly");
        }
    }
}
