//! Brings a whole instance back: while it is stopped, and with what was there until then kept beside.

use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::manifest::{Backup, Missing};
use super::one::Restored;
use super::verify::verify;
use crate::actor::Actor;
use crate::audit::{self, Event};
use crate::crypto::KeyRing;
use crate::db::carry::{CarriedFile, settle, whole_into_file};
use crate::db::{ControlPlane, StoreOptions, Stores, TenantPlane, Told};
use crate::id::TenantId;
use crate::tenancy::{self, carry};
use crate::transfer::copy::{Files, into_server};
use crate::transfer::scratch::cannot;
use crate::transfer::trouble::{Trouble, off_loop};
use crate::{Error, Result};

/// Restores everything. The caller holds the lock of the data folder, or knows that no process works on the database.
///
/// # Errors
/// [`Trouble::Unfit`] where the backup does not hold, [`Trouble::Configuration`] where the keys do not open it; nothing was changed
/// then.
pub async fn restore_whole(
    backup: &Backup,
    options: &StoreOptions,
    ring: &KeyRing,
    target: &Path,
    dry_run: bool,
) -> Result<Restored, Trouble> {
    if backup.manifest.tenant.is_some() {
        return Err(Trouble::Unfit(format!(
            "{} holds one company: restore it with --tenant.",
            backup.name
        )));
    }
    let (whole, told) = (backup.clone(), options.told.clone());
    off_loop(move || verify(&whole, &told)).await?;
    let staged = options.data_dir.join(".restoring");
    stage(backup, &staged, &options.told).map_err(|error| cannot(&staged, &error))?;
    let restored = go_on(backup, options, ring, target, &staged, dry_run).await;
    remove(&staged).map_err(|error| cannot(&staged, &error))?;
    restored
}

async fn go_on(
    backup: &Backup,
    options: &StoreOptions,
    ring: &KeyRing,
    target: &Path,
    staged: &Path,
    dry_run: bool,
) -> Result<Restored, Trouble> {
    let in_files = StoreOptions {
        data_dir: staged.to_owned(),
        database_url: None,
        owner_url: None,
        listen_url: None,
        ..options.clone()
    };
    let stores = Stores::open(&in_files)?;
    let wrapped = tenancy::data_keys(&stores.control).await;
    stores.shutdown().await;
    ring.check(&wrapped?)
        .map_err(|error| Trouble::Configuration(error.to_string()))?;
    let mut restored = Restored {
        done: false,
        backup: backup.name.clone(),
        kept: None,
        rows: total(backup),
        without: backup.manifest.without(),
    };
    if dry_run {
        return Ok(restored);
    }
    let kept = free(target, &backup.name);
    restored.kept = Some(kept.display().to_string());
    if let Some(url) = options
        .owner_url
        .clone()
        .or_else(|| options.database_url.clone())
    {
        let old = dump(options, &kept).await?;
        // What the backup is without stays as it is.
        let old: Vec<TenantId> = old
            .into_iter()
            .filter(|id| !is_missing(backup, *id))
            .collect();
        let staged = staged.to_owned();
        off_loop(move || {
            bring_up(&staged)?;
            into_server(&url, &Files::of(&staged)?, &old, &[], &|_, _| {})
        })
        .await?;
    } else {
        let folder = options.data_dir.clone();
        let (staged, missing) = (staged.to_owned(), backup.manifest.missing.clone());
        let change = move || {
            swap(&folder, &staged, &kept)
                .and_then(|()| stay(&folder, &kept, &missing))
                .map_err(|error| cannot(&folder, &error))
        };
        off_loop(change).await?;
    }
    restored.done = true;
    note(options, &restored).await;
    Ok(restored)
}

fn is_missing(backup: &Backup, id: TenantId) -> bool {
    backup.manifest.missing.iter().any(|one| one.tenant == id)
}

/// The restore in the trail that came back. A backup of an older version may have no room for it before the next start; that is no
/// reason to call the restore a failure.
async fn note(options: &StoreOptions, restored: &Restored) {
    let event = Event::new("instance.restored")
        .product("transfer")
        .target("backup", &restored.backup, &restored.backup)
        .created(&restored.told());
    let noted = async {
        let stores = Stores::open(options)?;
        let noted = stores
            .control
            .write(move |c| audit::record(c, &Actor::shell(), event.clone()))
            .await;
        stores.shutdown().await;
        noted
    };
    if let Err(error) = noted.await {
        tracing::warn!(%error, "The restore could not be noted in the trail");
    }
}

