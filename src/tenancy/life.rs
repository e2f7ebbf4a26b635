//! What happens to a company after it was opened: its record changes, it goes from one status to the next, it is deleted.

use serde::{Deserialize, Serialize};

use super::domains::remove_all;
use super::mode::serves_many;
use super::model::{Company, Kind};
use super::slug::Slug;
use super::status::Status;
use super::store;
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::db::ControlConn;
use crate::gate::Later;
use crate::id::TenantId;
use crate::jobs;
use crate::slice::{JobContext, JobKind, JobPlane};
use crate::{Error, Result};

/// Empties the store of an archived company. Left in the write that archives it, so that a crash does not keep its data.
pub(super) const EMPTY: JobKind = JobKind {
    name: "tenancy.empty",
    plane: JobPlane::Control,
    every: None,
    needed: None,
    run: |context| {
        Box::pin(async move {
            let (app, tenant) = named(&context)?;
            app.tenants.empty_store(tenant).await
        })
    },
};

/// Removes the store of a deleted company.
pub(super) const REMOVE: JobKind = JobKind {
    name: "tenancy.remove",
    plane: JobPlane::Control,
    every: None,
    needed: None,
    run: remove_store,
};

/// What belongs to a change of a company and is done in the same write, with the company as it is then.
pub type Also = Box<dyn Fn(&mut ControlConn, &Company) -> Result<()> + Send>;

#[derive(Serialize, Deserialize)]
struct Whose {
    tenant: TenantId,
}

fn named(context: &JobContext) -> Result<(&App, TenantId)> {
    let whose: Whose = serde_json::from_value(context.payload.clone())
        .map_err(|e| Error::Internal(Box::new(e)))?;
    Ok((&context.app, whose.tenant))
}

fn remove_store(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let (app, tenant) = named(&context)?;
        remove_data(app, tenant).await
    })
}

/// The rows where the store is rows, then the file where it is one.
async fn remove_data(app: &App, tenant: TenantId) -> Result<()> {
    if !app.tenants.is_sole() {
        app.tenants.empty_store(tenant).await?;
    }
    app.tenants.drop_store(tenant).await
}

fn leave(c: &mut ControlConn, kind: &JobKind, tenant: TenantId) -> Result<()> {
    let key = format!("{}:{tenant}", kind.name);
    let now = c.now();
    jobs::enqueue(c, kind.name, &Whose { tenant }, now, Some(&key)).map(drop)
}

/// Lets every page of this process show what changed; the others follow within a second.
pub(super) async fn told(app: &App) {
    app.control.tell(None);
    let Some(gate) = app.gate.get() else {
        return;
    };
    if let Err(error) = gate.companies_changed().await {
        tracing::warn!(%error, "A change of a company shows a little later");
    }
}

/// The same where it is known which one: of thousands, only that one is read again.
pub(super) async fn told_of(app: &App, tenant: TenantId) {
    app.control.tell(Some(tenant));
    let Some(gate) = app.gate.get() else {
        return;
    };
    if let Err(error) = gate.company_changed(tenant).await {
        tracing::warn!(%error, tenant.id = %tenant, "A change of a company shows a little later");
    }
}

/// That no other company has one of this one's numbers.
pub(super) fn judge_numbers(c: &mut ControlConn, company: &Company) -> Result<()> {
    match store::shared_number(c, company)? {
        Some(field) => Err(Error::invalid(
            field,
            "Another company has this number already.",
        )),
        None => Ok(()),
    }
}

