//! Brings a whole instance back: while it is stopped, and with what was there until then kept beside.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::create::kept;
use super::manifest::{Backup, Manifest, Missing};
use super::one::Restored;
use super::safety;
use super::swap::{STAGED, decide, finish_restore};
use super::unfinished::{Unfinished, waiting};
use super::verify::verify;
use crate::Result;
use crate::actor::Actor;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::crypto::KeyRing;
use crate::db::carry::{CarriedFile, settle, whole_into_file};
use crate::db::{ControlPlane, StoreOptions, Stores, TenantPlane, Told};
use crate::id::TenantId;
use crate::tenancy::{self, carry};
use crate::transfer::copy::{Files, into_server};
use crate::transfer::scratch::{cannot, made, removed, wrote};
use crate::transfer::trouble::{Trouble, off_loop};

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
    let staged = options.data_dir.join(STAGED);
    let cleared = || removed(&staged).map_err(|error| cannot(&staged, &error));
    cleared()?;
    safety::room(&options.data_dir, backup.bytes)?;
    let restored = match stage(backup, &staged, &options.told) {
        Ok(()) => go_on(backup, options, ring, target, &staged, dry_run).await,
        Err(error) => Err(cannot(&staged, &error)),
    };
    cleared()?;
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
    let named = safety::place(target, &backup.name);
    removed(&waiting(&named)).map_err(|error| cannot(target, &error))?;
    let shown = Some(named.display().to_string());
    if let Some(url) = options
        .owner_url
        .clone()
        .or_else(|| options.database_url.clone())
    {
        let old = wrote(target, dump(options, named).await)?;
        restored.kept = shown;
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
        let (folder, now) = (options.data_dir.clone(), options.clock.now());
        let missing = backup.manifest.missing.clone();
        let is_kept = off_loop(move || swap(&folder, &named, &missing, now)).await?;
        restored.kept = shown.filter(|_| is_kept);
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

/// What is there is kept, what is staged takes its place. Says whether anything was there.
fn swap(folder: &Path, named: &Path, missing: &[Missing], now: Timestamp) -> Result<bool, Trouble> {
    let unwritten = |error: io::Error| cannot(folder, &error);
    let old = safety::keep(folder, named, now)?;
    stay(folder, &folder.join(STAGED), missing).map_err(unwritten)?;
    decide(folder, old.as_ref().map(|_| named)).map_err(unwritten)?;
    let is_kept = old.map(Unfinished::leave).is_some();
    finish_restore(folder).map_err(|error| {
        Trouble::CannotWrite(format!(
            "What comes back is on disk in {} and could not be put into its place: {error}. The next start, or another restore, goes on from there.",
            folder.display()
        ))
    })?;
    Ok(is_kept)
}

/// Files of companies that the backup is without come along as they are.
fn stay(folder: &Path, staged: &Path, missing: &[Missing]) -> io::Result<()> {
    for one in missing {
        for tail in ["", "-wal", "-shm"] {
            let name = format!("tenants/{}.db{tail}", one.tenant);
            let (old, new) = (folder.join(&name), staged.join(&name));
            if old.exists() {
                fs::copy(old, &new)?;
                settle(&new, &new)?;
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

/// Copies the backup beside the data, on disk before anything is moved.
fn stage(backup: &Backup, staged: &Path, told: &Told) -> io::Result<()> {
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

/// The files of an older version, brought up to this one before their rows are taken.
fn bring_up(staged: &Path) -> Result<(), Trouble> {
    let files = Files::of(staged)?;
    drop(CarriedFile::open_to_change(&files.control)?.bring_up::<ControlPlane>()?);
    for (_, path) in &files.tenants {
        drop(CarriedFile::open_to_change(path)?.bring_up::<TenantPlane>()?);
    }
    Ok(())
}

/// What a database holds goes into a backup of its own, and its companies are named.
async fn dump(options: &StoreOptions, named: PathBuf) -> Result<Vec<TenantId>, Trouble> {
    let unfinished = Unfinished::at(named.clone()).map_err(|error| cannot(&named, &error))?;
    let stores = Stores::open(options)?;
    let all = stores.control.read(carry::ids).await?;
    let mut files = Vec::new();
    for id in &all {
        let name = format!("tenants/{id}.db");
        let path = unfinished.path().join(&name);
        let to = path.clone();
        let scope = stores.tenants.scope(*id)?;
        let file = scope.read(move |c| whole_into_file(c, &to, &[])).await?;
        files.push(off_loop(move || kept::<TenantPlane>(file, &path, name)).await?);
    }
    let path = unfinished.path().join("control.db");
    let to = path.clone();
    let file = stores
        .control
        .read(move |c| whole_into_file(c, &to, &[]))
        .await?;
    let manifest = Manifest::of(options.clock.now(), "postgres", files, Vec::new());
    off_loop(move || {
        let mut manifest = manifest;
        let control = kept::<ControlPlane>(file, &path, "control.db".to_owned())?;
        manifest.files.push(control);
        unfinished.finish(&manifest)
    })
    .await?;
    Ok(all)
}
