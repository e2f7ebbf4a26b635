//! Writes a company's export: one snapshot of its tables, its record and its people, in one file that is whole or not there.

use std::path::{Path, PathBuf};

use serde::Serialize;

use super::header::{FORMAT, Header};
use super::scratch::{Scratch, cannot, wrote};
use super::trouble::{Trouble, off_loop};
use super::{sealed, tables};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::config::Secret;
use crate::crypto::{PassphraseKey, Place};
use crate::db::carry::{CarriedFile, Sum, Table, into_file, settle};
use crate::db::{TenantPlane, Told};
use crate::id::TenantId;
use crate::identity::{CarriedMember, carried_members};
use crate::tenancy::carry;
use crate::version::VERSION;
use crate::{Error, Result};

/// Where the hash of a member's password belongs.
pub(super) fn password_place(record: &str) -> Place<'_> {
    Place {
        service: "users",
        record,
        field: "password_hash",
    }
}

/// What was written.
#[derive(Debug, Clone, Serialize)]
pub struct Exported {
    /// The file.
    pub file: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// The company's slug.
    pub slug: String,
    /// Whether secrets are in it, sealed under the passphrase.
    pub secrets: bool,
    /// People.
    pub members: usize,
    /// Rows of all tables.
    pub rows: u64,
    /// Each table.
    pub tables: Vec<Sum>,
}

/// Exports a company to a file. With a passphrase its secrets go along, sealed under it; else they are taken out.
///
/// # Errors
/// [`Trouble::CannotWrite`]; [`Trouble::Failed`] where the store does not answer.
pub async fn export(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    target: &Path,
    passphrase: Option<Secret>,
) -> Result<Exported, Trouble> {
    export_told(app, actor, tenant, target, passphrase, Told::default()).await
}

/// The same, with word of how far it is.
///
/// # Errors
/// As [`export`].
pub async fn export_told(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    target: &Path,
    passphrase: Option<Secret>,
    told: Told,
) -> Result<Exported, Trouble> {
    let scratch = Scratch::beside(target)?;
    let (company, mut members) = app
        .control
        .read(move |c| Ok((carry::record(c, tenant)?, carried_members(c, tenant)?)))
        .await?;
    let key = match passphrase {
        None => None,
        Some(passphrase) => {
            let made =
                move || Ok::<_, Trouble>(PassphraseKey::new(passphrase.expose(), tenant.uuid())?);
            Some(off_loop(made).await?)
        }
    };
    seal_members(&mut members, key.as_ref().map(|(key, _)| key))?;
    let (key, note) = key.unzip();

    let names = tables::carried(app);
    let (vault, path, copied) = (app.vault.clone(), scratch.path().to_owned(), names.clone());
    let file = app
        .tenants
        .scope(tenant)?
        .read(move |c| {
            let change = |table: &Table, row: &mut [_]| match &key {
                None => sealed::taken_out(table, row),
                Some(key) => sealed::to_passphrase(&vault, tenant, key, table, row),
            };
            into_file(c, &copied, &path, &change, &|table, rows| {
                told.at(table, rows, 0);
            })
        })
        .await;
    let file = wrote(target, file)?;
    let header = Header {
        format: FORMAT,
        version: VERSION.to_owned(),
        schema: Vec::new(),
        exported_at: app.clock.now(),
        tenant,
        company,
        members,
        tables: Vec::new(),
        secrets: note,
    };
    let target = target.to_owned();
    let exported = off_loop(move || {
        let done = finish(file, header, &names, &scratch, target.clone());
        wrote(&target, done)
    });
    let exported = exported.await?;

    let event = Event::new("company.exported").product("transfer").target(
        "company",
        &tenant,
        &exported.slug,
    );
    let actor = actor.clone();
    app.tenants
        .scope(tenant)?
        .write(move |c| audit::record(c, &actor, event.clone()))
        .await?;
    Ok(exported)
}

/// Hashes of passwords travel sealed or not at all.
fn seal_members(members: &mut [CarriedMember], key: Option<&PassphraseKey>) -> Result<(), Trouble> {
    for member in members {
        let Some(hash) = member.password_hash.take() else {
            continue;
        };
        if let Some(key) = key {
            let record = member.id.to_string();
            let sealed = key.seal(password_place(&record), hash.as_bytes())?;
            member.password_hash = Some(sealed.into_string());
        }
    }
    Ok(())
}

/// Sums, notes, disk, name.
fn finish(
    file: CarriedFile,
    mut header: Header,
    names: &[&str],
    scratch: &Scratch,
    target: PathBuf,
) -> Result<Exported, Trouble> {
    let (mut file, steps) = file.steps::<TenantPlane>()?;
    header.schema = steps.applied;
    header.tables = file.sums::<TenantPlane>(names, &sealed::taken_out)?;
    let notes = header.notes()?;
    let notes: Vec<(&str, String)> = notes
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()))
        .collect();
    file.note(&notes)?;
    drop(file);
    settle(scratch.path(), &target).map_err(|error| cannot(&target, &error))?;
    let bytes = std::fs::metadata(&target)
        .map_err(|e| Error::Internal(Box::new(e)))?
        .len();
    Ok(Exported {
        file: target,
        bytes,
        slug: header.company.slug,
        secrets: header.secrets.is_some(),
        members: header.members.len(),
        rows: header.tables.iter().map(|sum| sum.rows).sum(),
        tables: header.tables,
    })
}
