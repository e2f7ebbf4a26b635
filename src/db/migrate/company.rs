//! The file of a new company: made whole or not at all, copied from a template so that it takes milliseconds.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use diesel::{Connection, SqliteConnection};
use diesel_migrations::MigrationHarness;

use super::store::{Engine, Plane, Store};
use super::{Direction, MigrateError};
use crate::db::stores::StoreOptions;
use crate::db::{Told, examine, sqlite};
use crate::id::TenantId;
use crate::{Error, Result};

/// A migrated, empty file; made anew in each process, so that it never lags behind the steps of the binary.
const TEMPLATE: &str = ".template";
/// What a file is called until it is whole.
const UNFINISHED: &str = "new";
/// Stands beside a store from before it is made until its company is registered: one that is found at a start tells of a
/// creation that was interrupted. A file without it is never removed for being unknown: the registry may be the one that is lost.
const OPENING: &str = "opening";

fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("tenants")
}

/// Where a tenant's file is.
pub(super) fn path(data_dir: &Path, tenant: TenantId) -> PathBuf {
    folder(data_dir).join(format!("{tenant}.db"))
}

/// The tenant files of a data folder, by tenant.
pub(super) fn files(data_dir: &Path) -> io::Result<Vec<(TenantId, PathBuf)>> {
    let mut files = Vec::new();
    for path in listed(&folder(data_dir))? {
        let tenant = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .and_then(|stem| stem.parse::<TenantId>().ok());
        if let Some(tenant) = tenant
            && path.extension().is_some_and(|extension| extension == "db")
        {
            files.push((tenant, path));
        }
    }
    files.sort();
    Ok(files)
}

