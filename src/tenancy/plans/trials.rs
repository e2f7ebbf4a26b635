//! The trial clock: whoever's trial is over is frozen, a few minutes after its end at most, and after a stop at the next start.

use std::time::Duration;

use super::store;
use crate::Result;
use crate::actor::Actor;
use crate::app::App;
use crate::gate::Later;
use crate::slice::{JobContext, JobKind, JobPlane};
use crate::tenancy::Status;
use crate::tenancy::life::{set_status, told};

/// Companies frozen in one write.
const AT_ONCE: i64 = 100;

/// Looks for trials that are over.
pub(in crate::tenancy) const TRIALS: JobKind = JobKind {
    name: "tenancy.trials",
    plane: JobPlane::Control,
    every: Some(Duration::from_secs(120)),
    needed: None,
    run,
};

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move { end_trials(&context.app).await.map(drop) })
}

/// Freezes the companies whose trial is over and says how many those were.
///
/// # Errors
/// Where the store does not answer.
pub async fn end_trials(app: &App) -> Result<usize> {
    let actor = Actor::system("trial clock");
    let mut frozen = 0;
    loop {
        let by = actor.clone();
        let some = app.control.write(move |c| {
            let over = store::trials_over(c, AT_ONCE)?;
            for tenant in &over {
                set_status(c, &by, *tenant, Status::Frozen)?;
            }
            Ok(over.len())
        });
        let some = some.await?;
        frozen += some;
        if some == 0 {
            break;
        }
    }
    if frozen > 0 {
        told(app).await;
    }
    Ok(frozen)
}
