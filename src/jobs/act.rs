//! What people may do to a job: run it now, retry it, call it off. Each leaves its event.

use super::kinds;
use super::model::State;
use super::store::{self, Job};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::{Plane, Scoped};
use crate::id::JobId;
use crate::{Error, Result};

/// Makes a waiting job due at once.
///
/// # Errors
/// [`Error::NotFound`], or a conflict where it does not wait.
pub fn run_now<P: Plane>(c: &mut Scoped<'_, P>, actor: &Actor, id: JobId) -> Result<Job> {
    change(
        c,
        actor,
        id,
        &[State::Ready],
        State::Ready,
        "job.run_requested",
    )
}

/// Lets a dead or cancelled job begin again, its attempts forgotten.
///
/// # Errors
/// [`Error::NotFound`], or a conflict where it is not over, or where a newer one waits under its key.
pub fn retry<P: Plane>(c: &mut Scoped<'_, P>, actor: &Actor, id: JobId) -> Result<Job> {
    change(
        c,
        actor,
        id,
        &[State::Dead, State::Cancelled],
        State::Ready,
        "job.retried",
    )
    .map_err(|error| match error {
        Error::Duplicate => Error::conflict(
            "job_waits",
            "A newer job of this kind already waits; it will do this work.",
        ),
        other => other,
    })
}

/// Calls a job off.
///
/// # Errors
/// [`Error::NotFound`], or a conflict where it runs, is over, or would come back by itself.
pub fn cancel<P: Plane>(c: &mut Scoped<'_, P>, app: &App, actor: &Actor, id: JobId) -> Result<Job> {
    let job = store::job(c, id)?.ok_or(Error::NotFound)?;
    let returns = kinds::find(app, kinds::plane_of::<P>(), &job.kind)
        .is_some_and(|kind| kind.every.is_some());
    if returns && job.state == State::Ready.as_str() {
        return Err(Error::conflict(
            "job_recurs",
            "This work comes back by itself and cannot be called off.",
        ));
    }
    change(
        c,
        actor,
        id,
        &[State::Ready, State::Dead],
        State::Cancelled,
        "job.cancelled",
    )
}

fn change<P: Plane>(
    c: &mut Scoped<'_, P>,
    actor: &Actor,
    id: JobId,
    from: &[State],
    to: State,
    action: &'static str,
) -> Result<Job> {
    let before = store::job(c, id)?.ok_or(Error::NotFound)?;
    let fits = State::read(&before.state).is_some_and(|state| from.contains(&state));
    let after = if fits {
        store::move_to(c, &before, to)?
    } else {
        None
    };
    let after = after.ok_or_else(|| {
        Error::conflict(
            "job_state",
            format!("This job is {}, so this is not possible now.", before.state),
        )
    })?;
    let event = Event::new(action)
        .product("jobs")
        .target("job", &id, &after.kind)
        .before_after(&seen(&before), &seen(&after));
    audit::record(c, actor, event)?;
    if to == State::Ready {
        c.wake_jobs();
    }
    Ok(after)
}

/// What the trail shows of a job; its payload may speak of people.
fn seen(job: &Job) -> serde_json::Value {
    serde_json::json!({ "state": job.state, "run_at": job.run_at, "attempts": job.attempts })
}
