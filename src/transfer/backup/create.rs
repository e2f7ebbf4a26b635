//! Makes a backup while everybody goes on: each store in one snapshot, the control plane last, so that no company's key is missing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::manifest::{BackedFile, Backup, Manifest, Missing, hashed};
use super::unfinished::{Unfinished, sweep, waiting};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::db::carry::{CarriedFile, settle, whole_into_file};
use crate::db::{ControlPlane, Plane, ShutDoors, TenantPlane, Told};
use crate::id::TenantId;
use crate::tenancy::{self, carry};
use crate::transfer::scratch::{cannot, wrote};
use crate::transfer::trouble::{Trouble, off_loop};
use crate::{Error, Result};

/// As much is written to a target to see whether it takes anything.
const PROBE_BYTES: usize = 1 << 16;

/// Makes a backup of everything, or of one company, in `backup.target`. `word` begins its name. A company whose store cannot be read
/// does not keep the others from theirs: the backup of everything names it.
///
/// # Errors
/// [`Trouble::CannotWrite`]; where the one company's store or the control plane does not answer. Then nothing stays of it.
pub async fn create(
    app: &App,
    actor: &Actor,
    tenant: Option<(TenantId, String)>,
    word: &str,
    told: &Told,
) -> Result<Backup, Trouble> {
    copied(app, actor, tenant, word, None, told).await
}

/// A backup of one company behind its shut doors: everything that was acknowledged is in it.
pub(super) async fn of_shut(
    app: &App,
    actor: &Actor,
    tenant: (TenantId, String),
    word: &str,
    doors: &ShutDoors,
) -> Result<Backup, Trouble> {
    copied(
        app,
        actor,
        Some(tenant),
        word,
        Some(doors),
        &Told::default(),
    )
    .await
}

async fn copied(
    app: &App,
    actor: &Actor,
    tenant: Option<(TenantId, String)>,
    word: &str,
    doors: Option<&ShutDoors>,
    told: &Told,
) -> Result<Backup, Trouble> {
    let target = app.config.backup.target.clone();
    let made_at = app.clock.now();
    let unfinished = begin(&target, word, made_at)?;
    let wanted = tenant.as_ref().map(|(id, _)| *id);
    let mut done = BTreeSet::new();
    let mut files = Vec::new();
    let mut missing = Vec::new();
    loop {
        let all = app.control.read(carry::ids).await?;
        let of = all.len() as u64;
        let next = all
            .into_iter()
            .find(|id| !done.contains(id) && wanted.is_none_or(|one| one == *id));
        if let Some(id) = next {
            done.insert(id);
            match wrote(
                &target,
                tenant_file(app, id, unfinished.path(), doors).await,
            ) {
                Ok(file) => files.push(file),
                // The target fails all of them alike; and who asked for one company gets it or nothing.
                Err(trouble) if wanted.is_some() || matches!(trouble, Trouble::CannotWrite(_)) => {
                    return Err(trouble);
                }
                Err(trouble) => {
                    probe(unfinished.path())?;
                    missing.push(left_out(app, id, unfinished.path(), &trouble).await?);
                }
            }
            told.at("companies", done.len() as u64, wanted.map_or(of, |_| 1));
            continue;
        }
        let control = wrote(&target, control_file(app, unfinished.path()).await)?;
        // A company that was opened meanwhile is in the registry that was just written: it goes along.
        let late = app.control.read(carry::ids).await?;
        if wanted.is_some() || late.iter().all(|id| done.contains(id)) {
            files.push(control);
            break;
        }
        fs::remove_file(unfinished.path().join("control.db")).map_err(|e| cannot(&target, &e))?;
    }
    let mut manifest = Manifest::of(made_at, app.tenants.engine(), files, missing);
    manifest.tenant = tenant.as_ref().map(|(_, slug)| slug.clone());
    let backup = off_loop(move || unfinished.finish(&manifest)).await?;

    let event =
        Event::new("backup.made")
            .product("transfer")
            .target("backup", &backup.name, &backup.name);
    let actor = actor.clone();
    app.control
        .write(move |c| audit::record(c, &actor, event.clone()))
        .await?;
    Ok(backup)
}

/// Whether one of the companies that a backup is without can be read by now, or is gone from the registry.
pub(super) async fn has_changed(app: &App, backup: &Backup) -> Result<bool, Trouble> {
    let target = &app.config.backup.target;
    let unfinished = begin(target, "backup", app.clock.now())?;
    let all = app.control.read(carry::ids).await?;
    for one in &backup.manifest.missing {
        let tried = async { tenant_file(app, one.tenant, unfinished.path(), None).await };
        match wrote(target, tried.await) {
            Err(trouble @ Trouble::CannotWrite(_)) => return Err(trouble),
            Err(_) if all.contains(&one.tenant) => {}
            _ => return Ok(true),
        }
    }
    Ok(false)
}

