//! Mails that left long ago are forgotten: the outbox is no archive.

use std::time::Duration;

use super::store;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::gate::Later;
use crate::id::MailId;
use crate::slice::{JobContext, JobKind, JobPlane};

/// Sent mails are kept this long.
const KEEP: Duration = Duration::from_secs(90 * 86_400);
/// Rows of one write.
const CHUNK: i64 = 500;

/// In each tenant's store.
pub(super) const TENANT: JobKind = JobKind {
    name: "mail.tidy",
    plane: JobPlane::Tenant,
    every: Some(Duration::from_secs(86_400)),
    needed: Some(needed),
    run,
};
/// In the control plane.
pub(super) const CONTROL: JobKind = JobKind {
    plane: JobPlane::Control,
    ..TENANT
};

/// Once a mail is old enough to go.
fn needed(c: &mut TenantConn) -> Result<Option<Timestamp>> {
    Ok(store::first_gone(c)?.map(|mail| mail.made_at().plus(KEEP)))
}

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let before = MailId::floor(context.app.clock.now().minus(KEEP));
        loop {
            let gone = match &context.scope {
                Some(scope) => {
                    scope
                        .write(move |c| store::forget(c, before, CHUNK))
                        .await?
                }
                None => {
                    let control = &context.app.control;
                    control
                        .write(move |c| store::forget(c, before, CHUNK))
                        .await?
                }
            };
            if i64::try_from(gone).is_ok_and(|gone| gone < CHUNK) {
                return Ok(());
            }
        }
    })
}
