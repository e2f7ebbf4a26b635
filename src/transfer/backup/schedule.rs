//! The backup that makes itself: a job of the control plane looks every few minutes whether the newest one is older than the last
//! time there should have been one.

use std::time::Duration;

use super::create::has_changed;
use super::{alert, create, list, prune};
use crate::Result;
use crate::actor::Actor;
use crate::app::App;
use crate::clock::Timestamp;
use crate::config::Schedule;
use crate::db::Told;
use crate::gate::Later;
use crate::slice::{JobContext, JobKind, JobPlane};
use crate::transfer::trouble::{Trouble, off_loop};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// The job.
pub(in crate::transfer) const KIND: JobKind = JobKind {
    name: "backup.run",
    plane: JobPlane::Control,
    every: Some(Duration::from_secs(300)),
    needed: None,
    run,
};

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let app = context.app;
        let Some(due) = last_due(app.config.backup.schedule, app.clock.now()) else {
            return Ok(());
        };
        let actor = Actor::system(KIND.name);
        let done = made_since(&app, &actor, due).await;
        let told = match &done {
            Ok(None) => alert::fine(&app, &actor).await,
            Ok(Some(why)) => alert::failed(&app, &actor, why).await,
            Err(trouble) => alert::failed(&app, &actor, &trouble.to_string()).await,
        };
        done.map_err(|trouble| match trouble {
            Trouble::Failed(error) => error,
            other => crate::Error::internal(other.to_string()),
        })?;
        told
    })
}

/// Makes the backup that is due, unless there is one. Says which companies the newest one is without.
async fn made_since(app: &App, actor: &Actor, due: Timestamp) -> Result<Option<String>, Trouble> {
    let settings = app.config.backup.clone();
    let target = settings.target.clone();
    let newest = off_loop(move || {
        let all = list(&target)?;
        let mut whole = all.into_iter();
        Ok::<_, Trouble>(whole.find(|one| one.manifest.tenant.is_none() && !one.is_safety_copy()))
    })
    .await?;
    if let Some(newest) = newest.filter(|newest| newest.manifest.made_at >= due) {
        let without = newest.manifest.without();
        // One that is without a company is not the one that was due; another one would be no better before that company can be read.
        if without.is_none() || !has_changed(app, &newest).await? {
            return Ok(without);
        }
    }
    let made = create(app, actor, None, "backup", &Told::default()).await?;
    let keep = usize::try_from(settings.keep).unwrap_or(usize::MAX);
    off_loop(move || prune(&settings.target, keep, false)).await?;
    Ok(made.manifest.without())
}

/// The last time at or before `now` at which there should have been a backup.
fn last_due(schedule: Schedule, now: Timestamp) -> Option<Timestamp> {
    let now = now.as_micros();
    let at = match schedule {
        Schedule::Off => return None,
        Schedule::Hourly => now - now.rem_euclid(60 * MINUTE),
        Schedule::Daily { minute_of_day } => before(now, DAY, i64::from(minute_of_day) * MINUTE),
        // 1970 began on a Thursday: the first Monday was its fifth day.
        Schedule::Weekly => before(now, 7 * DAY, 4 * DAY + 180 * MINUTE),
    };
    Some(Timestamp::from_micros(at))
}

/// The last moment of the form `offset` + n × `every`.
fn before(now: i64, every: i64, offset: i64) -> i64 {
    now - (now - offset).rem_euclid(every)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_time_is_the_one_before_now() {
        // A Sunday.
        let now: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        let due = |schedule| last_due(schedule, now).map(|at| at.to_string());
        assert_eq!(due(Schedule::Off), None);
        let cases = [
            (Schedule::Hourly, "2026-03-01T12:00:00.000000Z"),
            (
                Schedule::Daily { minute_of_day: 180 },
                "2026-03-01T03:00:00.000000Z",
            ),
            (
                Schedule::Daily { minute_of_day: 810 },
                "2026-02-28T13:30:00.000000Z",
            ),
            (Schedule::Weekly, "2026-02-23T03:00:00.000000Z"),
        ];
        for (schedule, at) in cases {
            assert_eq!(due(schedule).as_deref(), Some(at), "{schedule:?}");
        }
    }
}
