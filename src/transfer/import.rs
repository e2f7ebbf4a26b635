//! Takes a company in from its export: whole or not at all, into either engine.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::export::password_place;
use super::header::{Header, Looked, look};
use super::scratch::Scratch;
use super::trouble::{Trouble, off_loop};
use super::{sealed, tables};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::config::{Secret, Tenancy};
use crate::crypto::{PassphraseKey, Sealed, WrappedKey};
use crate::db::carry::{CarriedFile, Sum, Table};
use crate::db::{Installation, TenantPlane, Told};
use crate::id::TenantId;
use crate::identity::{Entered, enter_members};
use crate::tenancy::{Status, carry, projects};
use crate::{Error, Result, identity, jobs, partners};

/// The one company of an instance that serves one.
const ONLY: &str = "default";

/// What is wanted.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// Another slug than the company had.
    pub slug: Option<String>,
    /// The passphrase of a file with secrets.
    pub passphrase: Option<Secret>,
    /// Whether they may stay behind where there is no passphrase.
    pub without_secrets: bool,
    /// Where word of how far it is goes.
    pub told: Told,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Serialize)]
pub struct Imported {
    /// Whether it was done.
    pub done: bool,
    /// The company's slug here.
    pub slug: String,
    /// Its id here; none before it is made.
    pub id: Option<TenantId>,
    /// The slug it had.
    pub from: String,
    /// Whether its secrets came along.
    pub secrets: bool,
    /// People in the file.
    pub members: usize,
    /// What became of them.
    pub entered: Option<Entered>,
    /// Numbers of its record that another company here has, so that they stayed behind.
    pub left_behind: Vec<&'static str>,
    /// Rows of all tables.
    pub rows: u64,
    /// Each table.
    pub tables: Vec<Sum>,
}

/// Where it goes.
struct Place {
    slug: String,
    /// A company that is here and empty.
    here: Option<TenantId>,
    /// Where word of how far it is goes.
    told: Told,
}

/// Says what an import would do, and changes nothing.
///
/// # Errors
/// As [`import`].
pub async fn preview(app: &App, path: &Path, wish: &Wish) -> Result<Imported, Trouble> {
    let (looked, key) = opened(path, wish).await?;
    let place = place(app, &looked.header, wish).await?;
    Ok(told(&looked.header, &place, key.is_some()))
}

/// Imports a company.
///
/// # Errors
/// [`Trouble::Unfit`] for a file that is damaged, foreign or newer, or another passphrase; [`Trouble::Refused`] where the company
/// is here already and not empty, or its secrets would stay behind unasked.
pub async fn import(
    app: &App,
    actor: &Actor,
    path: &Path,
    wish: &Wish,
) -> Result<Imported, Trouble> {
    let (looked, key) = opened(path, wish).await?;
    let place = place(app, &looked.header, wish).await?;
    if looked.header.secrets.is_some() && key.is_none() && !wish.without_secrets {
        return Err(Trouble::Refused(
            "The file holds secrets and no passphrase was given, so nothing was changed. Give it with --passphrase-stdin, or leave the secrets behind with --without-secrets."
                .to_owned(),
        ));
    }
    let mut told = told(&looked.header, &place, key.is_some());
    let id = place.here.unwrap_or_else(|| TenantId::new(app.clock.now()));
    let data_key = match place.here {
        Some(_) => None,
        None => Some(app.vault.new_data_key(id.uuid())?),
    };
    if let Some(data_key) = &data_key {
        app.vault.load([data_key.clone()]);
    }
    let taken = take(app, actor, looked, key, id, &place, data_key.clone()).await;
    let (entered, left_behind, sums) = match taken {
        Ok(taken) => taken,
        Err(trouble) => {
            if data_key.is_some() {
                forget(app, id).await;
            }
            return Err(trouble);
        }
    };
    identity::people_changed(app).await?;
    partners::links_changed(app, id);
    let planner = app.clone();
    app.tenants
        .scope(id)?
        .write(move |c| jobs::ensure_recurring(c, &planner))
        .await?;
    told.done = true;
    told.id = Some(id);
    told.entered = Some(entered);
    told.left_behind = left_behind;
    told.tables = sums;
    Ok(told)
}

