//! Doing what is due, now and to its end: for the command line and for tests.

use super::resting::resting;
use super::shelf::{Shelf, control_id};
use super::work::{End, work};
use crate::app::App;
use crate::id::{JobId, TenantId};
use crate::{Error, Result};

/// Jobs taken at once.
const BATCH: i64 = 16;
/// Jobs done in one call: work that makes more work due ends some time.
const MOST: usize = 10_000;

/// How one job went.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Done.
    Done,
    /// Not this time, and why.
    Failed(String),
    /// Another worker had it.
    TakenOver,
}

/// A job that was run.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Ran {
    /// Which.
    pub job: JobId,
    /// Of which kind.
    pub kind: String,
    /// How it went.
    pub outcome: Outcome,
}

/// Does every job that is due in a tenant's store (the control plane's, for `None`), one after another, until none is left.
///
/// # Errors
/// [`Error::Frozen`] where the company's work waits until it is thawed; where the store is out of reach.
pub async fn run_due(app: &App, tenant: Option<TenantId>) -> Result<Vec<Ran>> {
    let store = tenant.unwrap_or_else(control_id);
    if resting(app, store).is_some() {
        return Err(Error::Frozen);
    }
    let shelf = Shelf::of(app, store)?;
    shelf.prepare(false).await?;
    let mut ran = Vec::new();
    loop {
        let taken = shelf.take(BATCH).await?;
        if taken.jobs.is_empty() || ran.len() >= MOST {
            return Ok(ran);
        }
        for job in taken.jobs {
            let outcome = match work(&shelf, &job).await? {
                End::Done => Outcome::Done,
                End::Failed(reason) => Outcome::Failed(reason),
                End::Lost => Outcome::TakenOver,
            };
            ran.push(Ran {
                job: job.id,
                kind: job.kind,
                outcome,
            });
        }
    }
}
