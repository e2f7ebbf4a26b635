//! The end of a company, asked for: it is frozen at once, can be kept until its day, and is deleted when the day has come.

use std::time::Duration;

use super::life::{delete_where, may_delete, told};
use super::model::Company;
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
use crate::slice::{JobContext, JobKind, JobPlane};
use crate::{Error, Result};

/// How long a company whose people close it can be kept.
pub const GRACE_DAYS: u32 = 30;
/// Longest reason.
pub const MOST_REASON: usize = 1_000;
const DAY: Duration = Duration::from_secs(86_400);

/// The end of a company that was asked for and has not come yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Closing {
    /// When it is deleted.
    pub at: Timestamp,
    /// Where it stood before, and stands again if it is kept.
    pub before: Status,
    /// Why it goes, where somebody said.
    pub reason: Option<String>,
}

/// Deletes the companies whose day has come. Every hour, so that none outlives its day by much.
pub(super) const CLOSE: JobKind = JobKind {
    name: "tenancy.close",
    plane: JobPlane::Control,
    every: Some(Duration::from_secs(3_600)),
    needed: None,
    run,
};

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move { delete_due(&context.app).await.map(drop) })
}

/// Closes a company: it only reads from now on, and is deleted in so many days unless somebody keeps it. `tell` leaves word in the
/// same write.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where one company is served, where the company is being closed already, or where
/// nothing is left of it.
pub async fn close(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    days: u32,
    reason: Option<String>,
    tell: impl Fn(&mut ControlConn, &Company) -> Result<()> + Send + 'static,
) -> Result<Company> {
    may_delete(app.config.tenancy)?;
    let actor = actor.clone();
    let company = app
        .control
        .write(move |c| {
            let before = store::by_id(c, tenant)?.ok_or(Error::NotFound)?;
            if before.closing.is_some() {
                return Err(Error::conflict(
                    "closing",
                    "The company is being closed already. Keep it first to choose another day.",
                ));
            }
            let now = c.now();
            let mut after = before.clone();
            after.status = before.status.closed()?;
            if before.status != Status::Frozen {
                after.frozen_at = Some(now);
            }
            after.closing = Some(Closing {
                at: now.plus(DAY * days),
                before: before.status,
                reason: reason.clone(),
            });
            save(c, &actor, "company.closing", &before, &after)?;
            tell(c, &after)?;
            Ok(after)
        })
        .await?;
    told(app).await;
    Ok(company)
}

/// Keeps a company that was being closed: it stands again where it stood before. `tell` leaves word in the same write.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] where nobody closed it.
pub async fn keep(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    tell: impl Fn(&mut ControlConn, &Company) -> Result<()> + Send + 'static,
) -> Result<Company> {
    let (actor, trial_days) = (actor.clone(), app.config.trial_days);
    let company = app
        .control
        .write(move |c| {
            let before = store::by_id(c, tenant)?.ok_or(Error::NotFound)?;
            let mut after = before.clone();
            let Some(closing) = after.closing.take() else {
                return Err(Error::conflict(
                    "not_closing",
                    "The company is not being closed, so there is nothing to take back.",
                ));
            };
            after.status = closing.before;
            after.frozen_at = after.frozen_at.filter(|_| after.status == Status::Frozen);
            let after = after.with_trial_end(c.now(), trial_days);
            save(c, &actor, "company.kept", &before, &after)?;
            tell(c, &after)?;
            Ok(after)
        })
        .await?;
    told(app).await;
    Ok(company)
}

fn save(
    c: &mut ControlConn,
    actor: &Actor,
    action: &'static str,
    before: &Company,
    after: &Company,
) -> Result<()> {
    store::save_record(c, after)?;
    let event = Event::new(action)
        .product("tenancy")
        .target("company", &after.id, &after.settings.name)
        .before_after(&before.record(), &after.record());
    audit::record(c, actor, event)
}

/// Deletes every company whose day has come, and says how many those were. One that fails does not hold up the others.
///
/// # Errors
/// The first failure, after the others had their turn.
pub async fn delete_due(app: &App) -> Result<usize> {
    // One that was closed while many were served stays while it is the only one.
    if app.config.tenancy == Tenancy::Single {
        return Ok(0);
    }
    let due = app.control.read(store::to_delete).await?;
    let (mut done, mut failed) = (0, None);
    for tenant in due {
        let actor = Actor::system(CLOSE.name);
        // Looked at again in the write that deletes: somebody may have kept it meanwhile.
        let has_come = |company: &Company, now: Timestamp| {
            let closing = company.closing.as_ref();
            closing.is_some_and(|closing| closing.at <= now)
        };
        match delete_where(app, &actor, tenant, has_come).await {
            Ok(Some(_)) => done += 1,
            Ok(None) | Err(Error::NotFound) => {}
            Err(error) => {
                tracing::warn!(tenant.id = %tenant, %error, "A company whose day has come could not be deleted");
                failed.get_or_insert(error);
            }
        }
    }
    failed.map_or(Ok(done), Err)
}
