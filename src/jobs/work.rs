//! Doing one claimed job: its claim is renewed meanwhile, its end is written under the fence.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Poll;

use super::kinds;
use super::model::{HEARTBEAT, TIME_LIMIT};
use super::shelf::Shelf;
use super::store::Claimed;
use crate::slice::JobContext;
use crate::web::metrics::Counters;
use crate::{Error, Result};

/// Longest reason kept.
const REASON_LIMIT: usize = 500;

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum End {
    Done,
    Failed(String),
    /// Another worker holds it now; nothing was written.
    Lost,
}

/// Does a job and writes how it ended.
pub(super) async fn work(shelf: &Shelf, job: &Claimed) -> Result<End> {
    let Some(kind) = kinds::find(&shelf.app, shelf.plane(), &job.kind) else {
        shelf.bury(job).await?;
        return Ok(End::Failed("unknown kind".to_owned()));
    };
    let context = JobContext {
        app: shelf.app.clone(),
        scope: shelf.scope(),
        payload: serde_json::from_str(&job.payload).unwrap_or(serde_json::Value::Null),
        job: job.id,
        attempt: job.attempts,
        fence: job.fence,
    };
    let doing = survived(async move { (kind.run)(context).await });
    let end = tokio::select! {
        ended = tokio::time::timeout(TIME_LIMIT, doing) => match ended {
            Ok(Ok(Ok(()))) => End::Done,
            Ok(Ok(Err(Error::Conflict { code: "lease_lost", .. }))) => End::Lost,
            Ok(Ok(Err(error))) => End::Failed(reason(&error)),
            Ok(Err(Panicked)) => End::Failed("It panicked.".to_owned()),
            Err(_) => End::Failed(format!("It took longer than {} minutes.", TIME_LIMIT.as_secs() / 60)),
        },
        () = held(shelf, job) => End::Lost,
    };
    let ours = match &end {
        End::Done => shelf.complete(job).await?,
        End::Failed(reason) => {
            tracing::warn!(job.id = %job.id, job.kind = %job.kind, attempt = job.attempts, %reason, "A job failed");
            shelf.fail(job, reason).await?
        }
        End::Lost => false,
    };
    if ours {
        let counters = Counters::of(&shelf.app);
        match &end {
            End::Done => counters.jobs_done.add(1),
            End::Failed(_) => counters.jobs_failed.add(1),
            End::Lost => {}
        }
        Ok(end)
    } else {
        tracing::warn!(job.id = %job.id, job.kind = %job.kind, "A job was taken over by another worker");
        Ok(End::Lost)
    }
}

struct Panicked;

/// A panic of a job ends that job alone.
async fn survived<T>(doing: impl Future<Output = T>) -> std::result::Result<T, Panicked> {
    let mut doing = Box::pin(doing);
    std::future::poll_fn(move |c| {
        // After a panic the future is dropped, never polled again.
        match catch_unwind(AssertUnwindSafe(|| doing.as_mut().poll(c))) {
            Ok(Poll::Ready(value)) => Poll::Ready(Ok(value)),
            Ok(Poll::Pending) => Poll::Pending,
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    })
    .await
}

/// Renews a claim until it turns out to be lost.
async fn held(shelf: &Shelf, job: &Claimed) {
    loop {
        tokio::time::sleep(HEARTBEAT).await;
        match shelf.renew(job).await {
            Ok(true) => {}
            Ok(false) => return,
            // The store may be back before the lease ends.
            Err(error) => {
                tracing::warn!(job.id = %job.id, %error, "A job's claim could not be renewed")
            }
        }
    }
}

/// An error with its causes, in one line for the jobs page.
fn reason(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text} {cause}");
        source = cause.source();
    }
    text.chars().take(REASON_LIMIT).collect()
}
