//! Makes a backup while everybody goes on: each store in one snapshot, the control plane last, so that no company's key is missing.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::manifest::{BackedFile, Backup, FORMAT, MANIFEST, Manifest, Missing, hashed};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::db::carry::{CarriedFile, settle, whole_into_file};
use crate::db::{ControlPlane, Plane, ShutDoors, TenantPlane, Told};
use crate::id::TenantId;
use crate::tenancy::{self, carry};
use crate::transfer::scratch::cannot;
use crate::transfer::trouble::{Trouble, off_loop};
use crate::version::VERSION;
use crate::{Error, Result};

/// An unfinished folder; gone where it did not get its name.
struct Unfinished(PathBuf);

impl Drop for Unfinished {
    fn drop(&mut self) {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::warn!(%error, folder = %self.0.display(), "An unfinished backup could not be removed");
            }
            _ => {}
        }
    }
}

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
    let (unfinished, folder) = begin(&target, word, made_at)?;
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
            match tenant_file(app, id, &unfinished.0, doors).await {
                Ok(file) => files.push(file),
                // The target fails all of them alike; and who asked for one company gets it or nothing.
                Err(trouble) if wanted.is_some() || matches!(trouble, Trouble::CannotWrite(_)) => {
                    return Err(trouble);
                }
                Err(trouble) => missing.push(left_out(app, id, &unfinished.0, &trouble).await?),
            }
            told.at("companies", done.len() as u64, wanted.map_or(of, |_| 1));
            continue;
        }
        let control = control_file(app, &unfinished.0).await?;
        // A company that was opened meanwhile is in the registry that was just written: it goes along.
        let late = app.control.read(carry::ids).await?;
        if wanted.is_some() || late.iter().all(|id| done.contains(id)) {
            files.push(control);
            break;
        }
        fs::remove_file(unfinished.0.join("control.db")).map_err(|e| cannot(&target, &e))?;
    }
    let manifest = Manifest {
        format: FORMAT,
        version: VERSION.to_owned(),
        made_at,
        engine: app.tenants.engine().to_owned(),
        tenant: tenant.as_ref().map(|(_, slug)| slug.clone()),
        files,
        missing,
    };
    let named = folder.clone();
    let backup = off_loop(move || finish(unfinished, &named, &manifest)).await?;

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

/// An unfinished folder, and the one it will be.
fn begin(target: &Path, word: &str, now: Timestamp) -> Result<(Unfinished, PathBuf), Trouble> {
    let stamp: String = now
        .to_string()
        .chars()
        .take(19)
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let names = std::iter::once(format!("{word}-{stamp}Z"))
        .chain((2..).map(|number| format!("{word}-{stamp}Z-{number}")));
    let name = names
        .take(1_000)
        .find(|name| !target.join(name).exists())
        .ok_or_else(|| Error::internal("there is no free name for a backup"))?;
    let unfinished = target.join(format!(".{name}.new"));
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder
        .create(unfinished.join("tenants"))
        .map_err(|error| cannot(target, &error))?;
    Ok((Unfinished(unfinished), target.join(name)))
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
fn kept<P: Plane>(file: CarriedFile, path: &Path, name: String) -> Result<BackedFile, Trouble> {
    let (mut file, steps) = file.steps::<P>()?;
    let rows = file.counts()?;
    drop(file);
    settle(path, path).map_err(|error| cannot(path, &error))?;
    let (sha256, bytes) = hashed(path).map_err(|error| cannot(path, &error))?;
    Ok(BackedFile {
        path: name,
        bytes,
        sha256,
        rows,
        steps: steps.applied,
    })
}

/// The manifest last, then the name.
fn finish(unfinished: Unfinished, folder: &Path, manifest: &Manifest) -> Result<Backup, Trouble> {
    let text = serde_json::to_string_pretty(manifest).map_err(|e| Error::Internal(Box::new(e)))?;
    let path = unfinished.0.join(MANIFEST);
    fs::write(&path, text + "\n")
        .and_then(|()| settle(&path, &path))
        .and_then(|()| fs::File::open(unfinished.0.join("tenants"))?.sync_all())
        .and_then(|()| fs::rename(&unfinished.0, folder))
        .and_then(|()| match folder.parent() {
            Some(parent) => fs::File::open(parent)?.sync_all(),
            None => Ok(()),
        })
        .map_err(|error| cannot(folder, &error))?;
    Backup::read(folder)
}
