//! Lets the oldest backups go.

use std::fs;
use std::path::Path;

use super::manifest::{Backup, list};
use crate::Result;
use crate::transfer::scratch::cannot;
use crate::transfer::trouble::Trouble;

/// Removes all but the newest `keep` backups of the whole instance, and gives those that went. What was kept before a restore and
/// backups of one company stay until somebody removes them.
///
/// # Errors
/// [`Trouble::CannotWrite`].
pub fn prune(target: &Path, keep: usize, only_say: bool) -> Result<Vec<Backup>, Trouble> {
    let mut all = list(target)?;
    all.retain(|backup| backup.name.starts_with("backup-") && backup.manifest.tenant.is_none());
    let surplus = all.split_off(keep.min(all.len()));
    if !only_say {
        for backup in &surplus {
            fs::remove_dir_all(&backup.folder).map_err(|error| cannot(&backup.folder, &error))?;
        }
    }
    Ok(surplus)
}
