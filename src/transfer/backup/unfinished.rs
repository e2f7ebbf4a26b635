//! A backup that is not whole yet: a folder with a name of its own, locked while somebody works on it, and gone where it did not get
//! its true name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::manifest::{Backup, MANIFEST, Manifest};
use crate::db::carry::settle;
use crate::transfer::scratch::{cannot, made, removed};
use crate::transfer::trouble::Trouble;
use crate::{Error, Result};

/// The folder of a backup until it is whole. Removed when dropped.
pub(super) struct Unfinished {
    folder: PathBuf,
    named: PathBuf,
    /// Open means that somebody works on it; the kernel lets go of it with the process.
    _lock: fs::File,
}

impl Unfinished {
    /// Makes the folder of a backup that will be `named`.
    pub(super) fn at(named: PathBuf) -> io::Result<Self> {
        let (making, folder) = (hidden(&named, "making"), waiting(&named));
        removed(&making)?;
        made(&making.join("tenants"))?;
        let lock = fs::File::open(&making)?;
        if let Err(error) = flock(&lock, FlockOperation::NonBlockingLockExclusive) {
            tracing::debug!(%error, "The folder of a backup cannot be locked");
        }
        // Nobody sees it under the name that is swept before it is locked.
        fs::rename(&making, &folder)?;
        Ok(Self {
            folder,
            named,
            _lock: lock,
        })
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.folder
    }

    /// Writes what is in it.
    pub(super) fn describe(&self, manifest: &Manifest) -> Result<(), Trouble> {
        let text =
            serde_json::to_string_pretty(manifest).map_err(|e| Error::Internal(Box::new(e)))?;
        let path = self.folder.join(MANIFEST);
        fs::write(&path, text + "\n")
            .and_then(|()| settle(&path, &path))
            .map_err(|error| cannot(&path, &error))
    }

    /// The manifest last, then the name.
    pub(super) fn finish(self, manifest: &Manifest) -> Result<Backup, Trouble> {
        self.describe(manifest)?;
        self.synced()
            .and_then(|()| named(&self.named))
            .map_err(|error| cannot(&self.named, &error))?;
        Backup::read(&self.named)
    }

    /// Everything in it is on disk.
    pub(super) fn synced(&self) -> io::Result<()> {
        fs::File::open(self.folder.join("tenants"))?.sync_all()?;
        fs::File::open(&self.folder)?.sync_all()
    }

    /// Leaves it in its place, for [`named`].
    pub(super) fn leave(self) {
        std::mem::forget(self);
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Err(error) = removed(&self.folder) {
            tracing::warn!(%error, folder = %self.folder.display(), "An unfinished backup could not be removed");
        }
    }
}

/// Gives a folder that waits its name.
pub(super) fn named(named: &Path) -> io::Result<()> {
    fs::rename(waiting(named), named)?;
    match named.parent() {
        Some(parent) => fs::File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// Where a backup is until it has its name.
pub(super) fn waiting(named: &Path) -> PathBuf {
    hidden(named, "new")
}

fn hidden(named: &Path, ending: &str) -> PathBuf {
    let name = named.file_name().unwrap_or_default().to_string_lossy();
    named.with_file_name(format!(".{name}.{ending}"))
}

/// Removes what processes left that ended in the midst of a backup. Where the disk keeps no locks nothing is certain, and all stays.
pub(super) fn sweep(target: &Path) {
    for entry in fs::read_dir(target).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        // What was there before a restore of everything belongs to that restore.
        let is_ours = name.starts_with(".backup-")
            || name.starts_with(".before-restore-") && !name.starts_with(".before-restore-of-");
        if !(is_ours && name.ends_with(".new")) {
            continue;
        }
        let is_dead = fs::File::open(entry.path())
            .is_ok_and(|folder| flock(&folder, FlockOperation::NonBlockingLockExclusive).is_ok());
        if is_dead && let Err(error) = removed(&entry.path()) {
            tracing::warn!(%error, folder = name, "An unfinished backup could not be removed");
        }
    }
}