/// Looks a file through before anything is made for it.
///
/// # Errors
/// [`Trouble::Unfit`].
pub async fn check(path: &Path) -> Result<(), Trouble> {
    let path = path.to_owned();
    off_loop(move || look(&path).map(drop)).await
}

/// The file, looked through, with its key where it has secrets and the passphrase is given.
async fn opened(path: &Path, wish: &Wish) -> Result<(Looked, Option<PassphraseKey>), Trouble> {
    let (path, passphrase) = (path.to_owned(), wish.passphrase.clone());
    off_loop(move || {
        let looked = look(&path)?;
        let key = match (&looked.header.secrets, passphrase) {
            (Some(note), Some(passphrase)) => {
                let owner = looked.header.tenant.uuid();
                let unfit = |why: &str| Trouble::Unfit(why.to_owned());
                let key = PassphraseKey::of(note, passphrase.expose(), owner)
                    .map_err(|_| unfit("What the file says of its passphrase cannot be read."))?;
                Some(key.ok_or_else(|| unfit("This is not the passphrase of the file."))?)
            }
            (None, Some(_)) => {
                return Err(Trouble::Unfit(
                    "The file holds no secrets, so it has no passphrase.".to_owned(),
                ));
            }
            (_, None) => None,
        };
        Ok((looked, key))
    })
    .await
}

fn told(header: &Header, place: &Place, secrets: bool) -> Imported {
    Imported {
        done: false,
        slug: place.slug.clone(),
        id: place.here,
        from: header.company.slug.clone(),
        secrets,
        members: header.members.len(),
        entered: None,
        left_behind: Vec::new(),
        rows: header.tables.iter().map(|sum| sum.rows).sum(),
        tables: header.tables.clone(),
    }
}

/// Where it goes, or why it cannot.
async fn place(app: &App, header: &Header, wish: &Wish) -> Result<Place, Trouble> {
    let slug = match (app.config.tenancy, wish.slug.as_deref()) {
        (Tenancy::Single, None | Some(ONLY)) => ONLY.to_owned(),
        (Tenancy::Single, Some(_)) => {
            return Err(Trouble::Refused(
                "This instance serves one company, which has no slug of its own: leave --as out, or set tenancy to multi.".to_owned(),
            ));
        }
        (Tenancy::Multi, wished) => wished.unwrap_or(&header.company.slug).to_owned(),
    };
    // Refused before anything is made.
    header
        .company
        .company(header.tenant, &slug)
        .map_err(|error| match error {
            Error::Invalid(fields) => Trouble::Unfit(
                fields
                    .iter()
                    .map(|field| field.message.clone())
                    .collect::<Vec<_>>()
                    .join(" "),
            ),
            other => other.into(),
        })?;
    let wanted = slug.clone();
    let here = app
        .control
        .read(move |c| carry::by_slug(c, &wanted))
        .await?;
    let Some(here) = here else {
        return Ok(Place {
            slug,
            here: None,
            told: wish.told.clone(),
        });
    };
    if here.status == Status::Frozen {
        return Err(Error::Frozen.into());
    }
    let names = tables::carried(app);
    let held = app
        .tenants
        .scope(here.id)?
        .read(move |c| crate::db::carry::sums(c, &names, &sealed::taken_out))
        .await?;
    let of = here.id;
    let projects = app.control.read(move |c| projects::all(c, of)).await?;
    if held.iter().any(|sum| sum.rows > 0) || !projects.is_empty() {
        return Err(Trouble::Refused(format!(
            "The company {slug} is here and not empty, so nothing was changed. {}",
            match app.config.tenancy {
                Tenancy::Single =>
                    "Import into an instance of its own: `steading serve --from FILE` in an empty folder.",
                Tenancy::Multi => "Give the import another slug with --as.",
            }
        )));
    }
    Ok(Place {
        slug,
        here: Some(here.id),
        told: wish.told.clone(),
    })
}

