//! Brings one company back to what it was while the others go on: its doors are shut from before what it has is kept until what it
//! had is there, so that nothing which was acknowledged is lost between the two.

use serde::Serialize;

use super::create::of_shut;
use super::manifest::Backup;
use super::verify::verify_those;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::carry::CarriedFile;
use crate::db::{Installation, TenantPlane, Told};
use crate::id::TenantId;
use crate::transfer::scratch::Scratch;
use crate::transfer::tables;
use crate::transfer::trouble::{Trouble, off_loop};
use crate::{Result, jobs, partners};

/// What a restore did, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct Restored {
    /// Whether it was done.
    pub done: bool,
    /// From which backup.
    pub backup: String,
    /// Where that which was replaced is kept.
    pub kept: Option<String>,
    /// Rows of each table.
    pub rows: Vec<(String, u64)>,
    /// Which companies are not in the backup and stay as they are, in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub without: Option<String>,
}

impl Restored {
    /// What the trail says of it.
    pub(super) fn told(&self) -> serde_json::Value {
        serde_json::json!({
            "backup": self.backup,
            "kept": self.kept,
            "rows": self.rows.iter().map(|(_, rows)| rows).sum::<u64>(),
            "without": self.without,
        })
    }
}

/// Restores one company from a backup. Its people and its record stay as they are now.
///
/// # Errors
/// [`Trouble::Unfit`] where the backup does not hold or has nothing of the company.
pub async fn restore_one(
    app: &App,
    actor: &Actor,
    backup: &Backup,
    (tenant, slug): (TenantId, &str),
    dry_run: bool,
    told: &Told,
) -> Result<Restored, Trouble> {
    let name = format!("tenants/{tenant}.db");
    let kept = backup.manifest.files.iter().find(|file| file.path == name);
    let left_out = backup.manifest.missing.iter();
    let why = left_out.filter(|one| one.tenant == tenant).map(|one| {
        let why = &one.why;
        format!(" It could not be read when the backup was made: {why}")
    });
    let why: String = why.collect();
    let rows = kept.map(|file| file.rows.clone()).ok_or_else(|| {
        Trouble::Unfit(format!(
            "{} has nothing of the company {slug}.{why}",
            backup.name
        ))
    })?;
    // What became of another company's file is no reason to leave this one as it is.
    let (whole, read, own) = (backup.clone(), told.clone(), name.clone());
    off_loop(move || verify_those(&whole, &|file| file == own || file == "control.db", &read))
        .await?;
    let mut restored = Restored {
        done: false,
        backup: backup.name.clone(),
        kept: None,
        rows,
        without: None,
    };
    if dry_run {
        return Ok(restored);
    }
    let built = Scratch::within(&app.config.data_dir.join("tenants"), "restore")?;
    let (all, tenants) = (tables::every(app), app.tenants.clone());
    let owner_url = app
        .config
        .database
        .postgres
        .as_ref()
        .map(|pg| pg.owner_url.clone());
    let from = backup.folder.join(&name);
    // All that takes long and needs nobody to wait comes first.
    let (built, doors) = off_loop(move || {
        CarriedFile::open(&from)?.vacuum_into(built.path())?;
        // A backup of an older version is brought up to this one.
        drop(CarriedFile::open_to_change(built.path())?.bring_up::<TenantPlane>()?);
        let doors = tenants.shut_doors(tenant, owner_url.as_ref().map(|url| url.expose()))?;
        Ok::<_, Trouble>((built, doors))
    })
    .await?;
    let whose = (tenant, slug.to_owned());
    // Of a file that is gone nothing is left to keep.
    restored.kept = match app.tenants.missing_file(tenant) {
        Some(_) => None,
        None => Some(
            of_shut(app, actor, whose, "before-restore", &doors)
                .await?
                .name,
        ),
    };
    let told = told.of_tables(restored.rows.clone());
    off_loop(move || {
        let what = Installation {
            file: built.path(),
            kept: None,
            clear: &all,
            tables: &all,
            owner_url: None,
            told: &told,
        };
        doors.install(what).map_err(Trouble::from)
    })
    .await?;
    partners::links_changed(app, tenant);
    restored.done = true;
    let event = Event::new("company.restored")
        .product("transfer")
        .target("company", &tenant, slug)
        .created(&restored.told());
    let (planner, by, own) = (app.clone(), actor.clone(), event.clone());
    // In the company's own trail, which is that of the backup again, and in the one that goes on.
    app.tenants
        .scope(tenant)?
        .write(move |c| {
            jobs::ensure_recurring(c, &planner)?;
            audit::record(c, &by, own.clone())
        })
        .await?;
    let actor = actor.clone();
    app.control
        .write(move |c| audit::record(c, &actor, event.clone()))
        .await?;
    Ok(restored)
}
