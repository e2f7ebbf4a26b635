//! Migrations of both planes: embedded, forward at start, both ways by command, never over a store newer than the binary.
//!
//! On SQLite every file is brought forward, after a snapshot where it holds anything; on PostgreSQL the two schemas are, as the
//! owner role and under an advisory lock, so that two processes never migrate together. Files are guarded by the lock of the
//! data folder ([`super::lock`]), which the caller holds.

pub(super) mod company;
mod force;
mod guard;
pub(in crate::db) mod lone;
mod registry;
mod snapshot;
mod store;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;

use self::store::{Engine, Plane, Store};
use super::stores::StoreOptions;
use super::told::Told;
use super::{pool, postgres, provision, sqlite};
use crate::id::TenantId;

pub use self::company::create_tenant_store;
pub(super) use self::company::{expected_keys, expected_objects};
pub use self::force::{Forced, force};
pub use self::registry::{Registered, registered};
pub(super) use self::store::newest_of_companies;

/// Files migrated side by side: each waits for its disk most of the time.
const SIDE_BY_SIDE: usize = 4;

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
    /// There is no such step.
    #[error(
        "{store} has no step {version}. Name one of: {known}; or none, for a store without any."
    )]
    Unknown {
        /// Which file or schema.
        store: String,
        /// What was asked for.
        version: String,
        /// Every step there is.
        known: String,
    },
    /// The store cannot be reached.
    #[error("the database cannot be reached: {0}")]
    Unreachable(String),
    /// The addresses or the logins do not fit the database.
    #[error("{0}")]
    Refused(String),
    /// Somebody else works on the database; a later attempt has a chance.
    #[error("{0}")]
    Busy(String),
}

/// What happened to one store.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct StoreReport {
    /// `control` or the tenant's id (`tenant` on PostgreSQL).
    pub store: String,
    /// Steps that are in place.
    pub applied: Vec<String>,
    /// Steps that wait.
    pub pending: Vec<String>,
    /// Why this company's file could not be brought forward, while the others went on. Its doors must stay shut
    /// ([`super::Tenants::bar`]).
    pub failed: Option<String>,
}

/// Which stores a command means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Both planes.
    All,
    /// The control plane.
    Control,
    /// Every company's file (on PostgreSQL: the shared tenant schema).
    Companies,
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
/// Every store is looked at first: where one is newer than this program, none is touched.
///
/// # Errors
/// [`MigrateError`]; stores before the failing one keep their new version, the failing one keeps its old. Where one company's
/// file among several fails, its report says so and the rest go on.
pub fn run(
    options: &StoreOptions,
    which: Which,
    direction: Direction,
) -> Result<Vec<StoreReport>, MigrateError> {
    let backups = options.data_dir.join("backups");
    // Files are many, and each has few steps; a database has two schemas, and each has all of them.
    let steps = match options.is_postgres() {
        true => options.told.clone(),
        false => Told::default(),
    };
    let change = |store: &mut Store| {
        store.snapshot_before(&backups, direction, options.clock.now())?;
        store.step(direction, &steps)?;
        store.report()
    };
    if options.is_postgres() {
        let touch = match direction {
            Direction::Up => Touch::Step,
            Direction::Down => Touch::Back,
        };
        return on_postgres(options, which, touch, &mut |store| change(store));
    }
    sqlite::assert_version().map_err(|e| MigrateError::Failed {
        store: "SQLite".to_owned(),
        reason: e.reason(),
    })?;
    let stores = files(options, which)?;
    let mut looked = each(&stores, &|file| {
        let mut store = file.open()?;
        store.check_not_newer()?;
        store.report()
    });
    refuse_newer(&mut looked)?;
    if which != Which::Control {
        company::sweep(&options.data_dir).map_err(unreachable)?;
    }
    // Mostly nothing waits in any of thousands of files: none is opened a second time for nothing.
    let stands = |one: &Result<StoreReport, MigrateError>| {
        direction == Direction::Up && one.as_ref().is_ok_and(|report| report.pending.is_empty())
    };
    let waiting: Vec<&File> = stores
        .iter()
        .zip(&looked)
        .filter(|(_, one)| !stands(one))
        .map(|(file, _)| file)
        .collect();
    let done = AtomicUsize::new(0);
    let told = |file: &&File| {
        let outcome = change(&mut file.open()?);
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        options.told.at("stores", done as u64, waiting.len() as u64);
        outcome
    };
    let mut changed = each(&waiting, &told).into_iter();
    for one in &mut looked {
        if !stands(one)
            && let Some(outcome) = changed.next()
        {
            *one = outcome;
        }
    }
    let reports = reported(&stores, looked)?;
    for report in &reports {
        if let Some(why) = &report.failed {
            tracing::error!(store = %report.store, error = %why, "A company's file could not be migrated; the others go on");
        }
    }
    Ok(reports)
}