/// Takes a company to its next status, in the transaction at hand.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] naming the steps there are.
pub fn set_status(
    c: &mut ControlConn,
    actor: &Actor,
    tenant: TenantId,
    to: Status,
) -> Result<Company> {
    let before = store::by_id(c, tenant)?.ok_or(Error::NotFound)?;
    let mut after = before.clone();
    after.status = before.status.step_to(to)?;
    // Whoever decides where it stands has decided about its end too.
    after.closing = None;
    after.frozen_at = (to == Status::Frozen).then(|| c.now());
    // Whoever works with it bought it: what they make is no night's to throw away.
    if to == Status::Active {
        after.kind = Kind::Customer;
    }
    if to == Status::Archived {
        after.archived_at = Some(c.now());
        remove_all(c, actor, tenant)?;
        leave(c, &EMPTY, tenant)?;
    }
    store::save_record(c, &after)?;
    let action = match to {
        Status::Frozen => "company.frozen",
        Status::Archived => "company.archived",
        Status::Active if before.status == Status::Frozen => "company.thawed",
        Status::Active | Status::Trial | Status::Demo => "company.activated",
    };
    let event = Event::new(action)
        .product("tenancy")
        .target("company", &tenant, &after.settings.name)
        .before_after(&before.record(), &after.record());
    audit::record(c, actor, event)?;
    Ok(after)
}

/// Takes a company to its next status. An archived one loses its data; only its trail is left.
///
/// # Errors
/// As [`set_status`]; [`Error::Conflict`] where one company is served and would be archived.
pub async fn change_status(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    to: Status,
) -> Result<Company> {
    change_status_and(app, actor, tenant, to, Box::new(|_, _| Ok(()))).await
}

/// The same; `also` does what belongs to it in the same write.
///
/// # Errors
/// As [`change_status`], and what `also` returns.
pub async fn change_status_and(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    to: Status,
    also: Also,
) -> Result<Company> {
    if to == Status::Archived {
        serves_many(app.config.tenancy)?;
    }
    let actor = actor.clone();
    let company = app
        .control
        .write(move |c| {
            let company = set_status(c, &actor, tenant, to)?;
            also(c, &company)?;
            Ok(company)
        })
        .await?;
    told_of(app, tenant).await;
    if to == Status::Archived
        && let Err(error) = app.tenants.empty_store(tenant).await
    {
        tracing::warn!(%error, tenant.id = %tenant, "The data of an archived company is removed by the job left for it");
    }
    Ok(company)
}

/// A company before and after a change of what the registry knows of it, judged as [`change_record`] does. Nothing is written.
///
/// # Errors
/// As [`change_record`].
pub fn judge_change(
    c: &mut ControlConn,
    tenant: TenantId,
    change: impl Fn(&mut Company),
) -> Result<(Company, Company)> {
    judge(c, tenant, &|company| {
        change(company);
        Ok(())
    })
}

/// A change that may be refused by what the company is when it is made.
type Change = dyn Fn(&mut Company) -> Result<()> + Send;

fn judge(
    c: &mut ControlConn,
    tenant: TenantId,
    change: &dyn Fn(&mut Company) -> Result<()>,
) -> Result<(Company, Company)> {
    let before = store::by_id(c, tenant)?.ok_or(Error::NotFound)?;
    let mut after = before.clone();
    change(&mut after)?;
    // Its id, name in addresses and status have ways of their own.
    (after.id, after.status) = (before.id, before.status);
    after.slug.clone_from(&before.slug);
    if after.kind == Kind::Demo && before.kind != Kind::Demo {
        return Err(Error::invalid(
            "kind",
            "A company that is here does not become a demo: what its people make would be thrown away every night. Open a new one of the kind demo.",
        ));
    }
    if after.status == Status::Trial
        && after.trial_ends_at.is_none()
        && before.trial_ends_at.is_some()
    {
        return Err(Error::invalid(
            "trial_ends_at",
            "A trial ends one day. Write a later day, or activate the company.",
        ));
    }
    let after = after.checked()?;
    if after != before {
        judge_numbers(c, &after)?;
    }
    Ok((before, after))
}

/// Changes what the registry knows of a company. A change that changes nothing leaves no trace.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Invalid`] for values that do not fit or a number another company has.
pub async fn change_record<F>(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    change: F,
) -> Result<Company>
where
    F: Fn(&mut Company) + Send + 'static,
{
    let change = move |company: &mut Company| {
        change(company);
        Ok(())
    };
    try_change_record(app, actor, tenant, Box::new(change)).await
}

