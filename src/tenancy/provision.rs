//! What must be there before the first request: the system's data key and the company `default`.
//!
//! The store comes first, then registry row and data key in one write: a crash between them leaves a file nobody refers to,
//! never a company without a store. Everything here may run again, and in two processes at once.

use super::model::{NewCompany, Settings};
use super::slug::{DEFAULT_SLUG, Slug};
use super::{opening, store};
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::crypto::{SYSTEM, Vault, WrappedKey};
use crate::db::{Control, Stores};
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

/// The company of single mode, made if it is not there. Where many are served it is one of them: made on an empty registry, and
/// not again once it was deleted.
///
/// # Errors
/// Where its store cannot be made or the control plane does not answer.
pub async fn ensure_default(
    stores: &Stores,
    vault: &Vault,
    tenancy: Tenancy,
    now: Timestamp,
) -> Result<()> {
    finish_openings(stores).await?;
    let known = stores.control.read(store::slugs).await?;
    let is_there = match tenancy {
        Tenancy::Single => known.iter().any(|(slug, _)| slug == DEFAULT_SLUG),
        Tenancy::Multi => !known.is_empty(),
    };
    if is_there {
        return Ok(());
    }
    let settings = Settings {
        time_zone: system_time_zone(),
        ..Settings::blank()
    };
    let new = NewCompany {
        settings,
        // Whoever runs it for themselves bought nothing from anybody.
        plan: super::plans::UNLIMITED.to_owned(),
        ..NewCompany::named(Slug::of_default())
    };
    let company = new.into_company(TenantId::new(now), now)?;
    match opening::register(&stores.control, &stores.tenants, vault, company, |_, _| {
        Ok(())
    })
    .await
    {
        Ok(_) => {
            stores.tenants.drop_template();
            Ok(())
        }
        // Another process was first.
        Err(Error::Conflict { .. }) => {
            vault.load(data_keys(&stores.control).await?);
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Ends what a crash interrupted while companies were opened: a registered one keeps its store, any other's is removed.
async fn finish_openings(stores: &Stores) -> Result<()> {
    for tenant in stores.tenants.unfinished_stores().await? {
        if stores
            .control
            .read(move |c| store::is_known(c, tenant))
            .await?
        {
            stores.tenants.keep_store(tenant).await?;
        } else {
            tracing::info!(tenant.id = %tenant, "The store of a company that was never registered is removed");
            stores.tenants.drop_store(tenant).await?;
        }
    }
    Ok(())
}

/// The machine's own zone by its IANA name, where it has one.
pub fn system_time_zone() -> String {
    jiff::tz::TimeZone::system()
        .iana_name()
        .filter(|name| super::model::is_time_zone(name))
        .unwrap_or("UTC")
        .to_owned()
}
