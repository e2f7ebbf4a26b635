//! The daily broom of a store: jobs that are long over, first answers nobody will ask for again.

use std::time::Duration;

use super::store;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::replay::{first_answer, forget_answers};
use crate::db::{Plane, Scoped, TenantConn};
use crate::gate::Later;
use crate::slice::{JobContext, JobKind, JobPlane};

/// Jobs that were over are kept this long, for looking back.
const KEEP_JOBS: Duration = Duration::from_secs(14 * 86_400);
/// Kept answers are replayed this long.
const KEEP_ANSWERS: Duration = Duration::from_secs(7 * 86_400);
/// Rows of one write.
const CHUNK: i64 = 500;

const EVERY: Duration = Duration::from_secs(86_400);

/// In each tenant's store.
pub(super) const TENANT: JobKind = JobKind {
    name: "jobs.tidy",
    plane: JobPlane::Tenant,
    every: Some(EVERY),
    needed: Some(needed),
    run,
};
/// In the control plane.
pub(super) const CONTROL: JobKind = JobKind {
    plane: JobPlane::Control,
    ..TENANT
};

/// Once something is old enough to go.
fn needed(c: &mut TenantConn) -> Result<Option<Timestamp>> {
    let job = store::first_over(c)?.map(|at| at.plus(KEEP_JOBS));
    let answer = first_answer(c)?.map(|at| at.plus(KEEP_ANSWERS));
    Ok([job, answer].into_iter().flatten().min())
}

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        loop {
            let full = match &context.scope {
                Some(scope) => scope.write(sweep).await?,
                None => context.app.control.write(sweep).await?,
            };
            if !full {
                return Ok(());
            }
        }
    })
}

/// One write of it; true where more may be left.
fn sweep<P: Plane>(c: &mut Scoped<'_, P>) -> Result<bool> {
    let now = c.now();
    let jobs = store::forget(c, now.minus(KEEP_JOBS), CHUNK)?;
    let answers = forget_answers(c, now.minus(KEEP_ANSWERS), CHUNK)?;
    Ok(is_full(jobs) || is_full(answers))
}

fn is_full(rows: usize) -> bool {
    i64::try_from(rows).is_ok_and(|rows| rows >= CHUNK)
}
