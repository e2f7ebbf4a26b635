//! Migrations of both planes: embedded, forward at start, both ways by command, never over a store newer than the binary.
//!
//! On SQLite every file is brought forward, after a snapshot where it holds anything; on PostgreSQL the two schemas are, as the
//! owner role and under an advisory lock, so that two processes never migrate together.

use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::{Pg, PgConnection};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::conn::Conn;
use super::pool::{self, Use};
use super::postgres;
use super::tenants::{StoreOptions, assert_sqlite_version};
use crate::clock::Timestamp;
use crate::id::TenantId;
use crate::{Error, Result};

/// The embedded steps of one plane on one engine; made anew for each use, since a run consumes them.
type Steps = fn() -> EmbeddedMigrations;

const CONTROL_SQLITE: EmbeddedMigrations = embed_migrations!("migrations/control/sqlite");
const CONTROL_POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/control/postgres");
const TENANT_SQLITE: EmbeddedMigrations = embed_migrations!("migrations/tenant/sqlite");
const TENANT_POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/tenant/postgres");

/// Snapshots kept of each file.
const SNAPSHOTS_KEPT: usize = 3;
/// "steading" as a number: whoever migrates this database holds it.
const ADVISORY_LOCK: i64 = 0x7374_6561_6469_6e67;

/// Why the stores could not be brought to this binary's version.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// A newer binary has been here.
    #[error(
        "{store} is newer than this program: it has step {version}, which this version does not know. Run the newer version, or restore the backup made before the upgrade."
    )]
    Newer {
        /// Which file or schema.
        store: String,
        /// The step that is not known here.
        version: String,
    },
    /// A step failed; the store is as it was before it.
    #[error("{store} could not be migrated: {reason}")]
    Failed {
        /// Which file or schema.
        store: String,
        /// What the database said.
        reason: String,
    },
    /// The store cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
}

/// What happened to one store.
#[derive(Debug, Clone, serde::Serialize)]
pub struct StoreReport {
    /// `control` or the tenant's id (`tenant` on PostgreSQL).
    pub store: String,
    /// Steps that are in place.
    pub applied: Vec<String>,
    /// Steps that wait.
    pub pending: Vec<String>,
}

/// Which stores a command means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Both planes.
    All,
    /// The control plane.
    Control,
    /// One company's file (on PostgreSQL: the shared tenant schema).
    Tenant(TenantId),
}

/// Which way, and how far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// All steps that wait.
    Up,
    /// The last step back.
    Down,
}

/// Brings every store forward (or one step back) and says what it did. Blocks; runs before the stores are opened.
///
/// # Errors
/// [`MigrateError`]; stores before the failing one keep their new version, the failing one keeps its old.
pub fn run(
    options: &StoreOptions,
    which: Which,
    direction: Direction,
) -> Result<Vec<StoreReport>, MigrateError> {
    with_stores(options, which, &mut |store| {
        if direction == Direction::Up {
            store.snapshot_before(&options.data_dir.join("backups"), options.clock.now())?;
        }
        store.step(direction)
    })
}

/// What is in place and what waits, changing nothing.
///
/// # Errors
/// As [`run`].
pub fn status(options: &StoreOptions, which: Which) -> Result<Vec<StoreReport>, MigrateError> {
    with_stores(options, which, &mut |_| Ok(()))
}

fn with_stores(
    options: &StoreOptions,
    which: Which,
    act: &mut dyn FnMut(&mut Store) -> Result<(), MigrateError>,
) -> Result<Vec<StoreReport>, MigrateError> {
    let mut reports = Vec::new();
    if let Some(url) = options
        .owner_url
        .as_deref()
        .or(options.database_url.as_deref())
    {
        let request_login = options.database_url.as_deref().and_then(login_of);
        let mut conn = owner_connection(url, request_login.as_deref())?;
        for (plane, tenant_side) in [("control", false), ("tenant", true)] {
            if !wanted(which, tenant_side) {
                continue;
            }
            conn.batch_execute(&format!(
                "SET ROLE {}; SET search_path TO {plane}, pg_temp",
                postgres::OWNER_ROLE
            ))
            .map_err(unreachable)?;
            let source: Steps = if tenant_side {
                || TENANT_POSTGRES
            } else {
                || CONTROL_POSTGRES
            };
            let mut store = Store {
                name: plane.to_owned(),
                path: None,
                engine: Engine::Postgres(conn, source),
            };
            let outcome = store
                .check_not_newer()
                .and_then(|()| act(&mut store))
                .and_then(|()| store.report());
            let Engine::Postgres(back, _) = store.engine else {
                return Err(unreachable("lost the connection"));
            };
            conn = back;
            reports.push(outcome?);
        }
        return Ok(reports);
    }
    if wanted(which, false) {
        reports.push(sqlite_store(
            &options.data_dir.join("control.db"),
            "control",
            || CONTROL_SQLITE,
            act,
        )?);
        assert_sqlite_version(&options.data_dir).map_err(|e| MigrateError::Failed {
            store: "control".to_owned(),
            reason: describe(&e),
        })?;
    }
    if let Which::Tenant(tenant) = which {
        let path = options
            .data_dir
            .join("tenants")
            .join(format!("{tenant}.db"));
        reports.push(sqlite_store(
            &path,
            &tenant.to_string(),
            || TENANT_SQLITE,
            act,
        )?);
    } else if which == Which::All {
        for (tenant, path) in tenant_files(&options.data_dir)? {
            reports.push(sqlite_store(
                &path,
                &tenant.to_string(),
                || TENANT_SQLITE,
                act,
            )?);
        }
    }
    Ok(reports)
}

