//! Approves commissions whose hold is over, in programmes that say so.

use std::time::Duration;

use super::approve;
use crate::Result;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::gate::Later;
use crate::partners::model::is_mature;
use crate::partners::store::commissions;
use crate::slice::{JobContext, JobKind, JobPlane};

/// Commissions of one write.
const CHUNK: i64 = 200;

/// The job.
pub const JOB: JobKind = JobKind {
    name: "partners.mature",
    plane: JobPlane::Tenant,
    every: Some(Duration::from_secs(300)),
    needed: Some(commissions::first_hold),
    run,
};

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let Some(scope) = context.scope else {
            return Ok(());
        };
        while scope.write(approve_some).await? == usize::try_from(CHUNK).unwrap_or(usize::MAX) {}
        Ok(())
    })
}

fn approve_some(c: &mut TenantConn) -> Result<usize> {
    let now = c.now();
    let actor = Actor::system("partners.mature");
    let ready = commissions::mature(c, now, CHUNK)?;
    for commission in &ready {
        if is_mature(commission.state, commission.hold_until, now) {
            approve::write(c, &actor, commission)?;
        }
    }
    Ok(ready.len())
}
