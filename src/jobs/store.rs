//! The queue's SQL. Both planes have the same table, so one set of statements serves both: the scoped connection's file
//! (SQLite) or search path (PostgreSQL) decides which plane's queue a statement meets.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::model::{Filter, LEASE, MAX_ATTEMPTS, State};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::portable::{Target, on_conflict};
use crate::db::schema::tenant::jobs::{self, dsl};
use crate::db::types::{Instant, Key};
use crate::db::{MultiBackend, Plane, Scoped};
use crate::id::JobId;
use crate::slice::JobPlane;

/// A job as the pages and the command line show it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Its kind.
    pub kind: String,
    /// What it was enqueued with, as JSON text.
    pub payload: String,
    /// The key under which only one waits.
    pub unique_key: Option<String>,
    /// Where it is in its life; see [`State`].
    pub state: String,
    /// When it is or was due.
    pub run_at: Timestamp,
    /// How often it was begun.
    pub attempts: i64,
    /// How often it may be begun.
    pub max_attempts: i64,
    /// Until when it is held by whoever does it.
    pub lease_until: Option<Timestamp>,
    /// How often it was claimed, ever.
    pub fence: i64,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it was over.
    pub finished_at: Option<Timestamp>,
}

pub(super) struct NewJob<'a> {
    pub(super) kind: &'a str,
    pub(super) payload: &'a str,
    pub(super) unique_key: Option<&'a str>,
    pub(super) run_at: Timestamp,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Key)]
    id: JobId,
}

/// A job somebody now holds.
#[derive(Debug, Clone, QueryableByName)]
pub(super) struct Claimed {
    #[diesel(sql_type = Key)]
    pub(super) id: JobId,
    #[diesel(sql_type = Text)]
    pub(super) kind: String,
    #[diesel(sql_type = Text)]
    pub(super) payload: String,
    #[diesel(sql_type = Instant)]
    pub(super) run_at: Timestamp,
    #[diesel(sql_type = BigInt)]
    pub(super) attempts: i64,
    #[diesel(sql_type = BigInt)]
    pub(super) fence: i64,
}

pub(super) fn insert<P: Plane>(c: &mut Scoped<'_, P>, job: &NewJob<'_>) -> Result<Option<JobId>> {
    let now = c.now();
    let target = match super::kinds::plane_of::<P>() {
        JobPlane::Tenant => Target::Tenant,
        JobPlane::Control => Target::Control,
    };
    let earlier = on_conflict(
        c.db(),
        target,
        "unique_key",
        "WHERE state = 'ready' DO UPDATE SET run_at = excluded.run_at, updated_at = excluded.updated_at \
         WHERE jobs.run_at > excluded.run_at",
    );
    let statement = format!(
        "INSERT INTO jobs (id, kind, payload, unique_key, state, run_at, attempts, max_attempts, fence, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, 'ready', $5, 0, $6, 0, $7, $8){earlier} RETURNING id"
    );
    let row: Option<Named> = diesel::sql_query(statement)
        .bind::<Key, _>(JobId::new(now))
        .bind::<Text, _>(job.kind)
        .bind::<Text, _>(job.payload)
        .bind::<Nullable<Text>, _>(job.unique_key)
        .bind::<Instant, _>(job.run_at)
        .bind::<BigInt, _>(MAX_ATTEMPTS)
        .bind::<Instant, _>(now)
        .bind::<Instant, _>(now)
        .get_results(c.db())?
        .pop();
    Ok(row.map(|row| row.id))
}