fn wanted(which: Which, tenant_side: bool) -> bool {
    match which {
        Which::All => true,
        Which::Control => !tenant_side,
        Which::Tenant(_) => tenant_side,
    }
}

fn sqlite_store(
    path: &Path,
    name: &str,
    source: Steps,
    act: &mut dyn FnMut(&mut Store) -> Result<(), MigrateError>,
) -> Result<StoreReport, MigrateError> {
    let conn = pool::open_sqlite(path, Use::Write).map_err(|e| MigrateError::Failed {
        store: name.to_owned(),
        reason: describe(&e),
    })?;
    let mut store = Store {
        name: name.to_owned(),
        path: Some(path.to_owned()),
        engine: Engine::Sqlite(conn, source),
    };
    store.check_not_newer()?;
    act(&mut store)?;
    store.report()
}

/// The tenant files of a data folder, by tenant.
fn tenant_files(data_dir: &Path) -> Result<Vec<(TenantId, PathBuf)>, MigrateError> {
    let folder = data_dir.join("tenants");
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(unreachable(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreachable)?.path();
        let tenant = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .and_then(|stem| stem.parse::<TenantId>().ok());
        if let Some(tenant) = tenant
            && path.extension().is_some_and(|ext| ext == "db")
        {
            files.push((tenant, path));
        }
    }
    files.sort();
    Ok(files)
}

/// Makes the store of a new company: whole or not at all. On PostgreSQL there is nothing to make.
///
/// # Errors
/// Where the file cannot be written.
pub fn create_tenant_store(options: &StoreOptions, tenant: TenantId) -> Result<()> {
    if options.database_url.is_some() {
        return Ok(());
    }
    let folder = options.data_dir.join("tenants");
    std::fs::create_dir_all(&folder).map_err(|e| Error::Internal(Box::new(e)))?;
    let (temporary, path) = (
        folder.join(format!(".{tenant}.new")),
        folder.join(format!("{tenant}.db")),
    );
    if path.exists() {
        return Err(Error::conflict(
            "exists",
            "This company's file is already there.",
        ));
    }
    sqlite_store(
        &temporary,
        &tenant.to_string(),
        || TENANT_SQLITE,
        &mut |store| store.step(Direction::Up),
    )
    .map_err(|e| Error::Internal(Box::new(e)))?;
    // The connection is closed, which folds the log into the file.
    let synced = std::fs::File::open(&temporary)
        .and_then(|file| file.sync_all())
        .and_then(|()| std::fs::rename(&temporary, &path))
        .and_then(|()| std::fs::File::open(&folder)?.sync_all());
    synced.map_err(|e| Error::Internal(Box::new(e)))
}

struct Store {
    name: String,
    path: Option<PathBuf>,
    engine: Engine,
}

enum Engine {
    Sqlite(Conn, Steps),
    Postgres(PgConnection, Steps),
}

impl Store {
    fn failed(&self, reason: impl std::fmt::Display) -> MigrateError {
        MigrateError::Failed {
            store: self.name.clone(),
            reason: reason.to_string(),
        }
    }

    fn known(&self) -> Result<Vec<String>, MigrateError> {
        let names = match &self.engine {
            Engine::Sqlite(_, source) => versions::<Sqlite>(&source()),
            Engine::Postgres(_, source) => versions::<Pg>(&source()),
        };
        names.map_err(|e| self.failed(e))
    }

