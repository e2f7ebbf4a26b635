//! Makes a backup while everybody goes on: each store in one snapshot, the control plane last, so that no company's key is missing.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::manifest::{BackedFile, Backup, FORMAT, MANIFEST, Manifest, hashed};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::db::carry::{CarriedFile, settle, whole_into_file};
use crate::db::{ControlPlane, Plane, TenantPlane};
use crate::id::TenantId;
use crate::tenancy::carry;
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

/// Makes a backup of everything, or of one company, in `backup.target`. `word` begins its name.
///
/// # Errors
/// [`Trouble::CannotWrite`]; where a store does not answer. Then nothing stays of it.
pub async fn create(
    app: &App,
    actor: &Actor,
    tenant: Option<(TenantId, String)>,
    word: &str,
) -> Result<Backup, Trouble> {
    let target = app.config.backup.target.clone();
    let made_at = app.clock.now();
    let (unfinished, folder) = begin(&target, word, made_at)?;
    let wanted = tenant.as_ref().map(|(id, _)| *id);
    let mut done = BTreeSet::new();
    let mut files = Vec::new();
    loop {
        let all = app.control.read(carry::ids).await?;
        let next = all
            .into_iter()
            .find(|id| !done.contains(id) && wanted.is_none_or(|one| one == *id));
        if let Some(id) = next {
            done.insert(id);
            let name = format!("tenants/{id}.db");
            files.push(tenant_file(app, id, &unfinished.0, name).await?);
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

async fn tenant_file(
    app: &App,
    id: TenantId,
    folder: &Path,
    name: String,
) -> Result<BackedFile, Trouble> {
    let path = folder.join(&name);
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
