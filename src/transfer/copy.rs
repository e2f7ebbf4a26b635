//! A whole instance from one engine to the other: every company and the control plane with its data keys, without who is signed in.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::scratch::{cannot, made, wrote};
use super::trouble::{Trouble, off_loop};
use crate::actor::Actor;
use crate::audit::{self, Event};
use crate::db::carry::{
    CarriedFile, Server, ServerPlane, Sum, settle, sums, unchanged, whole_into_file,
};
use crate::db::{ControlPlane, StoreOptions, Stores, TenantPlane};
use crate::id::TenantId;
use crate::tenancy::{self, carry};
use crate::{Error, Result};

/// Who is signed in, and links under way: both are for this instance alone.
pub const LEFT_BEHIND: [&str; 3] = ["sessions", "one_times", "operator_sessions"];

/// The files of an instance.
#[derive(Debug, Clone)]
pub struct Files {
    /// The control plane.
    pub control: PathBuf,
    /// Each company.
    pub tenants: Vec<(TenantId, PathBuf)>,
}

/// What was copied.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Copied {
    /// Companies.
    pub companies: usize,
    /// Rows of all tables.
    pub rows: u64,
}

impl Copied {
    fn add(&mut self, sums: &[Sum]) {
        self.rows += sums.iter().map(|sum| sum.rows).sum::<u64>();
    }
}

impl Files {
    /// The files of a data folder or a backup that holds every company of its registry.
    ///
    /// # Errors
    /// [`Trouble::Unfit`] where there is no control plane.
    pub fn of(folder: &Path) -> Result<Self, Trouble> {
        let control = folder.join("control.db");
        if !control.is_file() {
            return Err(Trouble::Unfit(format!(
                "There is no instance in {}.",
                folder.display()
            )));
        }
        let mut tenants = Vec::new();
        let listed = fs::read_dir(folder.join("tenants")).map(|entries| entries.flatten());
        for entry in listed.into_iter().flatten() {
            let path = entry.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            let id = stem.and_then(|stem| stem.parse().ok());
            if let Some(id) = id
                && path.extension().is_some_and(|ending| ending == "db")
            {
                tenants.push((id, path));
            }
        }
        tenants.sort();
        Ok(Self { control, tenants })
    }
}

/// Puts files into a database in one transaction, in the place of whatever is there. Blocks.
///
/// # Errors
/// Where rows do not fit or the server fails; then nothing of it stays.
pub fn into_server(
    owner_url: &str,
    files: &Files,
    old: &[TenantId],
    leave: &[&str],
    say: &dyn Fn(&str, usize),
) -> Result<(), Trouble> {
    let mut server = Server::begin(owner_url)?;
    let mut control = CarriedFile::open(&files.control)?;
    let all = control.tables()?;
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let mut kept = all.clone();
    kept.retain(|table| !leave.contains(table));
    say("the control plane", 0);
    server.replace(ServerPlane::Control, &mut control, &all, &kept, &|_, _| {})?;
    for (number, (id, path)) in files.tenants.iter().enumerate() {
        let words = format!("company {} of {} ({id})", number + 1, files.tenants.len());
        say(&words, number + 1);
        let mut file = CarriedFile::open(path)?;
        let tables = file.tables()?;
        let tables: Vec<&str> = tables.iter().map(String::as_str).collect();
        // Once, with the tables of the first file: companies that are here and not among those that come.
        let here = old.iter().filter(|_| number == 0);
        for gone in here.filter(|id| files.tenants.iter().all(|(known, _)| known != *id)) {
            server.clear(ServerPlane::Tenant(*gone), &tables)?;
        }
        server.replace(
            ServerPlane::Tenant(*id),
            &mut file,
            &tables,
            &tables,
            &|_, _| {},
        )?;
    }
    server.commit()?;
    Ok(())
}

/// Copies the files of a stopped instance into an empty database that is migrated, and compares every table.
///
/// # Errors
/// [`Trouble::Refused`] where the database holds an instance, or the file of a company is missing.
pub async fn to_server(from: &Path, to: &StoreOptions, say: fn(&str)) -> Result<Copied, Trouble> {
    let owner_url = to.owner_url.clone().or_else(|| to.database_url.clone());
    let owner_url = owner_url.ok_or_else(|| Error::internal("no database is named"))?;
    let files = Files::of(from)?;
    refuse_missing(from, to, &files).await?;
    let stores = Stores::open(to)?;
    if !stores.control.read(carry::ids).await?.is_empty() {
        return Err(Trouble::Refused(
            "The database holds an instance already, so nothing was copied. Name an empty one."
                .to_owned(),
        ));
    }
    let loaded = files.clone();
    let (told, of) = (to.told.clone(), files.tenants.len() as u64);
    let say_both = move |words: &str, number: usize| {
        say(words);
        told.at("companies", number as u64, of);
    };
    off_loop(move || into_server(&owner_url, &loaded, &[], &LEFT_BEHIND, &say_both)).await?;
    say("comparing");
    let noted = async {
        let copied = compared(&stores, files).await?;
        note(&stores, from.display().to_string(), &copied).await?;
        Ok(copied)
    };
    let noted = noted.await;
    stores.shutdown().await;
    noted
}