    fn applied(&mut self) -> Result<Vec<String>, MigrateError> {
        let found: Result<Vec<MigrationVersion<'static>>, _> = match &mut self.engine {
            Engine::Sqlite(Conn::Sqlite(conn), _) => conn.applied_migrations(),
            Engine::Postgres(conn, _) => conn.applied_migrations(),
            Engine::Sqlite(Conn::Postgres(_), _) => Ok(Vec::new()),
        };
        let mut versions: Vec<String> = found
            .map_err(|e| self.failed(e))?
            .iter()
            .map(ToString::to_string)
            .collect();
        versions.sort();
        Ok(versions)
    }

    fn check_not_newer(&mut self) -> Result<(), MigrateError> {
        let known = self.known()?;
        match self
            .applied()?
            .into_iter()
            .find(|version| !known.contains(version))
        {
            Some(version) => Err(MigrateError::Newer {
                store: self.name.clone(),
                version,
            }),
            None => Ok(()),
        }
    }

    fn pending(&mut self) -> Result<Vec<String>, MigrateError> {
        let applied = self.applied()?;
        Ok(self
            .known()?
            .into_iter()
            .filter(|version| !applied.contains(version))
            .collect())
    }

    fn report(&mut self) -> Result<StoreReport, MigrateError> {
        Ok(StoreReport {
            store: self.name.clone(),
            applied: self.applied()?,
            pending: self.pending()?,
        })
    }

    fn step(&mut self, direction: Direction) -> Result<(), MigrateError> {
        if direction == Direction::Down && self.applied()?.is_empty() {
            return Ok(());
        }
        let outcome = match (&mut self.engine, direction) {
            (Engine::Sqlite(Conn::Sqlite(conn), source), Direction::Up) => {
                conn.run_pending_migrations(source()).map(drop)
            }
            (Engine::Sqlite(Conn::Sqlite(conn), source), Direction::Down) => {
                conn.revert_last_migration(source()).map(drop)
            }
            (Engine::Postgres(conn, source), Direction::Up) => {
                conn.run_pending_migrations(source()).map(drop)
            }
            (Engine::Postgres(conn, source), Direction::Down) => {
                conn.revert_last_migration(source()).map(drop)
            }
            (Engine::Sqlite(Conn::Postgres(_), _), _) => Ok(()),
        };
        outcome.map_err(|e| self.failed(e))
    }

    /// A copy of a file that holds something and is about to change.
    fn snapshot_before(&mut self, folder: &Path, now: Timestamp) -> Result<(), MigrateError> {
        let Some(path) = self.path.clone() else {
            return Ok(());
        };
        if self.applied()?.is_empty() || self.pending()?.is_empty() {
            return Ok(());
        }
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or("store")
            .to_owned();
        std::fs::create_dir_all(folder).map_err(|e| self.failed(e))?;
        let stamp: String = now
            .to_string()
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect();
        let target = folder.join(format!("before-migration-{stem}-{stamp}.db"));
        let text = target
            .to_str()
            .ok_or_else(|| self.failed("the backup folder's path is not UTF-8"))?
            .replace('\'', "''");
        if let Engine::Sqlite(Conn::Sqlite(conn), _) = &mut self.engine {
            let copied = conn.batch_execute(&format!("VACUUM INTO '{text}'"));
            copied.map_err(|e| self.failed(e))?;
        }
        std::fs::File::open(&target)
            .and_then(|file| file.sync_all())
            .map_err(|e| self.failed(e))?;
        prune(folder, &format!("before-migration-{stem}-")).map_err(|e| self.failed(e))
    }
}

/// Keeps the newest snapshots of one file.
fn prune(folder: &Path, prefix: &str) -> std::io::Result<()> {
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            names.push(entry.path());
        }
    }
    names.sort();
    let surplus = names.len().saturating_sub(SNAPSHOTS_KEPT);
    names
        .iter()
        .take(surplus)
        .try_for_each(std::fs::remove_file)
}

fn versions<DB: diesel::backend::Backend>(
    source: &EmbeddedMigrations,
) -> Result<Vec<String>, String>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let steps: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(|e| e.to_string())?;
    let mut names: Vec<String> = steps
        .iter()
        .map(|step| step.name().version().to_string())
        .collect();
    names.sort();
    Ok(names)
}

/// The owner's connection with roles and schemas in place, holding the migration lock until it is dropped.
fn owner_connection(url: &str, request_login: Option<&str>) -> Result<PgConnection, MigrateError> {
    let mut conn = pool::open_postgres(url).map_err(unreachable)?;
    conn.batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))
        .map_err(unreachable)?;
    postgres::provision(&mut conn, request_login).map_err(|e| MigrateError::Failed {
        store: "roles".to_owned(),
        reason: describe(&e),
    })?;
    Ok(conn)
}

fn login_of(url: &str) -> Option<String> {
    let parsed = url::Url::parse(url).ok()?;
    let name = percent_encoding::percent_decode_str(parsed.username())
        .decode_utf8()
        .ok()?
        .into_owned();
    (!name.is_empty()).then_some(name)
}

fn unreachable(error: impl std::fmt::Display) -> MigrateError {
    MigrateError::Unreachable(error.to_string())
}

fn describe(error: &Error) -> String {
    match error {
        Error::Database(source) | Error::Internal(source) => source.to_string(),
        other => other.to_string(),
    }
}
