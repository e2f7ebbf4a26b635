//! Work that comes back by itself: one job of each such kind waits in every store where there is something for it, under its own
//! name as the key.

use std::time::Duration;

use super::enqueue::enqueue;
use super::kinds;
use super::store;
use crate::Result;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Plane, Scoped};
use crate::slice::JobKind;

/// How much later than planned a run may have begun.
const SLACK: Duration = Duration::from_secs(300);

/// Makes sure that every recurring kind there is something for waits or runs; a new one is due at once.
///
/// # Errors
/// Where the store fails.
pub fn ensure<P: Plane>(c: &mut Scoped<'_, P>, app: &App) -> Result<()> {
    for (kind, at) in missing(c, app)? {
        enqueue(c, kind, &serde_json::json!({}), at, Some(kind))?;
    }
    Ok(())
}

/// The recurring kinds that neither wait nor run and should, each with when.
pub(super) fn missing<P: Plane>(
    c: &mut Scoped<'_, P>,
    app: &App,
) -> Result<Vec<(&'static str, Timestamp)>> {
    let now = c.now();
    let mut missing = Vec::new();
    for kind in kinds::all(app, kinds::plane_of::<P>()) {
        if kind.every.is_some()
            && store::alive(c, kind.name)?.is_none()
            && let Some(at) = next_use(c, &kind, now)?
        {
            missing.push((kind.name, at));
        }
    }
    Ok(missing)
}

/// When a kind is next of use, not before `soonest`.
fn next_use<P: Plane>(
    c: &mut Scoped<'_, P>,
    kind: &JobKind,
    soonest: Timestamp,
) -> Result<Option<Timestamp>> {
    match (kind.needed, P::tenant(c)) {
        (Some(needed), Some(c)) => Ok(needed(c)?.map(|at| at.max(soonest))),
        _ => Ok(Some(soonest)),
    }
}

/// Enqueues the next run of a kind that has just ended, if it comes back by itself. Of its earlier runs the last one is kept.
pub(super) fn again<P: Plane>(c: &mut Scoped<'_, P>, app: &App, ended: &store::Job) -> Result<()> {
    let Some(known) = kinds::find(app, kinds::plane_of::<P>(), &ended.kind) else {
        return Ok(());
    };
    if let Some(every) = known.every {
        // Not looking further back than the run before: the daily broom finds those that an idle time left.
        let since = c.now().minus(every.saturating_mul(2)).minus(SLACK);
        store::forget_runs(c, known.name, since, ended.id)?;
        let soonest = c.now().plus(every);
        if let Some(at) = next_use(c, &known, soonest)? {
            enqueue(c, known.name, &serde_json::json!({}), at, Some(known.name))?;
        }
    }
    Ok(())
}
