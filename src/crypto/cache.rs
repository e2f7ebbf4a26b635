//! The data keys in use, unwrapped: at most 1,024, none older than ten minutes, wiped when dropped.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::{envelope::DataKeyId, vault::DataKey};

const CAPACITY: usize = 1_024;
const MAX_AGE: Duration = Duration::from_secs(600);

type Name = (Uuid, DataKeyId);

struct Entry {
    key: Arc<DataKey>,
    used: u64,
    since: Instant,
}

/// A least-recently-used cache of data keys.
#[derive(Default)]
pub(crate) struct KeyCache {
    entries: HashMap<Name, Entry>,
    turn: u64,
}

impl KeyCache {
    /// The key, if it is here and fresh.
    pub(crate) fn get(&mut self, name: Name, now: Instant) -> Option<Arc<DataKey>> {
        self.turn += 1;
        let entry = self.entries.get_mut(&name)?;
        if now.saturating_duration_since(entry.since) >= MAX_AGE {
            self.entries.remove(&name);
            return None;
        }
        entry.used = self.turn;
        Some(entry.key.clone())
    }

    /// Keeps a key; the one used longest ago makes room.
    pub(crate) fn insert(&mut self, name: Name, key: Arc<DataKey>, now: Instant) {
        self.turn += 1;
        if self.entries.len() >= CAPACITY && !self.entries.contains_key(&name) {
            self.entries
                .retain(|_, entry| now.saturating_duration_since(entry.since) < MAX_AGE);
            if self.entries.len() >= CAPACITY {
                // A scan of 1,024 entries costs microseconds, and only where a new tenant comes in.
                let oldest = self
                    .entries
                    .iter()
                    .min_by_key(|(_, entry)| entry.used)
                    .map(|(name, _)| *name);
                oldest.map(|name| self.entries.remove(&name));
            }
        }
        self.entries.insert(
            name,
            Entry {
                key,
                used: self.turn,
                since: now,
            },
        );
    }

    /// Drops every key of an owner.
    pub(crate) fn forget(&mut self, owner: Uuid) {
        self.entries.retain(|(of, _), _| *of != owner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::secret::Key32;

    fn key() -> Arc<DataKey> {
        Arc::new(DataKey::from(Key32::random().unwrap()))
    }

    #[test]
    fn the_key_used_longest_ago_makes_room() {
        let (mut cache, now) = (KeyCache::default(), Instant::now());
        let name = |n: usize| (Uuid::from_u128(n as u128), DataKeyId::FIRST);
        for n in 0..CAPACITY {
            cache.insert(name(n), key(), now);
        }
        assert!(cache.get(name(0), now).is_some());
        let evicted = key();
        cache.insert(name(1), evicted.clone(), now);
        for n in 2..CAPACITY {
            cache.get(name(n), now);
        }
        cache.get(name(0), now);
        cache.insert(name(CAPACITY), key(), now);
        assert_eq!(cache.entries.len(), CAPACITY);
        assert!(cache.get(name(1), now).is_none());
        assert!(cache.get(name(0), now).is_some());
        // The cache let go of it, so ours is the last: dropping it wipes the key.
        assert_eq!(Arc::strong_count(&evicted), 1);
    }

    #[test]
    fn a_key_is_kept_ten_minutes() {
        let (mut cache, start) = (KeyCache::default(), Instant::now());
        let name = (Uuid::nil(), DataKeyId::FIRST);
        cache.insert(name, key(), start);
        assert!(
            cache
                .get(name, start + MAX_AGE - Duration::from_secs(1))
                .is_some()
        );
        assert!(cache.get(name, start + MAX_AGE).is_none());
        assert!(cache.entries.is_empty());
    }
}