/// Takes up to `most` due jobs: one statement, so that no two workers take the same. Of a unique key only one runs at a time.
pub(super) fn claim<P: Plane>(c: &mut Scoped<'_, P>, most: i64) -> Result<Vec<Claimed>> {
    let now = c.now();
    let mut claimed: Vec<Claimed> = diesel::sql_query(
        "UPDATE jobs SET state = 'running', attempts = attempts + 1, fence = fence + 1, lease_until = $1, updated_at = $2 \
         WHERE id IN (SELECT due.id FROM jobs due WHERE due.state = 'ready' AND due.run_at <= $3 \
           AND (due.unique_key IS NULL OR NOT EXISTS ( \
             SELECT 1 FROM jobs held WHERE held.state = 'running' AND held.unique_key = due.unique_key)) \
           ORDER BY due.run_at, due.id LIMIT $4) \
         AND state = 'ready' RETURNING id, kind, payload, run_at, attempts, fence",
    )
    .bind::<Instant, _>(now.plus(LEASE))
    .bind::<Instant, _>(now)
    .bind::<Instant, _>(now)
    .bind::<BigInt, _>(most)
    .get_results(c.db())?;
    claimed.sort_by_key(|job| (job.run_at, job.id));
    Ok(claimed)
}

/// Renews a claim; false where it is no longer ours.
pub(super) fn renew<P: Plane>(c: &mut Scoped<'_, P>, id: JobId, fence: i64) -> Result<bool> {
    let until = c.now().plus(LEASE);
    let renewed = diesel::update(mine(id, fence))
        .set(dsl::lease_until.eq(Some(until)))
        .execute(c.db())?;
    Ok(renewed == 1)
}

/// What is left to say when a claim ends.
pub(super) struct Ending<'a> {
    pub(super) state: State,
    /// When it is due again, for a job that goes back.
    pub(super) run_at: Option<Timestamp>,
    pub(super) error: Option<&'a str>,
    /// A claim that did not get to do anything is not counted.
    pub(super) uncounted: bool,
}

/// Ends a claim; `None` where it is no longer ours, else the job as it is now.
pub(super) fn end<P: Plane>(
    c: &mut Scoped<'_, P>,
    id: JobId,
    fence: i64,
    ending: &Ending<'_>,
) -> Result<Option<Job>> {
    let now = c.now();
    let Some(held): Option<Job> = mine(id, fence).first(c.db()).optional()? else {
        return Ok(None);
    };
    // Its key may have been asked for again while it ran: then that job does what is left to do.
    let superseded = ending.state == State::Ready
        && held.unique_key.is_some()
        && waiting(c, held.unique_key.as_deref())?;
    let state = if superseded {
        State::Done
    } else {
        ending.state
    };
    let over = !matches!(state, State::Ready | State::Running);
    let ended: Option<Job> = diesel::update(mine(id, fence))
        .set((
            dsl::state.eq(state.as_str()),
            dsl::run_at.eq(ending.run_at.unwrap_or(held.run_at)),
            dsl::attempts.eq(held.attempts - i64::from(ending.uncounted)),
            dsl::lease_until.eq(None::<Timestamp>),
            dsl::last_error.eq(ending.error),
            dsl::updated_at.eq(now),
            dsl::finished_at.eq(over.then_some(now)),
        ))
        .returning(jobs::all_columns)
        .get_result(c.db())
        .optional()?;
    Ok(ended)
}

fn waiting<P: Plane>(c: &mut Scoped<'_, P>, key: Option<&str>) -> Result<bool> {
    let waiting: Option<JobId> = jobs::table
        .filter(dsl::state.eq(State::Ready.as_str()))
        .filter(dsl::unique_key.eq(key))
        .select(dsl::id)
        .first(c.db())
        .optional()?;
    Ok(waiting.is_some())
}

/// Claims whose holder has not been heard of, or all of them where nobody else can hold one.
pub(super) fn abandoned<P: Plane>(
    c: &mut Scoped<'_, P>,
    all: bool,
    most: i64,
) -> Result<Vec<(JobId, i64, i64)>> {
    let horizon = if all {
        Timestamp::from_micros(i64::MAX)
    } else {
        c.now()
    };
    Ok(jobs::table
        .filter(dsl::state.eq(State::Running.as_str()))
        .filter(dsl::lease_until.le(horizon))
        .select((dsl::id, dsl::fence, dsl::attempts))
        .limit(most)
        .load(c.db())?)
}

