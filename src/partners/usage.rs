//! How much of what plans count a company has here.

use crate::Result;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::Scope;
use crate::gate::{Counted, Later};
use crate::partners::store::usage;
use crate::slice::Used;

/// Counts partners, links and this month's events to the last one.
pub(super) fn count(_: App, scope: Scope, now: Timestamp) -> Later<'static, Result<Vec<Used>>> {
    Box::pin(async move {
        scope
            .read(move |c| {
                Ok(vec![
                    (Counted::Partners, usage::partners(c, u64::MAX)?),
                    (Counted::Links, usage::links(c, u64::MAX)?),
                    (
                        Counted::EventsPerMonth,
                        usage::events(c, now.month().0, u64::MAX)?,
                    ),
                ])
            })
            .await
    })
}
