//! Counts clicks by day and link behind the redirect's back, so that reports never walk the clicks themselves.
//!
//! Clicks before a remembered place are counted. The place stays a minute behind the present, since a click is written a moment
//! after its id was made. Reading happens outside the writer; the write checks that the place is still where it was.

use std::time::Duration;

use crate::Result;
use crate::clock::Timestamp;
use crate::db::{Scope, TenantConn};
use crate::gate::Later;
use crate::id::ClickId;
use crate::partners::model::Click;
use crate::partners::store::{clicks, settings};
use crate::slice::{JobContext, JobKind, JobPlane};

/// Where the counted clicks end, under this name.
const PLACE: &str = "partners.clicks_counted_until";
/// Clicks younger than this wait for the next run.
const BEHIND: Duration = Duration::from_secs(60);
/// One step covers at most this much time, so that no write is long.
const STEP: Duration = Duration::from_secs(3_600);

/// The job.
pub const JOB: JobKind = JobKind {
    name: "partners.roll_up",
    plane: JobPlane::Tenant,
    every: Some(Duration::from_secs(60)),
    needed: Some(needed),
    run,
};

/// Once the first click that is not counted is old enough.
fn needed(c: &mut TenantConn) -> Result<Option<Timestamp>> {
    let from = place(c)?.unwrap_or_else(|| ClickId::floor(Timestamp::from_micros(0)));
    let first = clicks::first_from(c, from)?;
    Ok(first.map(|click| click.made_at().plus(BEHIND)))
}

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        match context.scope {
            Some(scope) => catch_up(&scope).await,
            None => Ok(()),
        }
    })
}

/// Counts everything that is old enough, step by step.
pub(in crate::partners) async fn catch_up(scope: &Scope) -> Result<()> {
    loop {
        let Some(step) = scope.read(next_step).await? else {
            return Ok(());
        };
        scope.write(move |c| count(c, &step)).await?;
    }
}

/// A stretch of clicks to be counted.
#[derive(Debug, Clone)]
struct Step {
    /// Where counting ended when this was read.
    place: Option<ClickId>,
    /// Its UTC day.
    day: String,
    /// The clicks of it, by link: all and flagged.
    counts: Vec<(crate::id::LinkId, i64, i64)>,
    /// Where counting ends after it.
    until: ClickId,
}

fn place(c: &mut TenantConn) -> Result<Option<ClickId>> {
    Ok(settings::remembered(c, PLACE)?.and_then(|text| text.parse().ok()))
}

fn next_step(c: &mut TenantConn) -> Result<Option<Step>> {
    let place = place(c)?;
    let end = c.now().minus(BEHIND);
    let from = place.unwrap_or_else(|| ClickId::floor(Timestamp::from_micros(0)));
    let Some(first) = clicks::first_from(c, from)? else {
        return Ok(None);
    };
    let begin = first.made_at();
    if begin >= end {
        return Ok(None);
    }
    let until = begin.plus(STEP).min(next_midnight(begin)).min(end);
    let until = ClickId::floor(until);
    if until <= first {
        return Ok(None);
    }
    let counts = clicks::counts(c, from, until)?;
    Ok(Some(Step {
        place,
        day: begin.day(),
        counts,
        until,
    }))
}

fn next_midnight(at: Timestamp) -> Timestamp {
    const DAY: i64 = 86_400;
    let days = at.as_seconds().div_euclid(DAY).saturating_add(1);
    Timestamp::from_micros(days.saturating_mul(DAY).saturating_mul(1_000_000))
}

fn count(c: &mut TenantConn, step: &Step) -> Result<()> {
    // Another run was here in the meantime.
    if place(c)? != step.place {
        return Ok(());
    }
    for (link, all, flagged) in &step.counts {
        clicks::add_to_day(c, &step.day, *link, *all, *flagged)?;
    }
    settings::remember(c, PLACE, &step.until.to_string())
}

/// Counts what is left up to a minute ago in the transaction at hand and goes on from there: clicks added below that place later come
/// with daily figures of their own, and a step that was read before it comes to nothing.
pub(in crate::partners) fn move_on(c: &mut TenantConn) -> Result<()> {
    let end = ClickId::floor(c.now().minus(BEHIND));
    let mut from = place(c)?.unwrap_or_else(|| ClickId::floor(Timestamp::from_micros(0)));
    if from >= end {
        return Ok(());
    }
    while let Some(first) = clicks::first_from(c, from)?.filter(|first| *first < end) {
        let day = first.made_at();
        let stop = ClickId::floor(next_midnight(day)).min(end);
        for (link, all, flagged) in clicks::counts(c, first, stop)? {
            clicks::add_to_day(c, &day.day(), link, all, flagged)?;
        }
        from = stop;
    }
    settings::remember(c, PLACE, &end.to_string())
}

/// Forgets how far was counted where there is nothing to count and nothing was.
pub(in crate::partners) fn forget_place(c: &mut TenantConn) -> Result<()> {
    let first = clicks::first_from(c, ClickId::floor(Timestamp::from_micros(0)))?;
    if first.is_none() && !clicks::any_day(c)? {
        settings::forget(c, PLACE)?;
    }
    Ok(())
}

/// Corrects a day's figures after a click was flagged or unflagged, if it was counted already.
pub(super) fn correct(c: &mut TenantConn, click: &Click) -> Result<()> {
    let counted = place(c)?.is_some_and(|place| click.id < place);
    if counted {
        let change = if click.flag.is_some() { 1 } else { -1 };
        clicks::add_to_day(c, &click.clicked_at.day(), click.link_id, 0, change)?;
    }
    Ok(())
}

/// Counts whole days again, `from` to `until` with both: after clicks were added or removed in the past. A day's clicks that the
/// job has not reached yet are left to it.
///
/// # Errors
/// Where the store fails.
pub fn recount(c: &mut TenantConn, from: Timestamp, until: Timestamp) -> Result<()> {
    clicks::forget_days(c, &from.day(), &until.day())?;
    let end = place(c)?.unwrap_or_else(|| ClickId::floor(Timestamp::from_micros(0)));
    let mut begin = next_midnight(from).plus_days(-1);
    while begin <= until {
        let next = next_midnight(begin);
        let stop = ClickId::floor(next).min(end);
        for (link, all, flagged) in clicks::counts(c, ClickId::floor(begin), stop)? {
            clicks::add_to_day(c, &begin.day(), link, all, flagged)?;
        }
        begin = next;
    }
    Ok(())
}
