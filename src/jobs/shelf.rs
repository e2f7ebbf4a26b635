//! A store's queue whichever plane it stands in: a tenant's, or the control plane's under the nil id.

use std::time::Duration;

use super::claim::{self, Taken};
use super::model::dice;
use super::recurring;
use super::store::{self, Claimed};
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Control, Scope};
use crate::id::TenantId;
use crate::slice::JobPlane;
use crate::{Error, Result};

/// The control plane's place among the stores.
pub(super) fn control_id() -> TenantId {
    TenantId::from_uuid(uuid::Uuid::nil())
}

#[derive(Clone)]
pub(super) struct Shelf {
    pub(super) app: App,
    pub(super) store: TenantId,
    door: Door,
}

#[derive(Clone)]
enum Door {
    Control(Control),
    Tenant(Scope),
}

/// Times a queue's own write is tried again where the store is busy: on PostgreSQL workers meet often, and a lost ending costs a lease.
const TRIES: u32 = 8;

/// Runs the same closure body through either plane's door, again where the store is busy.
macro_rules! through {
    ($shelf:expr, $how:ident, $app:ident, $($taken:ident,)? |$c:ident| $body:expr) => {{
        let mut tried = 0;
        loop {
            let $app = $shelf.app.clone();
            $(let $taken = $taken.clone();)?
            let answer = match &$shelf.door {
                Door::Control(door) => {
                    door.$how(move |$c| {
                        let _ = &$app;
                        $body
                    })
                    .await
                }
                Door::Tenant(door) => {
                    door.$how(move |$c| {
                        let _ = &$app;
                        $body
                    })
                    .await
                }
            };
            tried += 1;
            match answer {
                Err(Error::Busy) if tried < TRIES => wait(tried).await,
                answer => break answer,
            }
        }
    }};
}

/// Longer each time, and not as long as the others'.
async fn wait(tried: u32) {
    let longest = 10_u64 << tried.min(TRIES);
    let spread = u64::from(dice()) % longest;
    tokio::time::sleep(Duration::from_millis(1 + spread)).await;
}

impl Shelf {
    pub(super) fn of(app: &App, store: TenantId) -> Result<Self> {
        let door = if store == control_id() {
            Door::Control(app.control.clone())
        } else {
            Door::Tenant(app.tenants.scope(store)?)
        };
        Ok(Self {
            app: app.clone(),
            store,
            door,
        })
    }

    pub(super) fn plane(&self) -> JobPlane {
        match self.door {
            Door::Control(_) => JobPlane::Control,
            Door::Tenant(_) => JobPlane::Tenant,
        }
    }

    pub(super) fn scope(&self) -> Option<Scope> {
        match &self.door {
            Door::Control(_) => None,
            Door::Tenant(scope) => Some(scope.clone()),
        }
    }

    /// Makes a store ready: recurring work waits, and claims of a process that is gone are taken back. Nothing is written where
    /// all is as it should be.
    pub(super) async fn prepare(&self, alone: bool) -> Result<Option<Timestamp>> {
        let ready = through!(self, read, app, |c| {
            let is_ready =
                recurring::missing(c, &app)?.is_empty() && !(alone && claim::holds_abandoned(c)?);
            Ok(if is_ready {
                Some(store::next_due(c)?)
            } else {
                None
            })
        })?;
        if let Some(next) = ready {
            return Ok(next);
        }
        through!(self, write, app, |c| {
            if alone {
                claim::rescue(c, &app, true)?;
            }
            recurring::ensure(c, &app)?;
            store::next_due(c)
        })
    }

    pub(super) async fn next_due(&self) -> Result<Option<Timestamp>> {
        through!(self, read, app, |c| store::next_due(c))
    }

    pub(super) async fn take(&self, most: i64) -> Result<Taken> {
        through!(self, write, app, |c| claim::take(c, &app, most))
    }

    pub(super) async fn renew(&self, job: &Claimed) -> Result<bool> {
        let (id, fence) = (job.id, job.fence);
        through!(self, write, app, |c| store::renew(c, id, fence))
    }

    /// True where the job is completed, now or before by itself.
    pub(super) async fn complete(&self, job: &Claimed) -> Result<bool> {
        let (id, fence) = (job.id, job.fence);
        through!(self, write, app, |c| Ok(claim::complete(
            c, &app, id, fence
        )? || claim::is_done(
            c, id, fence
        )?))
    }

    pub(super) async fn fail(&self, job: &Claimed, error: &str) -> Result<bool> {
        let (id, fence, attempts) = (job.id, job.fence, job.attempts);
        let error: std::sync::Arc<str> = error.into();
        through!(self, write, app, error, |c| claim::fail(
            c, &app, id, fence, attempts, &error
        ))
    }

    pub(super) async fn bury(&self, job: &Claimed) -> Result<bool> {
        through!(self, write, app, job, |c| claim::bury(c, &job))
    }

    pub(super) async fn give_back(&self, job: &Claimed) -> Result<bool> {
        let (id, fence) = (job.id, job.fence);
        through!(self, write, app, |c| claim::give_back(c, id, fence))
    }
}