/// A store that is newer stops everything. One that cannot even be read is told of later: it is one company's trouble.
fn refuse_newer(looked: &mut Vec<Result<StoreReport, MigrateError>>) -> Result<(), MigrateError> {
    let is_newer = |one: &Result<_, _>| matches!(one, Err(MigrateError::Newer { .. }));
    match looked.iter().position(is_newer) {
        Some(newer) => looked.swap_remove(newer).map(drop),
        None => Ok(()),
    }
}

/// What is in place and what waits, changing nothing. One company's file that cannot be read is told of in its report.
///
/// # Errors
/// As [`run`].
pub fn status(options: &StoreOptions, which: Which) -> Result<Vec<StoreReport>, MigrateError> {
    let look = |store: &mut Store| {
        store.check_not_newer()?;
        store.report()
    };
    if options.is_postgres() {
        return on_postgres(options, which, Touch::Look, &mut |store| look(store));
    }
    let stores = files(options, which)?;
    let mut looked = each(&stores, &|file| {
        if file.path.is_file() {
            look(&mut file.open()?)
        } else {
            file.unborn()
        }
    });
    refuse_newer(&mut looked)?;
    reported(&stores, looked)
}

/// What is about to happen to a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Touch {
    /// It is read.
    Look,
    /// Steps are run, never over a schema that is newer.
    Step,
    /// A step is taken back, under nobody's feet.
    Back,
    /// It is marked, whatever stands there.
    Mark,
}

/// The owner's own view of both schemas, with the lock held where something will change.
fn on_postgres<T>(
    options: &StoreOptions,
    which: Which,
    touch: Touch,
    act: &mut dyn FnMut(&mut Store) -> Result<T, MigrateError>,
) -> Result<Vec<T>, MigrateError> {
    let change = touch != Touch::Look;
    let url = options
        .owner_url
        .as_deref()
        .or(options.database_url.as_deref());
    let url = url.ok_or_else(|| unreachable("no address is configured"))?;
    let planes: Vec<Plane> = [Plane::Control, Plane::Tenant]
        .into_iter()
        .filter(|plane| wanted(which, *plane))
        .collect();
    let mut conn = pool::open_uncached(url).map_err(unreachable)?;
    guard::one_database(options, &mut conn)?;
    // Held until it is dropped.
    let _lock = if change {
        Some(guard::alone(url)?)
    } else {
        None
    };
    if touch == Touch::Back {
        guard::nobody_serves(&mut conn)?;
    }
    // A newer database is left as it is, its grants too.
    if matches!(touch, Touch::Step | Touch::Back) {
        for plane in &planes {
            conn = in_schema(conn, *plane, &mut Store::check_not_newer)?.0;
        }
    }
    if change {
        let login = options.database_url.as_deref().and_then(login_of);
        provision::provision(&mut conn, login.as_deref())
            .map_err(|e| guard::not_the_owner(&mut conn, guard::roles(&e)))?;
    }
    let mut reports = Vec::new();
    for plane in &planes {
        let (back, report) = in_schema(conn, *plane, act)?;
        conn = back;
        reports.push(report);
    }
    if change {
        provision::hide_migrations(&mut conn).map_err(unreachable)?;
    }
    Ok(reports)
}

fn in_schema<T>(
    mut conn: PgConnection,
    plane: Plane,
    act: &mut dyn FnMut(&mut Store) -> Result<T, MigrateError>,
) -> Result<(PgConnection, T), MigrateError> {
    let schema = plane.name();
    // A database nobody prepared has no such role yet; then there is no table to look at either.
    let role = conn.batch_execute(&format!("SET ROLE {}", postgres::OWNER_ROLE));
    conn.batch_execute(&format!("SET search_path TO {schema}, pg_temp"))
        .map_err(unreachable)?;
    let mut store = Store {
        name: schema.to_owned(),
        path: None,
        plane,
        engine: Engine::Postgres(conn),
    };
    let outcome = act(&mut store);
    let Engine::Postgres(mut conn) = store.engine else {
        return Err(unreachable("lost the connection"));
    };
    conn.batch_execute("RESET ROLE").map_err(unreachable)?;
    match outcome {
        Ok(outcome) => Ok((conn, outcome)),
        Err(error) if role.is_err() => Err(guard::not_the_owner(&mut conn, error)),
        Err(error) => Err(error),
    }
}