/// Files of companies that the backup is without stay in their place.
fn stay(folder: &Path, kept: &Path, missing: &[Missing]) -> io::Result<()> {
    for one in missing {
        for tail in ["", "-wal", "-shm"] {
            let name = format!("tenants/{}.db{tail}", one.tenant);
            let old = kept.join(&name);
            if old.exists() {
                fs::copy(old, folder.join(&name))?;
            }
        }
    }
    Ok(())
}

/// Rows of each table, all stores together.
fn total(backup: &Backup) -> Vec<(String, u64)> {
    let mut sums = std::collections::BTreeMap::new();
    for (table, rows) in backup.manifest.files.iter().flat_map(|file| &file.rows) {
        *sums.entry(table.clone()).or_insert(0) += rows;
    }
    sums.into_iter().collect()
}

fn free(target: &Path, name: &str) -> PathBuf {
    let first = target.join(format!("before-restore-of-{name}"));
    if !first.exists() {
        return first;
    }
    (2..)
        .map(|number| target.join(format!("before-restore-of-{name}-{number}")))
        .find(|path| !path.exists())
        .unwrap_or(first)
}

fn made(folder: &Path) -> io::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Copies the backup beside the data, on disk before anything is moved.
fn stage(backup: &Backup, staged: &Path, told: &Told) -> io::Result<()> {
    remove(staged)?;
    made(&staged.join("tenants"))?;
    let of = backup.manifest.files.len() as u64;
    for (file, done) in backup.manifest.files.iter().zip(1..) {
        let copy = staged.join(&file.path);
        fs::copy(backup.folder.join(&file.path), &copy)?;
        settle(&copy, &copy)?;
        told.at("files", done, of);
    }
    Ok(())
}

/// What is there goes to `kept`, what is staged takes its place.
fn swap(folder: &Path, staged: &Path, kept: &Path) -> io::Result<()> {
    made(kept)?;
    let names = ["control.db", "control.db-wal", "control.db-shm", "tenants"];
    for name in names {
        let old = folder.join(name);
        if old.exists() {
            move_over(&old, &kept.join(name))?;
        }
    }
    for name in names {
        let new = staged.join(name);
        if new.exists() {
            fs::rename(new, folder.join(name))?;
        }
    }
    fs::File::open(folder)?.sync_all()
}

/// Also to another disk.
fn move_over(from: &Path, to: &Path) -> io::Result<()> {
    match fs::rename(from, to) {
        Err(error) if error.kind() == io::ErrorKind::CrossesDevices => {
            if from.is_dir() {
                made(to)?;
                for entry in fs::read_dir(from)? {
                    let entry = entry?;
                    move_over(&entry.path(), &to.join(entry.file_name()))?;
                }
                return fs::remove_dir(from);
            }
            fs::copy(from, to)?;
            fs::File::open(to)?.sync_all()?;
            fs::remove_file(from)
        }
        other => other,
    }
}

/// The files of an older version, brought up to this one before their rows are taken.
fn bring_up(staged: &Path) -> Result<(), Trouble> {
    let files = Files::of(staged)?;
    drop(CarriedFile::open_to_change(&files.control)?.bring_up::<ControlPlane>()?);
    for (_, path) in &files.tenants {
        drop(CarriedFile::open_to_change(path)?.bring_up::<TenantPlane>()?);
    }
    Ok(())
}

/// What a database holds goes into files, and its companies are named.
async fn dump(options: &StoreOptions, kept: &Path) -> Result<Vec<TenantId>, Trouble> {
    made(&kept.join("tenants")).map_err(|error| cannot(kept, &error))?;
    let stores = Stores::open(options)?;
    let all = stores.control.read(carry::ids).await?;
    for id in &all {
        let path = kept.join("tenants").join(format!("{id}.db"));
        let scope = stores.tenants.scope(*id)?;
        drop(scope.read(move |c| whole_into_file(c, &path, &[])).await?);
    }
    let path = kept.join("control.db");
    drop(
        stores
            .control
            .read(move |c| whole_into_file(c, &path, &[]))
            .await?,
    );
    if fs::metadata(kept.join("control.db")).is_err() {
        return Err(Error::internal("what was there could not be kept").into());
    }
    Ok(all)
}
