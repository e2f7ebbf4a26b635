//! Opening a company: store, registry row, data key and whoever owns it stand together, or nothing does.
//!
//! The store is made first, marked as not yet registered; then one write of the control plane enters the rest; then the mark
//! goes. A crash in between leaves a marked store, and the next start keeps or removes it by what the registry says.

use super::mode::serves_many;
use super::model::{Company, NewCompany};
use super::slug::Slug;
use super::store;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::config::Tenancy;
use crate::crypto::Vault;
use crate::db::{Control, ControlConn, Tenants};
use crate::id::TenantId;
use crate::{Error, Result};

/// Writes that met another of the same slug, number or address, at most: the next attempt sees what the other left.
const ATTEMPTS: usize = 3;

/// Opens a company; `also` enters what belongs to it in the same write, and may run again.
///
/// # Errors
/// [`Error::Conflict`] for a slug that is taken or an instance that serves one company, [`Error::Invalid`] for values that do not
/// fit. Nothing is left of it then.
pub async fn open<F>(app: &App, actor: &Actor, new: NewCompany, also: F) -> Result<Company>
where
    F: Fn(&mut ControlConn, &Company) -> Result<()> + Clone + Send + 'static,
{
    let now = app.clock.now();
    let company = judge_opening(&app.control, app.config.tenancy, new, now).await?;
    let company = company.with_trial_end(now, app.config.trial_days);
    let actor = actor.clone();
    let company = register(
        &app.control,
        &app.tenants,
        &app.vault,
        company,
        move |c, company| {
            also(c, company)?;
            let event = Event::new("company.opened")
                .product("tenancy")
                .target("company", &company.id, &company.settings.name)
                .created(&company.record());
            audit::record(c, &actor, event)
        },
    )
    .await?;
    super::life::told_of(app, company.id).await;
    app.jobs.ring(company.id);
    Ok(company)
}

/// The company that would be opened, with everything judged as [`open`] does and nothing made.
///
/// # Errors
/// As [`open`].
pub async fn judge_opening(
    control: &Control,
    tenancy: Tenancy,
    new: NewCompany,
    now: crate::clock::Timestamp,
) -> Result<Company> {
    let company = judge_values(tenancy, new, now)?;
    let judged = company.clone();
    control.read(move |c| judge_free(c, &judged)).await?;
    Ok(company)
}

/// The same without asking the registry: whether the slug is free is not known.
///
/// # Errors
/// As [`open`].
pub fn judge_values(
    tenancy: Tenancy,
    new: NewCompany,
    now: crate::clock::Timestamp,
) -> Result<Company> {
    if new.slug != Slug::of_default() {
        serves_many(tenancy)?;
    }
    new.into_company(TenantId::new(now), now)
}

/// That nobody has the slug or one of the numbers.
fn judge_free(c: &mut ControlConn, company: &Company) -> Result<()> {
    if store::by_slug(c, company.slug.as_str())?.is_some() {
        return Err(slug_taken(&company.slug));
    }
    super::life::judge_numbers(c, company)
}

fn slug_taken(slug: &Slug) -> Error {
    Error::conflict(
        "slug_taken",
        format!("There is a company {slug} already. Nothing was changed."),
    )
}

/// Store, registry row and data key, and what `also` enters.
pub(super) async fn register<F>(
    control: &Control,
    tenants: &Tenants,
    vault: &Vault,
    company: Company,
    also: F,
) -> Result<Company>
where
    F: Fn(&mut ControlConn, &Company) -> Result<()> + Clone + Send + 'static,
{
    let key = vault.new_data_key(company.id.uuid())?;
    tenants.make_store(company.id).await?;
    let mut attempt = 1;
    let written = loop {
        let (row, wrapped, also) = (company.clone(), key.clone(), also.clone());
        let written = control
            .write(move |c| {
                let row = Company {
                    created_at: c.now(),
                    ..row.clone()
                };
                judge_free(c, &row)?;
                store::insert(c, &row)?;
                store::insert_key(c, &wrapped)?;
                also(c, &row)?;
                Ok(row)
            })
            .await;
        match written {
            Err(Error::Duplicate) if attempt < ATTEMPTS => attempt += 1,
            Err(Error::Duplicate) => break Err(slug_taken(&company.slug)),
            other => break other,
        }
    };
    let company = match written {
        Ok(company) => company,
        Err(error) => {
            abandon(control, tenants, &company).await;
            return Err(error);
        }
    };
    vault.load([key]);
    if let Err(error) = tenants.keep_store(company.id).await {
        tracing::warn!(%error, tenant.id = %company.id, "A mark beside a company's store stays until the next start");
    }
    Ok(company)
}

/// Removes the store of a company that was not registered. Where even that is not certain, the next start sees to it.
async fn abandon(control: &Control, tenants: &Tenants, company: &Company) {
    let id = company.id;
    let removed = match control.read(move |c| store::is_known(c, id)).await {
        Ok(false) => tenants.drop_store(id).await,
        // The answer to the commit was lost, not the commit.
        Ok(true) => tenants.keep_store(id).await,
        Err(error) => Err(error),
    };
    if let Err(error) = removed {
        tracing::warn!(%error, tenant.id = %id, "The store of a company that was not opened is removed at the next start");
    }
}