fn wanted(which: Which, plane: Plane) -> bool {
    match which {
        Which::All => true,
        Which::Control => plane == Plane::Control,
        Which::Companies | Which::Tenant(_) => plane == Plane::Tenant,
    }
}

/// One SQLite file that is meant.
struct File {
    name: String,
    path: PathBuf,
    plane: Plane,
}

impl File {
    fn control(data_dir: &Path) -> Self {
        Self {
            name: "control".to_owned(),
            path: data_dir.join("control.db"),
            plane: Plane::Control,
        }
    }

    fn tenant(tenant: TenantId, path: PathBuf) -> Self {
        Self {
            name: tenant.to_string(),
            path,
            plane: Plane::Tenant,
        }
    }

    /// Opens it, making it where it is not there.
    fn open(&self) -> Result<Store, MigrateError> {
        let conn =
            sqlite::open(&self.path, sqlite::Use::Keep).map_err(|e| MigrateError::Failed {
                store: self.name.clone(),
                reason: e.reason(),
            })?;
        Ok(Store {
            name: self.name.clone(),
            path: Some(self.path.clone()),
            plane: self.plane,
            engine: Engine::Sqlite(conn),
        })
    }

    /// The report of a file that is not there yet.
    fn unborn(&self) -> Result<StoreReport, MigrateError> {
        let pending = store::known_sqlite(self.plane).map_err(|reason| MigrateError::Failed {
            store: self.name.clone(),
            reason,
        })?;
        Ok(StoreReport {
            store: self.name.clone(),
            applied: Vec::new(),
            pending,
            failed: None,
        })
    }
}

/// The files that are meant, the control plane's first.
fn files(options: &StoreOptions, which: Which) -> Result<Vec<File>, MigrateError> {
    let mut files = Vec::new();
    if wanted(which, Plane::Control) {
        files.push(File::control(&options.data_dir));
    }
    match which {
        Which::All | Which::Companies => {
            let tenants = company::files(&options.data_dir).map_err(unreachable)?;
            files.extend(
                tenants
                    .into_iter()
                    .map(|(tenant, path)| File::tenant(tenant, path)),
            );
        }
        Which::Tenant(tenant) => {
            let path = company::path(&options.data_dir, tenant);
            if !path.is_file() {
                return Err(MigrateError::Failed {
                    store: tenant.to_string(),
                    reason: format!("{} is missing", path.display()),
                });
            }
            files.push(File::tenant(tenant, path));
        }
        Which::Control => {}
    }
    Ok(files)
}

/// Does the same to each file, some at a time, and gives the outcomes in their order.
fn each<F: Sync, T: Send>(
    files: &[F],
    act: &(dyn Fn(&F) -> Result<T, MigrateError> + Sync),
) -> Vec<Result<T, MigrateError>> {
    let next = AtomicUsize::new(0);
    let outcomes = Mutex::new(Vec::with_capacity(files.len()));
    std::thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE.min(files.len()) {
            scope.spawn(|| {
                loop {
                    let turn = next.fetch_add(1, Ordering::Relaxed);
                    let Some(file) = files.get(turn) else { break };
                    let outcome = act(file);
                    let mut outcomes = outcomes
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner);
                    outcomes.push((turn, outcome));
                }
            });
        }
    });
    let mut outcomes = outcomes
        .into_inner()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    outcomes.sort_by_key(|(turn, _)| *turn);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

/// One company's failure among several is told in its report; that of the control plane, or of the only company, is everybody's.
fn reported(
    files: &[File],
    outcomes: Vec<Result<StoreReport, MigrateError>>,
) -> Result<Vec<StoreReport>, MigrateError> {
    let companies = files
        .iter()
        .filter(|file| file.plane == Plane::Tenant)
        .count();
    let mut reports = Vec::new();
    for (file, outcome) in files.iter().zip(outcomes) {
        match outcome {
            Ok(report) => reports.push(report),
            Err(error) if file.plane == Plane::Tenant && companies > 1 => {
                reports.push(StoreReport {
                    store: file.name.clone(),
                    applied: Vec::new(),
                    pending: Vec::new(),
                    failed: Some(error.to_string()),
                });
            }
            Err(error) => return Err(error),
        }
    }
    Ok(reports)
}

pub(super) fn login_of(url: &str) -> Option<String> {
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
