//! What the queue says of itself on the system page.

use super::store::{self, Counts};
use crate::Result;
use crate::app::App;
use crate::config::Tenancy;
use crate::db::Scope;
use crate::gate::Later;
use crate::slice::{Check, Level};
use crate::web::format::Format;

/// Work overdue by more than this says that nobody does it.
const LATE_SECONDS: u64 = 300;

/// Depth, delay and dead letters of the company's queue; in single mode the accounts' queue beside it.
pub(super) fn look(app: App, scope: Scope) -> Later<'static, Result<Vec<Check>>> {
    Box::pin(async move {
        let mut counts = scope.read(store::counts).await?;
        if app.config.tenancy == Tenancy::Single {
            counts = counts.and(app.control.read(store::counts).await?);
        }
        Ok(told(&app, counts, "the jobs page"))
    })
}

/// The same of the instance's own queue, where many companies are served: mails of accounts, deletions, looks at domains.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn checks_of_instance(app: &App) -> Result<Vec<Check>> {
    let counts = app.control.read(store::counts).await?;
    Ok(told(
        app,
        counts,
        "steading jobs list, or the report at /operator/report",
    ))
}

/// What there is to say of a queue; `place` is where to look.
fn told(app: &App, counts: Counts, place: &str) -> Vec<Check> {
    let format = Format::default();
    let late = counts
        .oldest_due
        .map_or(0, |due| app.clock.now().since(due).as_secs());
    let waits = if late > LATE_SECONDS {
        Check {
            name: "jobs.waiting",
            label: "Work that waits".to_owned(),
            level: Level::Bad,
            finding: format!(
                "{} due, the oldest for {}. Look at {place} for what holds it up.",
                format.number(counts.due),
                format.duration(late)
            ),
        }
    } else {
        Check {
            name: "jobs.waiting",
            label: "Work that waits".to_owned(),
            level: Level::Good,
            finding: format!(
                "{} due, {} planned, {} under way.",
                format.number(counts.due),
                format.number(counts.waiting - counts.due),
                format.number(counts.running)
            ),
        }
    };
    let dead = Check {
        name: "jobs.dead",
        label: "Work given up".to_owned(),
        level: if counts.dead == 0 {
            Level::Good
        } else {
            Level::Warn
        },
        finding: match counts.dead {
            0 => "None.".to_owned(),
            dead => format!(
                "{} after too many failed attempts. Retry or cancel each: {place}.",
                format.number(dead)
            ),
        },
    };
    vec![waits, dead]
}

impl Counts {
    /// Two queues seen as one.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            waiting: self.waiting + other.waiting,
            due: self.due + other.due,
            running: self.running + other.running,
            dead: self.dead + other.dead,
            oldest_due: [self.oldest_due, other.oldest_due]
                .into_iter()
                .flatten()
                .min(),
        }
    }
}
