//! Every domain is looked at once a day, verified or waiting.

use std::time::Duration;

use futures_util::future::join_all;

use super::store;
use super::verify::look;
use crate::actor::Actor;
use crate::app::App;
use crate::slice::{JobKind, JobPlane};
use crate::tenancy::life::told;
use crate::{Error, Result};

/// A look is good for so long.
const GOOD_FOR: Duration = Duration::from_secs(86_400);
/// Looks that go on side by side: most of a look is waiting.
const AT_ONCE: i64 = 8;

/// Looks for domains nobody looked at for a day. It comes by more often, so that one day stays one day.
pub(in crate::tenancy) const DAILY: JobKind = JobKind {
    name: "tenancy.domains",
    plane: JobPlane::Control,
    every: Some(Duration::from_secs(3_600)),
    needed: None,
    run: |context| Box::pin(async move { check_due(&context.app).await.map(drop) }),
};

/// Looks at every domain that nobody looked at for a day, and says how many those were. One that fails does not hold up the others.
///
/// # Errors
/// The first failure of the store, after the others of its round had their turn.
pub async fn check_due(app: &App) -> Result<usize> {
    let since = app.clock.now().minus(GOOD_FOR);
    let actor = Actor::system("domain check");
    let (mut looked, mut changed) = (0, false);
    let outcome = loop {
        let due = app
            .control
            .read(move |c| store::unseen_since(c, since, AT_ONCE))
            .await?;
        if due.is_empty() {
            break Ok(looked);
        }
        looked += due.len();
        let looks = due.into_iter().map(|domain| look(app, &actor, domain));
        let mut failed = None;
        for outcome in join_all(looks).await {
            match outcome {
                Ok((_, is_new)) => changed |= is_new,
                Err(Error::NotFound) => {}
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        if let Some(error) = failed {
            break Err(error);
        }
    };
    if changed {
        told(app).await;
    }
    outcome
}
