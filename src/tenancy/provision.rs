//! What must be there before the first request: the system's data key, and in single mode the company `default`.
//!
//! The store comes first, then registry row and data key in one write: a crash between them leaves a file nobody refers to,
//! never a company without a store. Everything here may run again, and in two processes at once.

use std::path::Path;

use super::model::{Company, DEFAULT_SLUG, Settings, Slug, Status};
use super::store;
use crate::crypto::{SYSTEM, Vault, WrappedKey};
use crate::db::migrate::{create_tenant_store, drop_template};
use crate::db::{Control, StoreOptions};
use crate::id::TenantId;
use crate::{Error, Result};

/// The wrapped data keys the control plane holds: what a vault is opened with. None means that nothing was ever sealed.
///
/// # Errors
/// Where the store does not answer.
pub async fn data_keys(control: &Control) -> Result<Vec<WrappedKey>> {
    control.read(store::wrapped_keys).await
}

/// Makes the system's own data key unless it is there, and hands all keys to the vault.
///
/// # Errors
/// Where the store does not answer or the key cannot be made.
pub async fn ensure_system_key(control: &Control, vault: &Vault) -> Result<()> {
    if vault.active_key(SYSTEM).is_err() {
        let fresh = vault.new_data_key(SYSTEM)?;
        let written = control
            .write(move |c| {
                let held = store::wrapped_keys(c)?;
                if held.iter().any(|key| key.owner == SYSTEM) {
                    return Ok(());
                }
                store::insert_key(c, &fresh)
            })
            .await;
        match written {
            // Another process was first; its key is the one.
            Ok(()) | Err(Error::Duplicate) => {}
            Err(error) => return Err(error),
        }
    }
    vault.load(data_keys(control).await?);
    Ok(())
}

/// The company of single mode, made if it is not there.
///
/// # Errors
/// Where its store cannot be made or the control plane does not answer.
pub async fn ensure_default(
    control: &Control,
    vault: &Vault,
    options: &StoreOptions,
) -> Result<Company> {
    if let Some(company) = control.read(|c| store::by_slug(c, DEFAULT_SLUG)).await? {
        return Ok(company);
    }
    let slug = Slug::parse(DEFAULT_SLUG).map_err(|e| Error::internal(e.to_string()))?;
    let company = Company {
        id: TenantId::new(options.clock.now()),
        slug,
        status: Status::Active,
        settings: Settings {
            time_zone: system_time_zone(),
            ..Settings::blank()
        },
    };
    sweep_unfinished(&options.data_dir.join("tenants"));
    let (for_store, id) = (options.clone(), company.id);
    let make = move || {
        let made = create_tenant_store(&for_store, id);
        // The only company there will be.
        drop_template(&for_store);
        made
    };
    tokio::task::spawn_blocking(make)
        .await
        .map_err(|e| Error::Internal(Box::new(e)))??;
    let made = enter(control, vault, company).await;
    match made {
        Ok(company) => Ok(company),
        // Another process was first.
        Err(Error::Duplicate) => {
            vault.load(data_keys(control).await?);
            control
                .read(|c| store::by_slug(c, DEFAULT_SLUG))
                .await?
                .ok_or(Error::NotFound)
        }
        Err(error) => Err(error),
    }
}

/// Registry row and data key, together.
async fn enter(control: &Control, vault: &Vault, company: Company) -> Result<Company> {
    let key = vault.new_data_key(company.id.uuid())?;
    let (row, wrapped) = (company.clone(), key.clone());
    control
        .write(move |c| {
            store::insert(c, &row)?;
            store::insert_key(c, &wrapped)
        })
        .await?;
    vault.load([key]);
    Ok(company)
}

/// Removes files of stores whose making was interrupted: they still carry their temporary name.
fn sweep_unfinished(folder: &Path) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(".tnt_")
            && name.contains(".new")
            && let Err(error) = std::fs::remove_file(entry.path())
        {
            tracing::warn!(%error, file = %name, "An unfinished store could not be removed");
        }
    }
}

/// The machine's own zone by its IANA name, where it has one.
pub fn system_time_zone() -> String {
    jiff::tz::TimeZone::system()
        .iana_name()
        .filter(|name| super::model::is_time_zone(name))
        .unwrap_or("UTC")
        .to_owned()
}
