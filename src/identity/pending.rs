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

    /// All marks, to write them. They stay until [`Pending::written`]: what is read from the store meanwhile may be older.
    pub(super) fn all(&self) -> Vec<(K, Timestamp)> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(id, at)| (*id, *at))
            .collect()
    }

    /// Lets go of marks that are in the store now, but for those that were renewed since.
    pub(super) fn written(&self, marks: &[(K, Timestamp)]) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (id, at) in marks {
            if held.get(id) == Some(at) {
                held.remove(id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_stays_until_it_is_written() {
        let marks: Pending<u8> = Pending::new();
        let (early, late) = (Timestamp::from_micros(1), Timestamp::from_micros(2));
        marks.mark(1, early);
        marks.mark(2, early);
        let taken = marks.all();
        assert_eq!(marks.get(1), Some(early), "while it is being written, too");
        marks.mark(2, late);
        marks.written(&taken);
        assert_eq!((marks.get(1), marks.get(2)), (None, Some(late)));
    }
}
