//! A store's queue whichever plane it stands in: a tenant's, or the control plane's under the nil id.

use super::claim::{self, Taken};
use super::recurring;
use super::store::{self, Claimed};
use crate::Result;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Control, Scope};
use crate::id::TenantId;
use crate::slice::JobPlane;

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

/// Runs the same closure body through either plane's door.
macro_rules! through {
    ($shelf:expr, $how:ident, $app:ident, |$c:ident| $body:expr) => {{
        let $app = $shelf.app.clone();
        match &$shelf.door {
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
        }
    }};
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

    /// Makes a store ready: recurring work waits, and claims of a process that is gone are taken back.
    pub(super) async fn prepare(&self, alone: bool) -> Result<Option<Timestamp>> {
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
        let error = error.to_owned();
        through!(self, write, app, |c| claim::fail(
            c, &app, id, fence, attempts, &error
        ))
    }

    pub(super) async fn bury(&self, job: &Claimed) -> Result<bool> {
        let job = job.clone();
        through!(self, write, app, |c| claim::bury(c, &job))
    }

    pub(super) async fn give_back(&self, job: &Claimed) -> Result<bool> {
        let (id, fence) = (job.id, job.fence);
        through!(self, write, app, |c| claim::give_back(c, id, fence))
    }
}