/// When the store next needs a look: the first due time, or the end of a claim.
pub(super) fn next_due<P: Plane>(c: &mut Scoped<'_, P>) -> Result<Option<Timestamp>> {
    let ready: Option<Timestamp> = jobs::table
        .filter(dsl::state.eq(State::Ready.as_str()))
        .order(dsl::run_at.asc())
        .select(dsl::run_at)
        .first(c.db())
        .optional()?;
    let held: Option<Option<Timestamp>> = jobs::table
        .filter(dsl::state.eq(State::Running.as_str()))
        .order(dsl::lease_until.asc())
        .select(dsl::lease_until)
        .first(c.db())
        .optional()?;
    Ok([ready, held.flatten()].into_iter().flatten().min())
}

/// The job of a kind that runs or waits, the next one first.
pub(super) fn alive<P: Plane>(c: &mut Scoped<'_, P>, kind: &str) -> Result<Option<Job>> {
    Ok(jobs::table
        .filter(dsl::kind.eq(kind))
        .filter(dsl::state.eq_any([State::Ready.as_str(), State::Running.as_str()]))
        .order(dsl::run_at.asc())
        .first(c.db())
        .optional()?)
}

/// Moves a job that is not held: to `Ready` due at once (with its attempts forgotten where it was over), or to `Cancelled`.
pub(super) fn move_to<P: Plane>(
    c: &mut Scoped<'_, P>,
    job: &Job,
    state: State,
) -> Result<Option<Job>> {
    let now = c.now();
    let fresh = job.finished_at.is_some();
    Ok(diesel::update(
        jobs::table
            .filter(dsl::id.eq(job.id))
            .filter(dsl::state.eq(job.state.clone())),
    )
    .set((
        dsl::state.eq(state.as_str()),
        dsl::run_at.eq(if state == State::Ready {
            now
        } else {
            job.run_at
        }),
        dsl::attempts.eq(if fresh && state == State::Ready {
            0
        } else {
            job.attempts
        }),
        dsl::updated_at.eq(now),
        dsl::finished_at.eq((state != State::Ready).then_some(now)),
    ))
    .returning(jobs::all_columns)
    .get_result(c.db())
    .optional()?)
}

/// Forgets jobs that were over before `before`, at most `most` at once; says how many. The dead stay until somebody decides.
pub(super) fn forget<P: Plane>(
    c: &mut Scoped<'_, P>,
    before: Timestamp,
    most: i64,
) -> Result<usize> {
    let old: Vec<JobId> = jobs::table
        .filter(dsl::state.eq_any([State::Done.as_str(), State::Cancelled.as_str()]))
        .filter(dsl::finished_at.lt(before))
        .select(dsl::id)
        .limit(most)
        .load(c.db())?;
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(jobs::table.filter(dsl::id.eq_any(old))).execute(c.db())?)
}

/// When the first of the jobs that are over was, near enough for a broom: of those that were due first.
pub(super) fn first_over<P: Plane>(c: &mut Scoped<'_, P>) -> Result<Option<Timestamp>> {
    let mut first = None;
    for state in [State::Done, State::Cancelled] {
        let over: Option<Option<Timestamp>> = jobs::table
            .filter(dsl::state.eq(state.as_str()))
            .order(dsl::run_at.asc())
            .select(dsl::finished_at)
            .first(c.db())
            .optional()?;
        first = [first, over.flatten()].into_iter().flatten().min();
    }
    Ok(first)
}

/// Forgets the runs of a recurring kind that were due since then and came to their end, but for this one.
pub(super) fn forget_runs<P: Plane>(
    c: &mut Scoped<'_, P>,
    kind: &str,
    since: Timestamp,
    but: JobId,
) -> Result<usize> {
    let runs = jobs::table
        .filter(dsl::state.eq(State::Done.as_str()))
        .filter(dsl::run_at.ge(since))
        .filter(dsl::kind.eq(kind))
        .filter(dsl::unique_key.eq(kind))
        .filter(dsl::id.ne(but));
    Ok(diesel::delete(runs).execute(c.db())?)
}

