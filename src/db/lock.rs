//! One process per data folder: whoever works in it holds `<data_dir>/lock`, and the kernel lets go of it when the process ends,
//! however it ends.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock, fstatfs};
use rustix::io::Errno;

/// Why the data folder cannot be worked in.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it: exit code 75.
    #[error(
        "Another Steading ({holder}) works on {folder}. Stop it first, or give this one a folder of its own."
    )]
    Held {
        /// The data folder.
        folder: String,
        /// What the holder wrote about itself.
        holder: String,
    },
    /// A file system on which locks and SQLite's shared memory do not hold what they promise: exit code 78.
    #[error(
        "{folder} lies on a network file system ({kind}), where SQLite may lose data. Use a local disk, or PostgreSQL."
    )]
    NetworkFileSystem {
        /// The data folder.
        folder: String,
        /// Its kind.
        kind: &'static str,
    },
    /// The lock file cannot be made: exit code 73.
    #[error("{path} cannot be locked: {reason}")]
    Unusable {
        /// The lock file.
        path: String,
        /// What the system said.
        #[source]
        reason: io::Error,
    },
}

/// The data folder is ours until this is dropped.
#[derive(Debug)]
pub struct DataLock {
    /// Open means locked.
    file: File,
    path: PathBuf,
}

/// Magic numbers of `statfs(2)` for file systems whose files live on another machine.
const NETWORK: [(u32, &str); 8] = [
    (0x0000_6969, "NFS"),
    (0x0000_517B, "SMB"),
    (0xFF53_4D42, "CIFS"),
    (0xFE53_4D42, "SMB 2"),
    (0x5346_414F, "AFS"),
    (0x00C3_6400, "Ceph"),
    (0x0BD0_0BD0, "Lustre"),
    (0x7375_7245, "Coda"),
];

impl DataLock {
    /// Takes the lock of a data folder that is there, at once or not at all. Writes nothing into it: what a start that is about
    /// to be refused found is what it leaves.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn take(data_dir: &Path) -> Result<Self, LockError> {
        let path = data_dir.join("lock");
        let unusable = |reason: io::Error| LockError::Unusable {
            path: path.display().to_string(),
            reason,
        };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(unusable)?;
        if let Some(kind) = network_kind(&file).map_err(|e| unusable(e.into()))? {
            return Err(LockError::NetworkFileSystem {
                folder: data_dir.display().to_string(),
                kind,
            });
        }
        match flock(&file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => {}
            Err(Errno::WOULDBLOCK) => {
                return Err(LockError::Held {
                    folder: data_dir.display().to_string(),
                    holder: holder(&mut file),
                });
            }
            Err(error) => return Err(unusable(error.into())),
        }
        Ok(Self { file, path })
    }

    /// Leaves word of who holds it, for whoever comes second.
    ///
    /// # Errors
    /// [`LockError::Unusable`].
    pub fn sign(&mut self) -> Result<(), LockError> {
        write_holder(&mut self.file).map_err(|reason| LockError::Unusable {
            path: self.path.display().to_string(),
            reason,
        })
    }
}

fn write_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "process {}", std::process::id())
}

/// The holder's words; it may be about to write them.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    // Until the holder has signed, the words are those of the one before.
    let lives = |said: &str| {
        let process = said.strip_prefix("process ");
        process.is_some_and(|id| Path::new("/proc").join(id).exists())
    };
    match (read, text.trim()) {
        (Ok(_), said) if lives(said) => said.to_owned(),
        _ => "process unknown".to_owned(),
    }
}

fn network_kind(file: &File) -> rustix::io::Result<Option<&'static str>> {
    // The kernel's type of this number differs between machines; its 32 bits do not.
    let magic = (fstatfs(file)?.f_type as u64 & 0xFFFF_FFFF) as u32;
    Ok(network_name(magic))
}

fn network_name(magic: u32) -> Option<&'static str> {
    NETWORK
        .iter()
        .find(|(known, _)| *known == magic)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_by_their_number() {
        assert_eq!(network_name(0x6969), Some("NFS"));
        assert_eq!(network_name(0xFF53_4D42), Some("CIFS"));
        // ext4, xfs, btrfs, tmpfs, overlayfs.
        for local in [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630] {
            assert_eq!(network_name(local), None);
        }
    }
}
