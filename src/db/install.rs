//! Another store in the place of a company's: rows that came in a file become its own, all at once, while the others go on.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::carry::{CarriedFile, Server, ServerPlane, settle};
use super::error::{Verdict, verdict};
use super::tenants::{Engine, Tenants};
use super::told::Told;
use crate::id::TenantId;
use crate::{Error, Result};

/// What goes where.
#[derive(Debug, Clone, Copy)]
pub struct Installation<'a> {
    /// A whole file of the tenant plane, which is used up where stores are files.
    pub file: &'a Path,
    /// Where the file goes that it replaces; nothing where that one is empty.
    pub kept: Option<&'a Path>,
    /// Every table that is emptied, parents first (PostgreSQL).
    pub clear: &'a [&'a str],
    /// The tables whose rows come, parents first (PostgreSQL).
    pub tables: &'a [&'a str],
    /// The owner's way into the database (PostgreSQL).
    pub owner_url: Option<&'a str>,
    /// Where word of the rows goes (PostgreSQL).
    pub told: &'a Told,
}

impl Tenants {
    /// Makes the rows of a file the company's own, in the place of what it has. Its doors are shut for as long as that takes where
    /// stores are files; on PostgreSQL it is one transaction. Blocks.
    ///
    /// # Errors
    /// [`Error::Busy`] where the company's file does not come to rest; then it is as it was.
    pub fn install(&self, tenant: TenantId, what: Installation<'_>) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite { files, .. } => files.replace(tenant, &|path| into_place(path, what)),
            Engine::Postgres(_) => {
                let server = Server::begin(what.owner_url.ok_or(Error::Busy)?)?;
                into_server(server, tenant, what)
            }
        }
    }

    /// Removes the store of a company that never was entered. Blocks.
    ///
    /// # Errors
    /// Where it cannot be removed.
    pub fn discard(&self, tenant: TenantId, clear: &[&str], owner_url: Option<&str>) -> Result<()> {
        match &self.inner.engine {
            Engine::Sqlite { files, .. } => files.replace(tenant, &|path| {
                removed(path)?;
                removed(&beside(path, "-wal"))?;
                removed(&beside(path, "-shm"))
            }),
            Engine::Postgres(_) => {
                let mut server = Server::begin(owner_url.ok_or(Error::Busy)?)?;
                server.clear(ServerPlane::Tenant(tenant), clear)?;
                server.commit()
            }
        }
    }

    /// The company's file, where it has one.
    pub fn file(&self, tenant: TenantId) -> Option<PathBuf> {
        match &self.inner.engine {
            Engine::Sqlite { files, .. } => Some(files.path(tenant)),
            Engine::Postgres(_) => None,
        }
    }
}

/// A file in the place of the one that rests there.
pub(super) fn into_place(path: &Path, what: Installation<'_>) -> io::Result<()> {
    if path.exists() {
        match what.kept {
            Some(kept) => moved(path, kept)?,
            None => fs::remove_file(path)?,
        }
    }
    for tail in ["-wal", "-shm"] {
        removed(&beside(path, tail))?;
    }
    settle(what.file, path)
}

/// A file's rows in the place of those that are there, in the transaction at hand.
pub(super) fn into_server(
    mut server: Server,
    tenant: TenantId,
    what: Installation<'_>,
) -> Result<()> {
    let mut file = CarriedFile::open(what.file).map_err(|e| Error::Internal(Box::new(e)))?;
    let plane = ServerPlane::Tenant(tenant);
    server
        .replace(plane, &mut file, what.clear, what.tables, &|table, rows| {
            what.told.at(table, rows, 0)
        })
        .and_then(|()| server.commit())
        .map_err(|error| match verdict(&error) {
            Verdict::Again => Error::Busy,
            _ => error,
        })
}

fn beside(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    name.into()
}

fn removed(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// To another place, which may lie on another disk.
fn moved(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            fs::copy(from, to)?;
            fs::File::open(to)?.sync_all()?;
            fs::remove_file(from)
        }
        other => other,
    }
}
