//! Demo companies: every night, in their own time zone, and on command they are brought back to the demo data.

use std::time::Duration;

use jiff::civil::Time;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::store::{self, Demo};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::gate::Later;
use crate::id::TenantId;
use crate::jobs;
use crate::slice::{JobContext, JobKind, JobPlane};
use crate::tenancy::model::Kind;
use crate::tenancy::{Company, Status, store as registry};
use crate::{Error, Result};

/// When nobody looks.
const NIGHT: Time = Time::constant(3, 0, 0, 0);
/// What the trail calls it.
const RESET: &str = "company.demo_reset";

/// Looks for demo companies that were not reset since the night.
pub(in crate::tenancy) const NIGHTLY: JobKind = JobKind {
    name: "tenancy.reset_demos",
    plane: JobPlane::Control,
    every: Some(Duration::from_secs(1_800)),
    needed: None,
    run: |context| Box::pin(async move { reset_due(&context.app).await.map(drop) }),
};

/// Resets one, for somebody who does not wait for it.
pub(in crate::tenancy) const ONE: JobKind = JobKind {
    name: "tenancy.reset_demo",
    plane: JobPlane::Control,
    every: None,
    needed: None,
    run: run_one,
};

#[derive(Serialize, Deserialize)]
struct Whose {
    tenant: TenantId,
}

fn run_one(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let whose: Whose = serde_json::from_value(context.payload.clone())
            .map_err(|e| Error::Internal(Box::new(e)))?;
        reset_demo(&context.app, &Actor::system(ONE.name), whose.tenant).await
    })
}

/// Leaves the reset of a demo company to the jobs.
///
/// # Errors
/// As [`reset_demo`], but for what the reset itself meets.
pub async fn reset_demo_later(app: &App, tenant: TenantId) -> Result<()> {
    app.control
        .write(move |c| {
            may_be_reset(&registry::by_id(c, tenant)?.ok_or(Error::NotFound)?)?;
            let (key, now) = (format!("{}:{tenant}", ONE.name), c.now());
            jobs::enqueue(c, ONE.name, &Whose { tenant }, now, Some(&key)).map(drop)
        })
        .await
}

/// Brings a demo company back to the demo data: what people made in it goes.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a company that is no demo; [`Error::Frozen`].
pub async fn reset_demo(app: &App, actor: &Actor, tenant: TenantId) -> Result<()> {
    let company = app
        .control
        .read(move |c| registry::by_id(c, tenant))
        .await?
        .ok_or(Error::NotFound)?;
    may_be_reset(&company)?;
    let scope = app.tenants.scope(tenant)?;
    for reset in app.slices.iter().filter_map(|slice| slice.reset_demo) {
        reset(app.clone(), scope.clone(), actor.clone()).await?;
    }
    let (actor, name) = (actor.clone(), company.settings.name);
    app.control
        .write(move |c| {
            let event = Event::new(RESET).product("tenancy");
            audit::record(c, &actor, event.target("company", &tenant, &name))
        })
        .await
}

/// Only what was made up may be thrown away.
fn may_be_reset(company: &Company) -> Result<()> {
    match company.status {
        Status::Archived => Err(Error::NotFound),
        Status::Frozen => Err(Error::Frozen),
        Status::Demo if company.kind == Kind::Demo => Ok(()),
        _ => Err(Error::conflict(
            "no_demo",
            format!(
                "The company {} is a customer. Only companies whose status and kind are both demo are reset.",
                company.slug
            ),
        )),
    }
}

/// Resets every demo company that was not reset since its last night, and says how many those were. One that fails does not hold
/// up the others.
///
/// # Errors
/// The first failure, after the others had their turn.
pub async fn reset_due(app: &App) -> Result<usize> {
    let now = app.clock.now();
    let demos = app.control.read(|c| store::demos(c, RESET)).await?;
    let (mut done, mut failed) = (0, None);
    for demo in demos.into_iter().filter(|demo| is_due(demo, now)) {
        match reset_demo(app, &Actor::system(NIGHTLY.name), demo.tenant).await {
            Ok(()) => done += 1,
            Err(error) => {
                tracing::warn!(tenant.id = %demo.tenant, %error, "A demo company could not be reset");
                failed.get_or_insert(error);
            }
        }
    }
    failed.map_or(Ok(done), Err)
}

fn is_due(demo: &Demo, now: Timestamp) -> bool {
    last_night(&demo.time_zone, now).is_some_and(|night| demo.fresh_at < night)
}

/// The last time it was night there.
fn last_night(time_zone: &str, now: Timestamp) -> Option<Timestamp> {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let today = now.to_jiff().to_zoned(zone.clone()).date();
    [Some(today), today.yesterday().ok()]
        .into_iter()
        .flatten()
        .filter_map(|day| zone.to_timestamp(day.to_datetime(NIGHT)).ok())
        .map(Timestamp::from_jiff)
        .find(|night| *night <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::from_jiff(text.parse().unwrap())
    }

    #[test]
    fn a_demo_is_reset_once_a_night_of_its_own() {
        for (zone, fresh, now, due) in [
            ("UTC", "2026-03-01T03:00:00Z", "2026-03-01T23:00:00Z", false),
            ("UTC", "2026-03-01T03:00:00Z", "2026-03-02T02:59:00Z", false),
            ("UTC", "2026-03-01T03:00:00Z", "2026-03-02T03:00:00Z", true),
            ("UTC", "2026-03-02T03:00:09Z", "2026-03-02T03:30:00Z", false),
            (
                "Europe/Bucharest",
                "2026-03-01T12:00:00Z",
                "2026-03-02T00:59:00Z",
                false,
            ),
            (
                "Europe/Bucharest",
                "2026-03-01T12:00:00Z",
                "2026-03-02T01:00:00Z",
                true,
            ),
            ("UTC", "2026-03-01T12:00:00Z", "2026-03-09T12:00:00Z", true),
            (
                "no zone",
                "2026-03-01T12:00:00Z",
                "2026-03-02T03:00:00Z",
                true,
            ),
        ] {
            let demo = Demo {
                tenant: TenantId::from_uuid(uuid::Uuid::nil()),
                time_zone: zone.to_owned(),
                fresh_at: at(fresh),
            };
            assert_eq!(is_due(&demo, at(now)), due, "{zone} {fresh} {now}");
        }
    }
}
