//! A file outside the data folder: made anew for rows that travel, or brought up to this version before they are taken in.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use diesel::SqliteConnection;
use diesel::connection::{Connection, SimpleConnection};

use super::store::{Engine, Plane, Store};
use super::{Direction, MigrateError};
use crate::db::{Conn, Told};

/// The steps of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// In place, oldest first.
    pub applied: Vec<String>,
    /// Still to run.
    pub pending: Vec<String>,
    /// One this program does not know.
    pub unknown: Option<String>,
}

fn plane_of(name: &str) -> Plane {
    if name == "control" {
        Plane::Control
    } else {
        Plane::Tenant
    }
}

/// Makes a file with the tables of a plane and nothing in them, 0600. It is thrown away where its making breaks off, so it needs
/// no journal; whoever keeps it syncs it.
pub(in crate::db) fn fresh(plane: &str, path: &Path) -> Result<Conn, MigrateError> {
    let failed = |reason: String| MigrateError::Failed {
        store: path.display().to_string(),
        reason,
    };
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|e| failed(e.to_string()))?;
    let name = path
        .to_str()
        .ok_or_else(|| failed("the path is not UTF-8".to_owned()))?;
    let name = if path.is_absolute() {
        name.to_owned()
    } else {
        format!("./{name}")
    };
    let mut conn = SqliteConnection::establish(&name).map_err(|e| failed(e.to_string()))?;
    for setting in [
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA foreign_keys = OFF",
        "PRAGMA trusted_schema = OFF",
        "PRAGMA cache_size = -8000",
    ] {
        conn.batch_execute(setting)
            .map_err(|e| failed(e.to_string()))?;
    }
    up(Conn::Sqlite(conn), plane)
}

/// Runs the steps a file lacks.
pub(in crate::db) fn up(conn: Conn, plane: &str) -> Result<Conn, MigrateError> {
    let mut store = store(conn, plane);
    store.step(Direction::Up, &Told::default())?;
    taken_back(store)
}

/// Looks which steps a file has.
pub(in crate::db) fn steps(conn: Conn, plane: &str) -> Result<(Conn, Steps), MigrateError> {
    let mut store = store(conn, plane);
    let unknown = match store.check_not_newer() {
        Err(MigrateError::Newer { version, .. }) => Some(version),
        other => {
            other?;
            None
        }
    };
    let steps = Steps {
        applied: store.applied()?,
        pending: store.pending()?,
        unknown,
    };
    Ok((taken_back(store)?, steps))
}

fn store(conn: Conn, plane: &str) -> Store {
    Store {
        name: "the file".to_owned(),
        path: None,
        plane: plane_of(plane),
        engine: Engine::Sqlite(conn),
    }
}

fn taken_back(store: Store) -> Result<Conn, MigrateError> {
    let failed = store.failed("lost the connection");
    match store.engine {
        Engine::Sqlite(conn) => Ok(conn),
        Engine::Postgres(_) => Err(failed),
    }
}