/// One job.
///
/// # Errors
/// Where the store fails.
pub fn job<P: Plane>(c: &mut Scoped<'_, P>, id: JobId) -> Result<Option<Job>> {
    Ok(jobs::table.find(id).first(c.db()).optional()?)
}

/// Jobs that fit a filter, newest first, after (that is, older than) `after`.
///
/// # Errors
/// Where the store fails.
pub fn page<P: Plane>(
    c: &mut Scoped<'_, P>,
    filter: &Filter,
    after: Option<JobId>,
    limit: i64,
) -> Result<Vec<Job>> {
    let mut wanted = filtered(filter);
    if let Some(after) = after {
        wanted = wanted.filter(dsl::id.lt(after));
    }
    Ok(wanted.order(dsl::id.desc()).limit(limit).load(c.db())?)
}

/// How many jobs fit a filter.
pub(super) fn total<P: Plane>(c: &mut Scoped<'_, P>, filter: &Filter) -> Result<i64> {
    Ok(filtered(filter).count().get_result(c.db())?)
}

fn filtered(filter: &Filter) -> jobs::BoxedQuery<'static, MultiBackend> {
    let mut wanted = jobs::table.into_boxed::<MultiBackend>();
    if let Some(state) = filter.state {
        wanted = wanted.filter(dsl::state.eq(state.as_str()));
    } else if !filter.all {
        wanted = wanted.filter(dsl::state.eq_any([
            State::Ready.as_str(),
            State::Running.as_str(),
            State::Dead.as_str(),
        ]));
    }
    if let Some(kind) = filter.kind.clone() {
        wanted = wanted.filter(dsl::kind.eq(kind));
    }
    wanted
}

/// The last job of a kind that was over.
///
/// # Errors
/// Where the store fails.
pub fn last_run<P: Plane>(c: &mut Scoped<'_, P>, kind: &str) -> Result<Option<Job>> {
    Ok(jobs::table
        .filter(dsl::kind.eq(kind))
        .filter(dsl::state.eq_any([State::Done.as_str(), State::Dead.as_str()]))
        .order(dsl::finished_at.desc())
        .first(c.db())
        .optional()?)
}

/// How a queue stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Waiting, due or not.
    pub waiting: i64,
    /// Due and not begun.
    pub due: i64,
    /// Being done.
    pub running: i64,
    /// Given up.
    pub dead: i64,
    /// The longest overdue.
    pub oldest_due: Option<Timestamp>,
}

/// How this store's queue stands.
///
/// # Errors
/// Where the store fails.
pub fn counts<P: Plane>(c: &mut Scoped<'_, P>) -> Result<Counts> {
    let now = c.now();
    let mut count = |state: State, due: Option<Timestamp>| -> Result<i64> {
        let mut wanted = jobs::table
            .filter(dsl::state.eq(state.as_str()))
            .into_boxed::<MultiBackend>();
        if let Some(due) = due {
            wanted = wanted.filter(dsl::run_at.le(due));
        }
        Ok(wanted.count().get_result(c.db())?)
    };
    let (waiting, due) = (count(State::Ready, None)?, count(State::Ready, Some(now))?);
    let (running, dead) = (count(State::Running, None)?, count(State::Dead, None)?);
    let oldest_due = jobs::table
        .filter(dsl::state.eq(State::Ready.as_str()))
        .filter(dsl::run_at.le(now))
        .order(dsl::run_at.asc())
        .select(dsl::run_at)
        .first(c.db())
        .optional()?;
    Ok(Counts {
        waiting,
        due,
        running,
        dead,
        oldest_due,
    })
}

#[diesel::dsl::auto_type(no_type_alias)]
fn mine(id: JobId, fence: i64) -> _ {
    let state: &'static str = "running";
    jobs::table
        .filter(dsl::id.eq(id))
        .filter(dsl::fence.eq(fence))
        .filter(dsl::state.eq(state))
}
