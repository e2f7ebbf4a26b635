//! How many more events a company's plan takes this month, without a row or an index of its own.
//!
//! What was reported is counted from the primary key, no further than the limit, at most once in [`KEPT`] per company and process;
//! in between this process adds up what it takes itself. A request takes its share before it writes and hands back what it did not
//! use, so one process goes over the limit only by what others, and requests whose writes had not ended at the last count,
//! wrote since: [`KEPT`] worth of events of the other processes, and the events under way in this one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::Result;
use crate::clock::Timestamp;
use crate::gate::{Counted, used_up};
use crate::id::TenantId;
use crate::partners::store::usage;
use crate::web::Allowed;

/// How long a count is believed.
const KEPT: Duration = Duration::from_secs(5);

/// What each company with a limit reported this month. Kept in [`App::memory`](crate::app::Parts::memory).
#[derive(Default)]
pub struct Months(Mutex<HashMap<TenantId, Month>>);

#[derive(Clone, Copy)]
struct Month {
    began: Timestamp,
    counted: u64,
    counted_at: Timestamp,
    taken_since: u64,
}

/// How many events a request may add, as its transaction knows it.
#[derive(Debug, Clone, Copy)]
pub struct Left(Option<Share>);

#[derive(Debug, Clone, Copy)]
struct Share {
    granted: u64,
    limit: u64,
    month_ends: Timestamp,
}

impl Left {
    /// As many as it likes.
    pub const ENOUGH: Self = Self(None);

    /// Whether one more fits after `added` others of the same request.
    pub(super) fn one_more(self, added: usize, now: Timestamp) -> Result<()> {
        let added = u64::try_from(added).unwrap_or(u64::MAX);
        match self.0 {
            Some(share) if added >= share.granted => {
                let wait = share.month_ends.since(now).as_secs().max(1);
                Err(used_up(Counted::EventsPerMonth, share.limit, Some(wait)))
            }
            _ => Ok(()),
        }
    }
}

/// A request's share; what it does not use goes back when this is dropped.
pub(super) struct Allowance {
    pub(super) left: Left,
    months: Arc<Months>,
    tenant: TenantId,
    used: u64,
}

impl Allowance {
    /// Notes how many events became new.
    pub(super) fn used(&mut self, events: u64) {
        self.used = events;
    }
}

impl Drop for Allowance {
    fn drop(&mut self) {
        let unused = self
            .left
            .0
            .map_or(0, |share| share.granted.saturating_sub(self.used));
        if unused > 0 {
            self.months.hand_back(self.tenant, unused);
        }
    }
}

/// Takes a share of up to `wanted` events. Without a limit nothing is counted and nothing remembered.
pub(super) async fn take<P>(allowed: &Allowed<P>, wanted: usize) -> Result<Allowance> {
    let (tenant, now) = (allowed.scope.tenant(), allowed.app.clock.now());
    let months = allowed.app.memory.of::<Months>();
    let Some(limit) = allowed.limits().events_per_month else {
        return Ok(Allowance {
            left: Left::ENOUGH,
            months,
            tenant,
            used: 0,
        });
    };
    let (began, month_ends) = now.month();
    if !months.knows(tenant, began, now) {
        let counted = allowed.scope.read(move |c| usage::events(c, began, limit));
        let counted = counted.await?;
        months.learn(tenant, began, counted, now);
    }
    let wanted = u64::try_from(wanted).unwrap_or(u64::MAX);
    let granted = months.take(tenant, wanted, limit);
    Ok(Allowance {
        left: Left(Some(Share {
            granted,
            limit,
            month_ends,
        })),
        months,
        tenant,
        used: 0,
    })
}

impl Months {
    fn with<T>(&self, work: impl FnOnce(&mut HashMap<TenantId, Month>) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn knows(&self, tenant: TenantId, began: Timestamp, now: Timestamp) -> bool {
        self.with(|all| {
            all.get(&tenant)
                .is_some_and(|month| month.began == began && now.since(month.counted_at) < KEPT)
        })
    }

    fn learn(&self, tenant: TenantId, began: Timestamp, counted: u64, now: Timestamp) {
        let month = Month {
            began,
            counted,
            counted_at: now,
            taken_since: 0,
        };
        self.with(|all| all.insert(tenant, month));
    }

    fn take(&self, tenant: TenantId, wanted: u64, limit: u64) -> u64 {
        self.with(|all| {
            let Some(month) = all.get_mut(&tenant) else {
                return 0;
            };
            let reported = month.counted.saturating_add(month.taken_since);
            let granted = wanted.min(limit.saturating_sub(reported));
            month.taken_since = month.taken_since.saturating_add(granted);
            granted
        })
    }

    fn hand_back(&self, tenant: TenantId, unused: u64) {
        self.with(|all| {
            if let Some(month) = all.get_mut(&tenant) {
                month.taken_since = month.taken_since.saturating_sub(unused);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_add_up_to_the_limit_and_no_further() {
        let (months, tenant) = (Months::default(), TenantId::from_uuid(uuid::Uuid::nil()));
        let at = Timestamp::from_micros;
        months.learn(tenant, at(0), 7, at(10));
        assert_eq!(months.take(tenant, 2, 10), 2);
        assert_eq!(months.take(tenant, 5, 10), 1);
        assert_eq!(months.take(tenant, 1, 10), 0);
        months.hand_back(tenant, 1);
        assert_eq!(months.take(tenant, 1, 10), 1);
        // A larger plan counts at once.
        assert_eq!(months.take(tenant, 5, 20), 5);
        assert!(months.knows(tenant, at(0), at(10)));
        assert!(!months.knows(tenant, at(1), at(10)), "another month");
        assert!(!months.knows(tenant, at(0), at(5_000_010)), "too old");
    }
}
