//! The change from what was there to what comes back, which a kill at any moment leaves undone, or for the next start to finish.
//!
//! While `.restoring` is filled nothing has changed, and it may go. It becomes `.restored` when it is whole and on disk, and so is what
//! was there: from then on all that is left is to put files into their places, as often as it takes.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use super::unfinished::{named, waiting};
use crate::db::carry::settle;
use crate::transfer::scratch::removed;

/// What comes back, until it is whole.
pub(super) const STAGED: &str = ".restoring";
/// What comes back, whole.
const WHOLE: &str = ".restored";
/// The file in it that names where what was there is kept.
const KEPT: &str = "kept";

/// Decides that what is staged comes back. Before it nothing was changed, after it [`finish_restore`] does the rest.
pub(super) fn decide(folder: &Path, kept: Option<&Path>) -> io::Result<()> {
    let staged = folder.join(STAGED);
    if fs::metadata(staged.join("control.db-wal")).is_ok_and(|log| log.len() > 0) {
        return Err(io::Error::other("what comes back is not at rest"));
    }
    if let Some(kept) = kept {
        let path = staged.join(KEPT);
        fs::write(&path, std::path::absolute(kept)?.as_os_str().as_bytes())?;
        settle(&path, &path)?;
    }
    fs::File::open(&staged)?.sync_all()?;
    fs::rename(staged, folder.join(WHOLE))
}

/// Whether a restore was decided in a data folder and is not finished.
pub fn is_half_done(folder: &Path) -> bool {
    folder.join(WHOLE).is_dir()
}

/// Finishes a restore that was decided, and clears away one that was not. The caller holds the lock of the data folder.
///
/// # Errors
/// Where a disk refuses, or what was there is not where it was kept; the next attempt goes on from there.
pub fn finish_restore(folder: &Path) -> io::Result<()> {
    removed(&folder.join(STAGED))?;
    if !is_half_done(folder) {
        return Ok(());
    }
    let whole = folder.join(WHOLE);
    // Nothing is moved before the decision is on disk.
    fs::File::open(folder)?.sync_all()?;
    if whole.join(KEPT).is_file() {
        let kept = PathBuf::from(OsString::from_vec(fs::read(whole.join(KEPT))?));
        if waiting(&kept).is_dir() {
            named(&kept)?;
        } else if !kept.is_dir() {
            let kept = kept.display();
            return Err(io::Error::other(format!("what was there is not in {kept}")));
        }
    }
    let tenants = whole.join("tenants");
    if tenants.is_dir() {
        removed(&folder.join("tenants"))?;
        fs::rename(tenants, folder.join("tenants"))?;
    }
    let control = whole.join("control.db");
    if control.is_file() {
        for tail in ["control.db-wal", "control.db-shm"] {
            match fs::remove_file(folder.join(tail)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        fs::rename(control, folder.join("control.db"))?;
    }
    fs::File::open(folder)?.sync_all()?;
    removed(&whole)
}
