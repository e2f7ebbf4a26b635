//! Lets the oldest backups go.

use std::fs;
use std::path::Path;

use super::manifest::{Backup, list};
use super::unfinished::sweep;
use crate::Result;
use crate::transfer::scratch::cannot;
use crate::transfer::trouble::Trouble;

/// Removes all but the newest `keep` whole backups of the instance, and gives those that went. One that is without a company does not
/// count among them: as many of those stay, and any backup that is the last one to hold what they lack. What was kept before a restore
/// and backups of one company stay until somebody removes them.
///
/// # Errors
/// [`Trouble::CannotWrite`].
pub fn prune(target: &Path, keep: usize, only_say: bool) -> Result<Vec<Backup>, Trouble> {
    let mut all = list(target)?;
    all.retain(|backup| backup.name.starts_with("backup-") && backup.manifest.tenant.is_none());
    let surplus = surplus(all, keep);
    if !only_say {
        sweep(target);
        for backup in &surplus {
            fs::remove_dir_all(&backup.folder).map_err(|error| cannot(&backup.folder, &error))?;
        }
    }
    Ok(surplus)
}

/// Those that go, of all from the newest to the oldest.
fn surplus(all: Vec<Backup>, keep: usize) -> Vec<Backup> {
    let (mut stay, mut go) = (Vec::<Backup>::new(), Vec::new());
    let (mut whole, mut incomplete) = (0, 0);
    for backup in all {
        let count = match backup.manifest.missing.is_empty() {
            true => &mut whole,
            false => &mut incomplete,
        };
        *count += 1;
        let is_last = |tenant| backup.holds(tenant) && !stay.iter().any(|one| one.holds(tenant));
        let mut lacking = stay.iter().flat_map(|one| &one.manifest.missing);
        if *count <= keep || lacking.any(|one| is_last(one.tenant)) {
            stay.push(backup);
        } else {
            go.push(backup);
        }
    }
    go
}
