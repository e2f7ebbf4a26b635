//! How much a company holds, for whoever looks after the instance.

use super::Window;
use crate::Result;
use crate::db::TenantConn;
use crate::partners::store::reports;

/// Counts of one company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Partners in any state.
    pub partners: i64,
    /// Links in any state.
    pub links: i64,
    /// Events of the stretch of time, refunds left out.
    pub events: i64,
}

/// Counts partners and links, and the events of a stretch of time.
///
/// # Errors
/// Where the store fails.
pub fn held(c: &mut TenantConn, window: Window) -> Result<Held> {
    let (partners, links) = reports::records(c)?;
    let events = reports::events_by_day(c, window.since, window.until, false)?;
    Ok(Held {
        partners,
        links,
        events: events.iter().map(|figure| figure.many).sum(),
    })
}
