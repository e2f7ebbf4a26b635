//! Where links lead, remembered for a moment: redirects of a link that is asked for often make no query.
//!
//! Dropped for a company when it changes anything a redirect depends on. Another process on the same store does not hear of that,
//! so nothing is remembered for longer than [`KEPT`].

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::Result;
use crate::clock::Timestamp;
use crate::db::Scope;
use crate::id::{LinkId, TenantId};
use crate::partners::model::{Destination, LinkKey, RedirectTarget};
use crate::partners::store::links;

/// How long a link is remembered.
const KEPT: Duration = Duration::from_secs(1);
/// Links remembered in all; beyond it everything is forgotten once.
const MOST: usize = 20_000;

/// A link taken apart for its redirects.
#[derive(Debug)]
pub(super) struct Way {
    /// The link.
    pub(super) link: LinkId,
    /// Where it leads.
    pub(super) target: RedirectTarget,
    /// How long a browser keeps the reference.
    pub(super) max_age_seconds: i64,
    /// Whether it leads on at all.
    pub(super) is_open: bool,
}

struct Kept {
    way: Arc<Way>,
    until: Timestamp,
}

/// The links that redirects remember. Kept in [`App::memory`](crate::app::Parts::memory).
#[derive(Default)]
pub struct Ways {
    known: RwLock<HashMap<TenantId, HashMap<Box<str>, Kept>>>,
    changes: AtomicU64,
}

impl Ways {
    /// Forgets a company's links: called after every change that a redirect depends on.
    pub fn forget(&self, tenant: TenantId) {
        self.changes.fetch_add(1, Ordering::AcqRel);
        self.known
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&tenant);
    }

    /// The way of a key, remembered or read.
    pub(super) async fn find(
        &self,
        scope: &Scope,
        key: &str,
        now: Timestamp,
    ) -> Result<Option<Arc<Way>>> {
        if let Some(way) = self.remembered(scope.tenant(), key, now) {
            return Ok(Some(way));
        }
        // What can be no key is not looked for.
        let Ok(wanted) = key.parse::<LinkKey>() else {
            return Ok(None);
        };
        let changes = self.changes.load(Ordering::Acquire);
        let wanted = wanted.to_string();
        let Some(found) = scope.read(move |c| links::way(c, &wanted)).await? else {
            return Ok(None);
        };
        let way = Arc::new(Way {
            link: found.link,
            target: RedirectTarget::new(&Destination::from_store(found.destination)),
            max_age_seconds: found.window_days.saturating_mul(86_400),
            is_open: found.is_open,
        });
        self.remember(scope.tenant(), key, &way, now, changes);
        Ok(Some(way))
    }

    fn remembered(&self, tenant: TenantId, key: &str, now: Timestamp) -> Option<Arc<Way>> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let kept = known.get(&tenant)?.get(key)?;
        (now < kept.until).then(|| Arc::clone(&kept.way))
    }

    fn remember(&self, tenant: TenantId, key: &str, way: &Arc<Way>, now: Timestamp, changes: u64) {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        // What was read before a change must not be remembered after it.
        if self.changes.load(Ordering::Acquire) != changes {
            return;
        }
        if known.values().map(HashMap::len).sum::<usize>() >= MOST {
            known.clear();
        }
        let kept = Kept {
            way: Arc::clone(way),
            until: now.plus(KEPT),
        };
        known.entry(tenant).or_default().insert(key.into(), kept);
    }
}
