//! What was read from the store and is asked for again with every request: bounded, young, forgotten when it changes.
//!
//! An entry is believed for [`MAX_AGE`], so that what another process changed holds here a second later; what this process changed
//! is dropped at once ([`Remembered::forget`]), and a read that began before the change cannot bring it back.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use crate::clock::Timestamp;

/// How long an entry is believed.
pub(super) const MAX_AGE: Duration = Duration::from_secs(1);

/// Values by key.
pub(super) struct Remembered<K, V> {
    held: RwLock<Held<K, V>>,
    capacity: usize,
}

struct Held<K, V> {
    entries: HashMap<K, (Arc<V>, Timestamp)>,
    changes: u64,
}

/// The state of knowledge before a read: what was read under an older one is not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before(u64);

impl<K: Eq + Hash, V> Remembered<K, V> {
    /// An empty memory of at most `capacity` entries.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            held: RwLock::new(Held {
                entries: HashMap::new(),
                changes: 0,
            }),
            capacity,
        }
    }

    /// The value, if it is here and young enough.
    pub(super) fn get<Q>(&self, key: &Q, now: Timestamp) -> Option<Arc<V>>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.entries
            .get(key)
            .filter(|(_, at)| now.since(*at) < MAX_AGE)
            .map(|(value, _)| Arc::clone(value))
    }

    /// To be asked before a read from the store.
    pub(super) fn before(&self) -> Before {
        Before(
            self.held
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .changes,
        )
    }

    /// Keeps what was read, unless something was forgotten since `before`.
    pub(super) fn keep(&self, key: K, value: Arc<V>, before: Before, now: Timestamp) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.changes != before.0 {
            return;
        }
        if held.entries.len() >= self.capacity && !held.entries.contains_key(&key) {
            held.entries.retain(|_, (_, at)| now.since(*at) < MAX_AGE);
            if held.entries.len() >= self.capacity {
                // All young: a flood. Starting anew costs each a read and keeps the bound.
                held.entries.clear();
            }
        }
        held.entries.insert(key, (value, now));
    }

    /// Drops entries that a change made untrue.
    pub(super) fn forget(&self, is_touched: impl Fn(&V) -> bool) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.changes += 1;
        held.entries.retain(|_, (value, _)| !is_touched(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_that_began_before_a_change_is_not_kept() {
        let memory: Remembered<u8, u8> = Remembered::new(2);
        let now = Timestamp::from_micros(0);
        let before = memory.before();
        memory.keep(1, Arc::new(1), before, now);
        assert!(memory.get(&1, now).is_some());
        memory.forget(|value| *value == 1);
        assert!(memory.get(&1, now).is_none());
        memory.keep(1, Arc::new(1), before, now);
        assert!(memory.get(&1, now).is_none());
    }

    #[test]
    fn entries_age_and_the_bound_holds() {
        let memory: Remembered<u8, u8> = Remembered::new(2);
        let now = Timestamp::from_micros(0);
        for n in 0..5 {
            memory.keep(n, Arc::new(n), memory.before(), now);
        }
        assert!(memory.held.read().unwrap().entries.len() <= 2);
        assert!(memory.get(&4, now).is_some());
        assert!(memory.get(&4, now.plus(MAX_AGE)).is_none());
    }
}