/// Refuses where the registry knows companies that have no file: a copy without them would be equal to what is there, and lose them.
async fn refuse_missing(from: &Path, to: &StoreOptions, files: &Files) -> Result<(), Trouble> {
    let here = Stores::open(&in_files(from, to))?;
    let all = here.control.read(tenancy::companies).await;
    here.shutdown().await;
    let mut gone = Vec::new();
    for company in all? {
        if files.tenants.iter().all(|(id, _)| *id != company.id) {
            gone.push(format!("{} ({})", company.slug, company.id));
        }
    }
    if gone.is_empty() {
        return Ok(());
    }
    Err(Trouble::Refused(format!(
        "The files of these companies are missing in {}/tenants, so nothing was copied: {}. Bring each back with `steading restore NAME --tenant SLUG`, or delete it.",
        from.display(),
        gone.join(", ")
    )))
}

/// The options of an instance in files.
fn in_files(folder: &Path, like: &StoreOptions) -> StoreOptions {
    StoreOptions {
        data_dir: folder.to_owned(),
        database_url: None,
        owner_url: None,
        ..like.clone()
    }
}

/// The copy in the trail of the side that goes on.
async fn note(stores: &Stores, from: String, copied: &Copied) -> Result<()> {
    let event = Event::new("instance.copied")
        .product("transfer")
        .target("instance", &from, &from)
        .created(copied);
    let write = stores
        .control
        .write(move |c| audit::record(c, &Actor::shell(), event.clone()));
    write.await
}

/// Every table of files beside that of stores.
async fn compared(stores: &Stores, files: Files) -> Result<Copied, Trouble> {
    let mut copied = Copied {
        companies: files.tenants.len(),
        rows: 0,
    };
    let path = files.control.clone();
    let (tables, wanted) = off_loop(move || {
        let mut file = CarriedFile::open(&path)?;
        let mut tables = file.tables()?;
        tables.retain(|table| !LEFT_BEHIND.contains(&table.as_str()));
        let names: Vec<&str> = tables.iter().map(String::as_str).collect();
        let sums = file.sums::<ControlPlane>(&names, &unchanged)?;
        Ok::<_, Trouble>((tables, sums))
    })
    .await?;
    let held = stores.control.read(move |c| {
        let names: Vec<&str> = tables.iter().map(String::as_str).collect();
        sums(c, &names, &unchanged)
    });
    copied.add(&same("the control plane", held.await?, &wanted)?);
    for (id, path) in files.tenants {
        let (tables, wanted) = off_loop(move || {
            let mut file = CarriedFile::open(&path)?;
            let tables = file.tables()?;
            let names: Vec<&str> = tables.iter().map(String::as_str).collect();
            let sums = file.sums::<TenantPlane>(&names, &unchanged)?;
            Ok::<_, Trouble>((tables, sums))
        })
        .await?;
        let scope = stores.tenants.scope(id)?;
        let held = scope.read(move |c| {
            let names: Vec<&str> = tables.iter().map(String::as_str).collect();
            sums(c, &names, &unchanged)
        });
        copied.add(&same(&id.to_string(), held.await?, &wanted)?);
    }
    Ok(copied)
}

fn same(what: &str, held: Vec<Sum>, wanted: &[Sum]) -> Result<Vec<Sum>, Trouble> {
    if held == wanted {
        return Ok(held);
    }
    Err(Error::internal(format!("{what} does not hold the same rows after the copy")).into())
}

/// Copies a database into an empty folder, and compares every table. The keys stay where they are.
///
/// # Errors
/// [`Trouble::Refused`] where the folder is not empty.
pub async fn to_folder(from: &StoreOptions, to: &Path, say: fn(&str)) -> Result<Copied, Trouble> {
    let stores = Stores::open(from)?;
    made(&to.join("tenants")).map_err(|error| cannot(to, &error))?;
    let mut files = Files {
        control: to.join("control.db"),
        tenants: Vec::new(),
    };
    if files.control.exists()
        || fs::read_dir(to.join("tenants")).is_ok_and(|mut all| all.next().is_some())
    {
        return Err(Trouble::Refused(format!(
            "There is an instance in {} already, so nothing was copied. Name an empty folder.",
            to.display()
        )));
    }
    let all = stores.control.read(carry::ids).await?;
    for (number, id) in all.iter().enumerate() {
        say(&format!("company {} of {} ({id})", number + 1, all.len()));
        from.told
            .at("companies", number as u64 + 1, all.len() as u64);
        let path = to.join("tenants").join(format!("{id}.db"));
        let target = path.clone();
        let scope = stores.tenants.scope(*id)?;
        let file = scope.read(move |c| whole_into_file(c, &target, &[])).await;
        drop(wrote(to, file)?);
        files.tenants.push((*id, path));
    }
    say("the control plane");
    let target = files.control.clone();
    let file = stores
        .control
        .read(move |c| whole_into_file(c, &target, &LEFT_BEHIND));
    drop(wrote(to, file.await)?);
    for path in files
        .tenants
        .iter()
        .map(|(_, path)| path)
        .chain([&files.control])
    {
        settle(path, path).map_err(|error| cannot(path, &error))?;
    }
    say("comparing");
    let copied = compared(&stores, files).await?;
    stores.shutdown().await;
    let there = Stores::open(&in_files(to, from))?;
    // Its address holds a password, so it is not named.
    let noted = note(&there, "postgres".to_owned(), &copied).await;
    there.shutdown().await;
    noted?;
    Ok(copied)
}
