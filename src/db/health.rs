//! Whether the stores take writes: what `/readyz` and the system page ask.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Counters and the last verdict of the writers, shared by all of a process's stores.
#[derive(Debug, Clone, Default)]
pub struct StoreHealth(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    failing: AtomicBool,
    batches: AtomicU64,
    commits: AtomicU64,
    poisoned: AtomicU64,
    refused_full: AtomicU64,
    checkpoints: AtomicU64,
}

impl StoreHealth {
    /// True from a failed batch until the next one that commits.
    pub fn is_failing(&self) -> bool {
        self.0.failing.load(Ordering::Acquire)
    }

    /// Batches committed: with [`Self::commits`], how many writes share one fsync.
    pub fn batches(&self) -> u64 {
        self.0.batches.load(Ordering::Relaxed)
    }

    /// Closures whose work is on disk.
    pub fn commits(&self) -> u64 {
        self.0.commits.load(Ordering::Relaxed)
    }

    /// Batches that were given up whole.
    pub fn poisoned(&self) -> u64 {
        self.0.poisoned.load(Ordering::Relaxed)
    }

    /// Writes turned away because the queue was full.
    pub fn refused_full(&self) -> u64 {
        self.0.refused_full.load(Ordering::Relaxed)
    }

    /// Checkpoints run by the writers.
    pub fn checkpoints(&self) -> u64 {
        self.0.checkpoints.load(Ordering::Relaxed)
    }

    pub(super) fn committed(&self, closures: u64) {
        self.0.failing.store(false, Ordering::Release);
        self.0.batches.fetch_add(1, Ordering::Relaxed);
        self.0.commits.fetch_add(closures, Ordering::Relaxed);
    }

    pub(super) fn failed(&self) {
        self.0.failing.store(true, Ordering::Release);
        self.0.poisoned.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn full(&self) {
        self.0.refused_full.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn checkpointed(&self) {
        self.0.checkpoints.fetch_add(1, Ordering::Relaxed);
    }
}