/// The same where the change is read from the company as it is in the write, or refused by it.
///
/// # Errors
/// As [`change_record`], and what the change returns.
pub async fn try_change_record(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    change: Box<Change>,
) -> Result<Company> {
    let actor = actor.clone();
    let company = app
        .control
        .write(move |c| {
            let (before, after) = judge(c, tenant, &change)?;
            if after == before {
                return Ok(before);
            }
            store::save_settings(c, tenant, &after.settings)?;
            store::save_record(c, &after)?;
            let event = Event::new("company.changed")
                .product("tenancy")
                .target("company", &tenant, &after.settings.name)
                .before_after(&before.record(), &after.record());
            audit::record(c, &actor, event)?;
            Ok(after)
        })
        .await?;
    told_of(app, tenant).await;
    Ok(company)
}

/// Gives the slug of an archived company free: the archived one is called after its id from now on.
///
/// # Errors
/// [`Error::Conflict`] where the company is not archived.
pub async fn free_slug(app: &App, actor: &Actor, slug: &Slug) -> Result<()> {
    let (actor, slug) = (actor.clone(), slug.clone());
    app.control
        .write(move |c| {
            let Some(before) = store::by_slug(c, slug.as_str())? else {
                return Ok(());
            };
            if before.status != Status::Archived {
                return Err(Error::conflict(
                    "slug_taken",
                    format!(
                        "The company {slug} is {}, so its slug is not free.",
                        before.status.as_str()
                    ),
                ));
            }
            let mut after = before.clone();
            let number = before.id.uuid().simple().to_string();
            after.slug = Slug::of_registry(&format!("gone-{number}"))
                .ok_or_else(|| Error::internal("no slug can be made of an id"))?;
            store::save_record(c, &after)?;
            let event = Event::new("company.slug_freed")
                .product("tenancy")
                .target("company", &before.id, &before.settings.name)
                .before_after(&before.record(), &after.record());
            audit::record(c, &actor, event)
        })
        .await
}

/// That a company may be deleted here.
///
/// # Errors
/// [`Error::Conflict`] where one company is served.
pub fn may_delete(tenancy: Tenancy) -> Result<()> {
    serves_many(tenancy)
}

/// Deletes a company: its row with everything that stands on it (memberships, sessions, keys, entitlements, projects, domains), its
/// data keys and its data. What the instance's own trail says of it stays.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where one company is served.
pub async fn delete(app: &App, actor: &Actor, tenant: TenantId) -> Result<Company> {
    let deleted = delete_where(app, actor, tenant, |_, _| true).await?;
    deleted.ok_or(Error::NotFound)
}

/// Deletes a company if it still is as wanted when nobody else can change it; else nothing happens.
pub(super) async fn delete_where(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    wanted: fn(&Company, Timestamp) -> bool,
) -> Result<Option<Company>> {
    may_delete(app.config.tenancy)?;
    let actor = actor.clone();
    let company = app
        .control
        .write(move |c| {
            let before = store::by_id(c, tenant)?.ok_or(Error::NotFound)?;
            if !wanted(&before, c.now()) {
                return Ok(None);
            }
            store::remove_keys(c, tenant)?;
            store::remove(c, tenant)?;
            leave(c, &REMOVE, tenant)?;
            let event = Event::new("company.deleted")
                .product("tenancy")
                .target("company", &tenant, &before.settings.name)
                .removed(&before.record());
            audit::record(c, &actor, event)?;
            Ok(Some(before))
        })
        .await?;
    if company.is_none() {
        return Ok(None);
    }
    app.vault.forget(tenant.uuid());
    told_of(app, tenant).await;
    if let Err(error) = remove_data(app, tenant).await {
        tracing::warn!(%error, tenant.id = %tenant, "The data of a deleted company is removed by the job left for it");
    }
    Ok(company)
}
