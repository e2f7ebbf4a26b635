//! Taking work and giving it back, on either plane: what the workers do to a queue.

use super::model::{State, back_off, dice};
use super::recurring;
use super::store::{self, Claimed, Ending};
use crate::Result;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Plane, Scoped};
use crate::id::JobId;

/// Abandoned jobs taken back at once.
const RESCUE: i64 = 100;
/// What an abandoned job's record says.
const STOPPED: &str = "The program stopped while this ran.";

/// What a look at a queue brought.
pub(super) struct Taken {
    pub(super) jobs: Vec<Claimed>,
    /// When the next look is due.
    pub(super) next: Option<Timestamp>,
}

/// Takes back what was abandoned, claims up to `most` due jobs, and says when to look again.
pub(super) fn take<P: Plane>(c: &mut Scoped<'_, P>, app: &App, most: i64) -> Result<Taken> {
    rescue(c, app, false)?;
    let jobs = store::claim(c, most)?;
    let next = store::next_due(c)?;
    Ok(Taken { jobs, next })
}

/// Whether somebody holds a job, though nobody can.
pub(super) fn holds_abandoned<P: Plane>(c: &mut Scoped<'_, P>) -> Result<bool> {
    Ok(!store::abandoned(c, true, 1)?.is_empty())
}

/// Gives jobs back whose worker is gone. `all`: nobody else can hold any, as at the start over files that only we may open.
pub(super) fn rescue<P: Plane>(c: &mut Scoped<'_, P>, app: &App, all: bool) -> Result<usize> {
    let abandoned = store::abandoned(c, all, RESCUE)?;
    let many = abandoned.len();
    for (id, fence, attempts) in abandoned {
        fail(c, app, id, fence, attempts, STOPPED)?;
    }
    Ok(many)
}

/// Completes a job; false where it is no longer ours. A kind that comes back by itself is enqueued for its next time.
pub(super) fn complete<P: Plane>(
    c: &mut Scoped<'_, P>,
    app: &App,
    id: JobId,
    fence: i64,
) -> Result<bool> {
    let ending = Ending {
        state: State::Done,
        run_at: None,
        error: None,
        uncounted: false,
    };
    let Some(job) = store::end(c, id, fence, &ending)? else {
        return Ok(false);
    };
    recurring::again(c, app, &job)?;
    Ok(true)
}

/// Notes a failed attempt: the job goes back to wait, or is dead after its last. False where it is no longer ours.
pub(super) fn fail<P: Plane>(
    c: &mut Scoped<'_, P>,
    app: &App,
    id: JobId,
    fence: i64,
    attempts: i64,
    error: &str,
) -> Result<bool> {
    let last = attempts >= super::MAX_ATTEMPTS;
    let wait = back_off(attempts, dice());
    let ending = Ending {
        state: if last { State::Dead } else { State::Ready },
        run_at: (!last).then(|| c.now().plus(wait)),
        error: Some(error),
        uncounted: false,
    };
    let Some(job) = store::end(c, id, fence, &ending)? else {
        return Ok(false);
    };
    if last {
        recurring::again(c, app, &job)?;
    }
    c.wake_jobs();
    Ok(true)
}

/// Buries a job of a kind this version does not know.
pub(super) fn bury<P: Plane>(c: &mut Scoped<'_, P>, job: &Claimed) -> Result<bool> {
    let error = format!("This version does not know work of the kind {}.", job.kind);
    let ending = Ending {
        state: State::Dead,
        run_at: None,
        error: Some(&error),
        uncounted: true,
    };
    Ok(store::end(c, job.id, job.fence, &ending)?.is_some())
}

/// Gives a claim back unused, due at once: the process is on its way out.
pub(super) fn give_back<P: Plane>(c: &mut Scoped<'_, P>, id: JobId, fence: i64) -> Result<bool> {
    let ending = Ending {
        state: State::Ready,
        run_at: Some(c.now()),
        error: None,
        uncounted: true,
    };
    Ok(store::end(c, id, fence, &ending)?.is_some())
}

/// Whether a completion that changed nothing had simply been done before, by `finish_with`.
pub(super) fn is_done<P: Plane>(c: &mut Scoped<'_, P>, id: JobId, fence: i64) -> Result<bool> {
    Ok(store::job(c, id)?
        .is_none_or(|job| job.fence == fence && State::read(&job.state) == Some(State::Done)))
}
