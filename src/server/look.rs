//! A look at an instance that stands still, changing no byte of it: for commands that only say what they would do.
//!
//! SQLite's files are looked at as copies elsewhere, since opening one that is in use by nobody may still fold its log. On
//! PostgreSQL a read changes nothing.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::boot::{BootError, refuse_waiting, stands, store_options};
use crate::app::JobBell;
use crate::clock::Clock;
use crate::config::Loaded;
use crate::db::lock::DataLock;
use crate::db::migrate::{self, Direction, Which};
use crate::db::{Control, StoreOptions, Stores, Tenants};
use crate::id::TenantId;

/// The stores of an instance, to be read. Ends with [`Look::end`].
pub struct Look {
    stores: Stores,
    options: StoreOptions,
    /// Where the files really are, while the copies live in [`StoreOptions::data_dir`].
    original: Option<PathBuf>,
    /// Nobody works on the files while they are copied and read.
    _lock: Option<DataLock>,
}

/// Opens the control plane for reading; nothing where no instance stands.
///
/// # Errors
/// [`BootError`], with nothing changed.
pub async fn look(loaded: &Loaded, clock: Clock) -> Result<Option<Look>, BootError> {
    if !stands(loaded)? {
        return Ok(None);
    }
    let mut options = store_options(loaded, clock, &JobBell::default());
    let (original, lock) = if options.database_url.is_some() {
        refuse_waiting(loaded)?;
        (None, None)
    } else {
        let original = options.data_dir.clone();
        let lock = DataLock::take(&original)?;
        options.data_dir = copy_folder().map_err(cannot_copy)?;
        let copied = copy_store(&original, &options.data_dir, Path::new("control.db"));
        if let Err(error) = copied {
            forget(&options.data_dir);
            return Err(cannot_copy(error));
        }
        if let Err(error) = migrate::run(&options, Which::Control, Direction::Up) {
            forget(&options.data_dir);
            return Err(error.into());
        }
        (Some(original), Some(lock))
    };
    let stores = Stores::open(&options)?;
    Ok(Some(Look {
        stores,
        options,
        original,
        _lock: lock,
    }))
}

impl Look {
    /// The control plane.
    pub fn control(&self) -> &Control {
        &self.stores.control
    }

    /// The tenant plane; a company's store is there once it was brought.
    pub fn tenants(&self) -> &Tenants {
        &self.stores.tenants
    }

    /// Makes a company's store readable, where it is a file that is there.
    ///
    /// # Errors
    /// Where it cannot be copied.
    pub fn bring(&self, tenant: TenantId) -> Result<(), BootError> {
        let Some(original) = &self.original else {
            return Ok(());
        };
        let name = Path::new("tenants").join(format!("{tenant}.db"));
        if !original.join(&name).is_file() {
            return Ok(());
        }
        copy_store(original, &self.options.data_dir, &name).map_err(cannot_copy)?;
        migrate::run(&self.options, Which::Tenant(tenant), Direction::Up)?;
        Ok(())
    }

    /// Closes the stores and removes the copies.
    pub async fn end(self) {
        self.stores.shutdown().await;
        if self.original.is_some() {
            forget(&self.options.data_dir);
        }
    }
}

fn cannot_copy(error: io::Error) -> BootError {
    BootError::CannotWrite(format!(
        "A copy to look at cannot be made in {}: {error}.",
        std::env::temp_dir().display()
    ))
}

/// A new folder that only this user may enter.
fn copy_folder() -> io::Result<PathBuf> {
    let mut random = [0_u8; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let name = format!("steading-look-{:032x}", u128::from_be_bytes(random));
    let folder = std::env::temp_dir().join(name);
    fs::DirBuilder::new().mode(0o700).create(&folder)?;
    Ok(folder)
}

/// Copies a file with its log.
fn copy_store(from: &Path, to: &Path, name: &Path) -> io::Result<()> {
    if let Some(parent) = to.join(name).parent() {
        fs::create_dir_all(parent)?;
    }
    fs::copy(from.join(name), to.join(name))?;
    let mut log = name.as_os_str().to_owned();
    log.push("-wal");
    let log = Path::new(&log);
    match fs::copy(from.join(log), to.join(log)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn forget(folder: &Path) {
    if let Err(error) = fs::remove_dir_all(folder) {
        tracing::warn!(%error, folder = %folder.display(), "A copy that was looked at stays");
    }
}
