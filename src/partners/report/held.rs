//! How much a company holds, for whoever looks after the instance: by the figures its plan is judged by.

use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::partners::store::usage;

/// Counts of one company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// Partners who take part, apply or are suspended.
    pub partners: u64,
    /// Links in use.
    pub links: u64,
    /// Events reported since the first of the month, in UTC, refunds among them.
    pub events_this_month: u64,
}

/// Counts partners, links and this month's events, as the company's own page of its usage does.
///
/// # Errors
/// Where the store fails.
pub fn held(c: &mut TenantConn, now: Timestamp) -> Result<Held> {
    Ok(Held {
        partners: usage::partners(c, u64::MAX)?,
        links: usage::links(c, u64::MAX)?,
        events_this_month: usage::events(c, now.month().0, u64::MAX)?,
    })
}
