//! A copy of a file that is about to be changed, so that there is a way back.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;

use super::Direction;
use super::MigrateError;
use super::store::{Engine, Store};
use crate::clock::Timestamp;

/// Snapshots kept of each file.
const KEPT: usize = 3;

impl Store {
    /// Copies a file that holds something and is about to change. Whole or not there: a copy gets its name when it is on disk.
    pub(super) fn snapshot_before(
        &mut self,
        folder: &Path,
        direction: Direction,
        now: Timestamp,
    ) -> Result<(), MigrateError> {
        let Some(path) = self.path.clone() else {
            return Ok(());
        };
        let changes = direction == Direction::Down || !self.pending()?.is_empty();
        if self.applied()?.is_empty() || !changes {
            return Ok(());
        }
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        let prefix = format!("before-migration-{}-", stem.unwrap_or("store"));
        let partial = folder.join(format!(".{prefix}partial"));
        let text = partial.to_str().map(|text| text.replace('\'', "''"));
        let text = text.ok_or_else(|| self.failed("the backup folder's path is not UTF-8"))?;
        prepare(folder, &partial).map_err(|e| self.failed(e))?;
        if let Engine::Sqlite(conn) = &mut self.engine {
            let copied = conn.batch_execute(&format!("VACUUM INTO '{text}'"));
            copied.map_err(|e| self.failed(e))?;
        }
        keep(folder, &partial, &prefix, now).map_err(|e| self.failed(e))
    }
}

fn prepare(folder: &Path, partial: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    match fs::remove_file(partial) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Puts the copy on disk under its name, and lets the oldest ones of the same file go.
fn keep(folder: &Path, partial: &Path, prefix: &str, now: Timestamp) -> io::Result<()> {
    fs::set_permissions(partial, fs::Permissions::from_mode(0o600))?;
    fs::File::open(partial)?.sync_all()?;
    fs::rename(partial, free_name(folder, prefix, now))?;
    fs::File::open(folder)?.sync_all()?;
    let mut names: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(prefix) {
            names.push(entry.path());
        }
    }
    names.sort();
    let surplus = names.len().saturating_sub(KEPT);
    names.iter().take(surplus).try_for_each(fs::remove_file)
}

/// The time, to the second, and a number where one second saw several.
fn free_name(folder: &Path, prefix: &str, now: Timestamp) -> PathBuf {
    let stamp: String = now
        .to_string()
        .chars()
        .take(19)
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let name = |number: u32| folder.join(format!("{prefix}{stamp}Z-{number:02}.db"));
    (1..)
        .map(name)
        .find(|path| !path.exists())
        .unwrap_or_else(|| name(0))
}
