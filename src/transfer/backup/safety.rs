//! What was there before everything comes back: copied beside the backups before anything is moved, and a backup of its own.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::create::hashed_file;
use super::manifest::{BackedFile, Manifest, Missing};
use super::unfinished::Unfinished;
use crate::clock::Timestamp;
use crate::db::carry::CarriedFile;
use crate::db::{ControlPlane, Plane, TenantPlane};
use crate::id::TenantId;
use crate::transfer::scratch::{cannot, made};
use crate::transfer::trouble::Trouble;
use crate::{Error, Result};

/// Rows and steps of a file.
type Contents = (Vec<(String, u64)>, Vec<String>);

/// Keeps the files of a stopped instance, all of them, in a folder that will be `named`; nothing where there are none. Where its control
/// plane can be read it is a backup, which is without the companies that cannot.
pub(super) fn keep(
    folder: &Path,
    named: &Path,
    now: Timestamp,
) -> Result<Option<Unfinished>, Trouble> {
    let control = folder.join("control.db");
    let mut stores = Vec::new();
    for entry in fs::read_dir(folder.join("tenants"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(id) = name.strip_suffix(".db").and_then(|stem| stem.parse().ok()) {
            stores.push((id, format!("tenants/{name}")));
        }
    }
    if !control.exists() && stores.is_empty() {
        return Ok(None);
    }
    let target = named.parent().unwrap_or(named);
    let on = |folder: &Path| fs::metadata(folder).map(|meta| meta.dev());
    let bytes = made(target)
        .and_then(|()| match on(target)? == on(folder)? {
            // A second name takes no room.
            true => Ok(0),
            false => Ok(size(&control)? + size(&folder.join("tenants"))?),
        })
        .map_err(|error| cannot(target, &error))?;
    room(target, bytes)?;

    let unfinished = Unfinished::at(named.to_owned()).map_err(|error| cannot(named, &error))?;
    // Each is opened once, which folds its log into it, before it is copied.
    let control = contents::<ControlPlane>(&control);
    let read: Vec<(TenantId, String, Result<Contents, Trouble>)> = stores
        .into_iter()
        .map(|(id, name)| {
            let read = contents::<TenantPlane>(&folder.join(&name));
            (id, name, read)
        })
        .collect();
    for name in ["control.db", "control.db-wal", "control.db-shm", "tenants"] {
        let (from, to) = (folder.join(name), unfinished.path().join(name));
        if from.exists() {
            again(&from, &to).map_err(|error| cannot(&to, &error))?;
        }
    }
    if let Ok(control) = control {
        let mut files = Vec::new();
        let mut missing = Vec::new();
        for (tenant, name, read) in read {
            match read {
                Ok(read) => files.push(backed(&unfinished, name, read)?),
                Err(why) => missing.push(Missing {
                    tenant,
                    slug: tenant.to_string(),
                    why: why.to_string(),
                }),
            }
        }
        files.push(backed(&unfinished, "control.db".to_owned(), control)?);
        unfinished.describe(&Manifest::of(now, "sqlite", files, missing))?;
    }
    unfinished.synced().map_err(|error| cannot(named, &error))?;
    Ok(Some(unfinished))
}

/// Refuses where a disk has no room for what will be written.
pub(super) fn room(folder: &Path, bytes: u64) -> Result<(), Trouble> {
    let disk = rustix::fs::statvfs(folder).map_err(|error| cannot(folder, &error.into()))?;
    let free = disk.f_bavail * disk.f_frsize;
    if free >= bytes {
        return Ok(());
    }
    Err(Trouble::CannotWrite(format!(
        "There is no space for this in {}: {bytes} bytes are needed and {free} are free. Nothing was changed.",
        folder.display()
    )))
}

fn contents<P: Plane>(path: &Path) -> Result<Contents, Trouble> {
    let (mut file, steps) = CarriedFile::open_to_change(path)?.steps::<P>()?;
    let rows = file.counts()?;
    drop(file);
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    match fs::metadata(log).map_or(0, |log| log.len()) {
        0 => Ok((rows, steps.applied)),
        _ => Err(Error::internal("its log could not be folded into it").into()),
    }
}

fn backed(
    unfinished: &Unfinished,
    name: String,
    (rows, steps): Contents,
) -> Result<BackedFile, Trouble> {
    hashed_file(&unfinished.path().join(&name), name, rows, steps)
}

/// A second name for a file that nobody changes from now on, or a copy where there can be none; of a folder all that is in it.
fn again(from: &Path, to: &Path) -> io::Result<()> {
    if from.is_dir() {
        made(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            again(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if from.is_symlink() || fs::hard_link(from, to).is_err() {
        fs::copy(from, to)?;
    }
    fs::File::open(to)?.sync_all()
}

fn size(path: &Path) -> io::Result<u64> {
    if !path.is_dir() {
        return Ok(fs::metadata(path).map_or(0, |meta| meta.len()));
    }
    let mut bytes = 0;
    for entry in fs::read_dir(path)? {
        bytes += size(&entry?.path())?;
    }
    Ok(bytes)
}

/// Where it is kept: beside the backups, under a name that nobody has.
pub(super) fn place(target: &Path, backup: &str) -> PathBuf {
    let first = target.join(format!("before-restore-of-{backup}"));
    if !first.exists() {
        return first;
    }
    (2..)
        .map(|number| target.join(format!("before-restore-of-{backup}-{number}")))
        .find(|path| !path.exists())
        .unwrap_or(first)
}
