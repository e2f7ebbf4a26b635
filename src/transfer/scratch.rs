//! A file that is not whole yet: it has a name of its own, and is gone where it did not get its true one.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::trouble::Trouble;

/// Removed when dropped.
#[derive(Debug)]
pub(super) struct Scratch(PathBuf);

impl Scratch {
    /// Beside `target`, where it can be written.
    pub(super) fn beside(target: &Path) -> Result<Self, Trouble> {
        let name = target.file_name().ok_or_else(|| {
            Trouble::CannotWrite(format!("{} is not the name of a file.", target.display()))
        })?;
        if target.is_dir() {
            return Err(cannot(target, &io::Error::other("it is a folder")));
        }
        let folder = target.parent().unwrap_or(Path::new("."));
        Self::named(folder, &name.to_string_lossy()).map_err(|error| cannot(target, &error))
    }

    /// In a folder, which is made where it is not there.
    pub(super) fn within(folder: &Path, name: &str) -> Result<Self, Trouble> {
        made(folder)
            .and_then(|()| Self::named(folder, name))
            .map_err(|error| cannot(folder, &error))
    }

    fn named(folder: &Path, name: &str) -> io::Result<Self> {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let number = u64::from_be_bytes(random);
        let path = folder.join(format!(".{name}.{number:016x}.new"));
        // Whether one may write here is known before the work begins.
        fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        fs::remove_file(&path)?;
        Ok(Self(path))
    }

    /// Where it is.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        for tail in ["", "-journal", "-wal", "-shm"] {
            let mut name = self.0.as_os_str().to_owned();
            name.push(tail);
            match fs::remove_file(&name) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, file = ?name, "An unfinished file could not be removed");
                }
                _ => {}
            }
        }
    }
}

/// What is said where a target cannot be written.
pub(super) fn cannot(target: &Path, error: &io::Error) -> Trouble {
    Trouble::CannotWrite(format!("{} cannot be written: {error}.", target.display()))
}

/// What came of work that writes to `target`: where a disk was full, that is what is said.
pub(super) fn wrote<T, E: Into<Trouble>>(target: &Path, done: Result<T, E>) -> Result<T, Trouble> {
    done.map_err(|error| match error.into() {
        Trouble::Failed(error) if error.is_full() => {
            cannot(target, &io::Error::other("no space is left on the disk"))
        }
        other => other,
    })
}

/// A folder, 0700, with those above it.
pub(super) fn made(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

/// No folder, whether there was one or not.
pub(super) fn removed(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