/// A folder under a name that nobody has.
fn begin(target: &Path, word: &str, now: Timestamp) -> Result<Unfinished, Trouble> {
    sweep(target);
    let stamp: String = now
        .to_string()
        .chars()
        .take(19)
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let names = std::iter::once(format!("{word}-{stamp}Z"))
        .chain((2..).map(|number| format!("{word}-{stamp}Z-{number}")));
    let named = names
        .take(1_000)
        .map(|name| target.join(name))
        .find(|named| !named.exists() && !waiting(named).exists())
        .ok_or_else(|| Error::internal("there is no free name for a backup"))?;
    Unfinished::at(named).map_err(|error| cannot(target, &error))
}

/// Refuses where the folder takes nothing: then it is not the company's store that failed.
fn probe(folder: &Path) -> Result<(), Trouble> {
    let path = folder.join("probe");
    fs::write(&path, vec![0_u8; PROBE_BYTES])
        .and_then(|()| fs::remove_file(&path))
        .map_err(|error| cannot(folder, &error))
}

/// Says which company is not in the backup, and takes away what was begun of it.
async fn left_out(
    app: &App,
    id: TenantId,
    folder: &Path,
    trouble: &Trouble,
) -> Result<Missing, Trouble> {
    for tail in ["", "-journal", "-wal", "-shm"] {
        match fs::remove_file(folder.join(format!("tenants/{id}.db{tail}"))) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(cannot(folder, &error));
            }
            _ => {}
        }
    }
    let all = app.control.read(tenancy::companies).await?;
    let slug = all
        .into_iter()
        .find(|company| company.id == id)
        .map_or_else(|| id.to_string(), |company| company.slug.to_string());
    tracing::error!(tenant.id = %id, %trouble, "A company could not be backed up");
    Ok(Missing {
        tenant: id,
        slug,
        why: trouble.to_string(),
    })
}

async fn tenant_file(
    app: &App,
    id: TenantId,
    folder: &Path,
    doors: Option<&ShutDoors>,
) -> Result<BackedFile, Trouble> {
    let name = format!("tenants/{id}.db");
    let path = folder.join(&name);
    if let Some(doors) = doors {
        let file = doors.copy_into(&path).await?;
        return off_loop(move || kept::<TenantPlane>(file, &path, name)).await;
    }
    match app.tenants.file(id) {
        Some(store) => vacuumed::<TenantPlane>(store, path, name).await,
        None => {
            let scope = app.tenants.scope(id)?;
            let to = path.clone();
            let file = scope.read(move |c| whole_into_file(c, &to, &[])).await?;
            off_loop(move || kept::<TenantPlane>(file, &path, name)).await
        }
    }
}

async fn control_file(app: &App, folder: &Path) -> Result<BackedFile, Trouble> {
    let (name, path) = ("control.db".to_owned(), folder.join("control.db"));
    if app.tenants.is_sole() {
        let store = app.config.data_dir.join("control.db");
        return vacuumed::<ControlPlane>(store, path, name).await;
    }
    let to = path.clone();
    let file = app
        .control
        .read(move |c| whole_into_file(c, &to, &[]))
        .await?;
    off_loop(move || kept::<ControlPlane>(file, &path, name)).await
}

async fn vacuumed<P: Plane>(
    store: PathBuf,
    path: PathBuf,
    name: String,
) -> Result<BackedFile, Trouble> {
    off_loop(move || {
        CarriedFile::open(&store)?.vacuum_into(&path)?;
        kept::<P>(CarriedFile::open(&path)?, &path, name)
    })
    .await
}

/// Counts, syncs and hashes a file.
pub(super) fn kept<P: Plane>(
    file: CarriedFile,
    path: &Path,
    name: String,
) -> Result<BackedFile, Trouble> {
    let (mut file, steps) = file.steps::<P>()?;
    let rows = file.counts()?;
    drop(file);
    hashed_file(path, name, rows, steps.applied)
}

/// Syncs and hashes a file of which it is known what is in it.
pub(super) fn hashed_file(
    path: &Path,
    name: String,
    rows: Vec<(String, u64)>,
    steps: Vec<String>,
) -> Result<BackedFile, Trouble> {
    settle(path, path).map_err(|error| cannot(path, &error))?;
    let (sha256, bytes) = hashed(path).map_err(|error| cannot(path, &error))?;
    Ok(BackedFile {
        path: name,
        bytes,
        sha256,
        rows,
        steps,
    })
}