/// Rows first, then the registry: a crash between them leaves rows nobody refers to, never a company without them.
async fn take(
    app: &App,
    actor: &Actor,
    looked: Looked,
    key: Option<PassphraseKey>,
    id: TenantId,
    place: &Place,
    data_key: Option<WrappedKey>,
) -> Result<(Entered, Vec<&'static str>, Vec<Sum>), Trouble> {
    let mut header = looked.header.clone();
    let rows = header.tables.iter();
    let told = place
        .told
        .of_tables(rows.map(|sum| (sum.table.clone(), sum.rows)).collect());
    for member in &mut header.members {
        member.password_hash = match (member.password_hash.take(), &key) {
            (Some(sealed), Some(key)) => {
                let record = member.id.to_string();
                let plain = key.open(password_place(&record), &Sealed::parse(&sealed)?)?;
                plain.expose_str().map(ToOwned::to_owned)
            }
            _ => None,
        };
    }
    let company = header.company.company(id, &place.slug)?;
    let wanted = install(app, looked, key, id, told).await?;
    let names = tables::carried(app);
    let held = app
        .tenants
        .scope(id)?
        .read(move |c| crate::db::carry::sums(c, &names, &sealed::taken_out))
        .await?;
    if held != wanted {
        return Err(Error::internal("the rows that came are not those of the file").into());
    }
    let event = Event::new("company.imported").product("transfer").target(
        "company",
        &id,
        &header.company.name,
    );
    let actor = actor.clone();
    let (slug, trial_days) = (place.slug.clone(), app.config.trial_days);
    let tenancy = app.config.tenancy;
    let (entered, left_behind) = app
        .control
        .write(move |c| {
            let left_behind = match &data_key {
                Some(key) => carry::enter_carried(c, &company, key, &header.company, trial_days)?,
                None => carry::overwrite(c, &company, &header.company)?,
            };
            let entered = enter_members(c, id, &header.members, tenancy)?;
            audit::record(c, &actor, event.clone())?;
            Ok((entered, left_behind))
        })
        .await
        .map_err(|error| match error {
            Error::Duplicate => Trouble::Refused(format!(
                "A company {slug} came to be in the meantime, so nothing was changed."
            )),
            other => other.into(),
        })?;
    Ok((entered, left_behind, held))
}

/// A fresh file of this version with the rows, their secrets under the company's own key, in the company's place.
async fn install(
    app: &App,
    mut looked: Looked,
    key: Option<PassphraseKey>,
    id: TenantId,
    told: Told,
) -> Result<Vec<Sum>, Trouble> {
    let folder: PathBuf = app.config.data_dir.join("tenants");
    let (copy, built) = (
        Scratch::within(&folder, "older")?,
        Scratch::within(&folder, "import")?,
    );
    let (names, all) = (tables::carried(app), tables::every(app));
    let (vault, tenants) = (app.vault.clone(), app.tenants.clone());
    let owner_url = app
        .config
        .database
        .postgres
        .as_ref()
        .map(|pg| pg.owner_url.clone());
    off_loop(move || {
        if looked.is_older {
            looked.file.vacuum_into(copy.path())?;
            looked.file = CarriedFile::open_to_change(copy.path())?.bring_up::<TenantPlane>()?;
        }
        let change = |table: &Table, row: &mut [_]| match &key {
            None => sealed::taken_out(table, row),
            Some(key) => sealed::to_vault(&vault, id, key, table, row),
        };
        let mut fresh = CarriedFile::fresh::<TenantPlane>(built.path())?;
        looked
            .file
            .copy_into::<TenantPlane>(&mut fresh, &names, &change, &told)?;
        let sums = fresh.sums::<TenantPlane>(&names, &sealed::taken_out)?;
        drop(fresh);
        tenants.install(
            id,
            Installation {
                file: built.path(),
                kept: None,
                clear: &all,
                tables: &names,
                owner_url: owner_url.as_ref().map(|url| url.expose()),
                told: &told,
            },
        )?;
        Ok(sums)
    })
    .await
}

/// Takes back what was made for a company that did not come.
async fn forget(app: &App, id: TenantId) {
    app.vault.forget(id.uuid());
    let (tenants, all) = (app.tenants.clone(), tables::every(app));
    let owner_url = app
        .config
        .database
        .postgres
        .as_ref()
        .map(|pg| pg.owner_url.clone());
    let removed =
        off_loop(move || tenants.discard(id, &all, owner_url.as_ref().map(|url| url.expose())));
    if let Err(error) = removed.await {
        tracing::warn!(%error, tenant.id = %id, "Rows of a company that was not taken in could not be removed");
    }
}
