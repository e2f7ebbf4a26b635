//! The daily broom of who may enter: sessions that ended by themselves, links that are long over.

use std::time::Duration;

use super::{one_time, sessions};
use crate::Result;
use crate::gate::Later;
use crate::slice::{JobContext, JobKind, JobPlane};

/// A link that is over is kept this long, so that whoever opens it late is told so.
const KEEP_LINKS: Duration = Duration::from_secs(30 * 86_400);

/// In the control plane.
pub(super) const KIND: JobKind = JobKind {
    name: "identity.tidy",
    plane: JobPlane::Control,
    every: Some(Duration::from_secs(86_400)),
    needed: None,
    run,
};

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        context
            .app
            .control
            .write(|c| {
                let before = c.now().minus(KEEP_LINKS);
                one_time::sweep(c, before)?;
                sessions::sweep(c)?;
                Ok(())
            })
            .await
    })
}
