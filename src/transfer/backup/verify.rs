//! Looks whether a backup holds what it says: hashes, pages, references, rows.

use std::path::Path;

use super::manifest::{Backup, hashed, list};
use crate::Result;
use crate::db::Told;
use crate::db::carry::CarriedFile;
use crate::transfer::trouble::Trouble;

/// A backup by its name; `latest` is the newest that was not kept before a restore.
///
/// # Errors
/// [`Trouble::Unfit`] where there is none of that name.
pub fn find(target: &Path, name: &str) -> Result<Backup, Trouble> {
    let all = list(target)?;
    let found = all
        .into_iter()
        .find(|backup| backup.name == name || name == "latest" && !backup.is_safety_copy());
    found.ok_or_else(|| {
        Trouble::Unfit(format!(
            "There is no backup {name} in {}; `steading backup list` shows those there are.",
            target.display()
        ))
    })
}

/// Reads every file of a backup, and says how far it is. Blocks.
///
/// # Errors
/// [`Trouble::Unfit`] with the first thing that does not hold.
pub fn verify(backup: &Backup, told: &Told) -> Result<(), Trouble> {
    verify_those(backup, &|_| true, told)
}

/// The same for the files whose names are meant.
pub(super) fn verify_those(
    backup: &Backup,
    is_meant: &dyn Fn(&str) -> bool,
    told: &Told,
) -> Result<(), Trouble> {
    let mut files: Vec<_> = backup.manifest.files.iter().collect();
    files.retain(|file| is_meant(&file.path));
    let of = files.len() as u64;
    for (kept, done) in files.into_iter().zip(1..) {
        let path = backup.folder.join(&kept.path);
        let unfit = |why: &str| Trouble::Unfit(format!("{} of {} {why}.", kept.path, backup.name));
        let (sha256, _) = hashed(&path).map_err(|e| unfit(&format!("cannot be read: {e}")))?;
        if sha256 != kept.sha256 {
            return Err(unfit(
                "was changed since it was written: its hash is another one",
            ));
        }
        let mut file = CarriedFile::open(&path)?;
        file.check()?;
        if file.counts()? != kept.rows {
            return Err(unfit("holds other rows than the backup says"));
        }
        told.at("files read", done, of);
    }
    Ok(())
}