fn listed(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Removes what an interrupted creation left behind, and the template of an earlier start.
pub(super) fn sweep(data_dir: &Path) -> io::Result<()> {
    for path in listed(&folder(data_dir))? {
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let is_left_over =
            |name: &String| name.starts_with('.') && !name.ends_with(&format!(".{OPENING}"));
        if name.as_ref().is_some_and(is_left_over) {
            tracing::debug!(path = %path.display(), "A file of an earlier process is removed");
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Makes the store of a company that is there already, or that nobody registers. On PostgreSQL there is nothing to make.
///
/// # Errors
/// Where the file is already there, or cannot be written.
pub fn create_tenant_store(options: &StoreOptions, tenant: TenantId) -> Result<()> {
    if options.is_postgres() {
        return Ok(());
    }
    let folder = folder(&options.data_dir);
    make(&folder, tenant)?;
    keep(&folder, tenant).map_err(broken)
}

/// Makes the file of a company about to be registered: whole or not at all, with the mark that [`keep`] takes away.
pub(in crate::db) fn make(folder: &Path, tenant: TenantId) -> Result<()> {
    let path = folder.join(format!("{tenant}.db"));
    if path.exists() {
        return Err(Error::conflict(
            "exists",
            "This company's file is already there.",
        ));
    }
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(broken)?;
    fs::File::create(opening(folder, tenant)).map_err(broken)?;
    from_template(folder, tenant, |_| Ok(()))
}

/// Puts a copy of the template in a company's place, after `fill` has had its way with it.
pub(in crate::db) fn from_template(
    folder: &Path,
    tenant: TenantId,
    fill: impl FnOnce(&Path) -> Result<()>,
) -> Result<()> {
    let template = template_path(folder);
    if !template.is_file() {
        make_template(folder, &template).map_err(broken)?;
    }
    let unfinished = folder.join(format!(".{tenant}.{UNFINISHED}"));
    fs::copy(&template, &unfinished).map_err(broken)?;
    fill(&unfinished)?;
    settle(&unfinished, &folder.join(format!("{tenant}.db"))).map_err(broken)
}

/// The company is registered: its file stays.
pub(in crate::db) fn keep(folder: &Path, tenant: TenantId) -> io::Result<()> {
    gone(fs::remove_file(opening(folder, tenant)))
}

/// Removes a company's file with its log, and the mark last: an interruption leaves something to begin again from.
pub(in crate::db) fn remove(folder: &Path, tenant: TenantId) -> io::Result<()> {
    let path = folder.join(format!("{tenant}.db"));
    for end in ["", "-wal", "-shm"] {
        let mut name = path.clone().into_os_string();
        name.push(end);
        gone(fs::remove_file(name))?;
    }
    gone(fs::remove_file(
        folder.join(format!(".{tenant}.{UNFINISHED}")),
    ))?;
    keep(folder, tenant)
}

/// The companies whose making was interrupted before anybody knew whether they are registered.
pub(in crate::db) fn unfinished(folder: &Path) -> io::Result<Vec<TenantId>> {
    let names = listed(folder)?.into_iter().filter_map(|path| {
        let name = path.file_name()?.to_str()?.strip_prefix('.')?.to_owned();
        name.strip_suffix(&format!(".{OPENING}"))?.parse().ok()
    });
    Ok(names.collect())
}

fn opening(folder: &Path, tenant: TenantId) -> PathBuf {
    folder.join(format!(".{tenant}.{OPENING}"))
}

/// What is not there need not be removed.
fn gone(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Removes the template once no further company is about to be made. One that stays is swept at the next start.
pub(in crate::db) fn drop_template(folder: &Path) {
    if let Err(error) = fs::remove_file(template_path(folder)) {
        tracing::debug!(%error, "There was no template to remove");
    }
}

fn template_path(folder: &Path) -> PathBuf {
    folder.join(format!("{TEMPLATE}-{}", std::process::id()))
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(Box::new(error))
}

/// Several threads may make it at once: each under a name of its own, and the last one stays.
fn make_template(folder: &Path, template: &Path) -> std::result::Result<(), MigrateError> {
    let failed = |reason: String| MigrateError::Failed {
        store: "template".to_owned(),
        reason,
    };
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|e| failed(e.to_string()))?;
    let unfinished = folder.join(format!(
        "{TEMPLATE}-{:016x}.{UNFINISHED}",
        u64::from_be_bytes(random)
    ));
    let conn = sqlite::open(&unfinished, sqlite::Use::Keep).map_err(|e| failed(e.reason()))?;
    let mut store = Store {
        name: "template".to_owned(),
        path: None,
        plane: Plane::Tenant,
        engine: Engine::Sqlite(conn),
    };
    store.step(Direction::Up, &Told::default())?;
    // Closing the only connection folds the log into the file and removes it.
    drop(store);
    settle(&unfinished, template).map_err(|e| failed(e.to_string()))
}

/// Kind and name of every table, index and trigger of a company's store that has every step, from one made in memory.
pub(in crate::db) fn expected_objects() -> Result<Vec<(String, String)>> {
    Ok(examine::objects(&mut in_memory(Plane::Tenant)?)?)
}

/// The foreign keys of a PostgreSQL database that has every step, each as `schema.name`. Both engines have the same ones; there the
/// company is part of each, and the server names them by their columns.
pub(in crate::db) fn expected_keys() -> Result<Vec<String>> {
    let mut keys = Vec::new();
    for (plane, company) in [(Plane::Control, ""), (Plane::Tenant, "tenant_id_")] {
        keys.extend(examine::keys(
            &mut in_memory(plane)?,
            &format!("{}.", plane.name()),
            company,
        )?);
    }
    Ok(keys)
}

fn in_memory(plane: Plane) -> Result<SqliteConnection> {
    let mut conn = SqliteConnection::establish(":memory:").map_err(broken)?;
    conn.run_pending_migrations(plane.on_sqlite())
        .map_err(Error::Internal)?;
    Ok(conn)
}

/// Gives a file its name once it is on disk.
fn settle(unfinished: &Path, path: &Path) -> io::Result<()> {
    fs::File::open(unfinished)?.sync_all()?;
    fs::rename(unfinished, path)?;
    match path.parent() {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
