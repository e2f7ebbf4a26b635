//! "Last used" marks that wait to be written together: one small write a minute instead of one with every request.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use crate::clock::Timestamp;

/// Marks kept at most: beyond it new ones are left out until the next write.
const CAPACITY: usize = 20_000;

/// The latest mark by id.
pub(super) struct Pending<K>(Mutex<HashMap<K, Timestamp>>);

impl<K: Copy + Eq + Hash> Pending<K> {
    pub(super) fn new() -> Self {
        Self(Mutex::default())
    }

    /// Marks an id; never backwards.
    pub(super) fn mark(&self, id: K, at: Timestamp) {
        let mut marks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let room = marks.len() < CAPACITY;
        match marks.get_mut(&id) {
            Some(held) => *held = (*held).max(at),
            None if room => {
                marks.insert(id, at);
            }
            None => {}
        }
    }

    /// The mark that waits for an id.
    pub(super) fn get(&self, id: K) -> Option<Timestamp> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .copied()
    }

    /// Takes all marks, to write them.
    pub(super) fn take(&self) -> Vec<(K, Timestamp)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .drain()
            .collect()
    }

    /// Puts marks back that could not be written.
    pub(super) fn put_back(&self, marks: Vec<(K, Timestamp)>) {
        for (id, at) in marks {
            self.mark(id, at);
        }
    }
}
