//! One process per data folder: an advisory lock on `<data_dir>/lock`, which says who holds it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::{FlockOperation, flock};

/// Held as long as the process works on the folder; the system lets go of it however the process ends.
#[derive(Debug)]
pub struct DataLock(#[expect(dead_code, reason = "the lock lasts as long as the open file")] File);

/// Why the lock was not to be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error(
        "Another Steading (process {holder}) works on {folder}. Stop it first, or give this one a folder of its own."
    )]
    Held {
        /// Its process id as it wrote it down.
        holder: String,
        /// The folder.
        folder: String,
    },
    /// The lock file cannot be used.
    #[error("The lock file in {folder} cannot be used: {reason}.")]
    Unusable {
        /// The folder.
        folder: String,
        /// What the system said.
        reason: String,
    },
}

impl DataLock {
    /// Takes the lock of a folder, without waiting.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let name = folder.display().to_string();
        let unusable = |e: std::io::Error| LockError::Unusable {
            folder: name.clone(),
            reason: e.to_string(),
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(folder.join("lock"))
            .map_err(unusable)?;
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(rustix::io::Errno::WOULDBLOCK) => {
                let mut holder = String::new();
                if file.read_to_string(&mut holder).is_err() || holder.trim().is_empty() {
                    "unknown".clone_into(&mut holder);
                }
                return Err(LockError::Held {
                    holder: holder.trim().to_owned(),
                    folder: name,
                });
            }
            Err(error) => return Err(unusable(error.into())),
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| writeln!(file, "{}", std::process::id()))
            .map_err(unusable)?;
        Ok(Self(file))
    }
}
