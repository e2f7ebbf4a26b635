//! Whether the stores take writes: what `/readyz` and the system page ask.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::id::TenantId;

/// Writes that wait this long without any of them being answered: the disk or the server hangs.
const STALL: Duration = Duration::from_secs(10);

/// Counters and the last verdict of the writers, shared by all of a process's stores.
#[derive(Debug, Clone, Default)]
pub struct StoreHealth(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    failing: AtomicBool,
    failing_stores: Mutex<BTreeSet<TenantId>>,
    batches: AtomicU64,
    commits: AtomicU64,
    poisoned: AtomicU64,
    refused: AtomicU64,
    checkpoints: AtomicU64,
    waiting: AtomicU64,
    progress: Mutex<Option<Instant>>,
}

/// A write that waits for its answer; counted until it is dropped.
#[derive(Debug)]
pub(super) struct Waiting(StoreHealth);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl StoreHealth {
    /// True from a failed batch until the next one that commits, and while the writers hang. One company's broken file sets
    /// it too: [`Stores::probe_write`](super::Stores::probe_write) then says whether the stores as a whole take writes.
    pub fn is_failing(&self) -> bool {
        self.0.failing.load(Ordering::Acquire) || self.is_stalled()
    }

    /// The stores whose last batch failed; the nil id is the control plane.
    pub fn failing_stores(&self) -> Vec<TenantId> {
        lock(&self.0.failing_stores).iter().copied().collect()
    }

    /// True where writes wait and none has been answered for ten seconds.
    pub fn is_stalled(&self) -> bool {
        self.waiting() > 0 && lock(&self.0.progress).is_some_and(|last| last.elapsed() > STALL)
    }

    /// Writes that wait for their answer now.
    pub fn waiting(&self) -> u64 {
        self.0.waiting.load(Ordering::Acquire)
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

    /// Writes turned away at once: the queue was full, or the store is closed.
    pub fn refused_full(&self) -> u64 {
        self.0.refused.load(Ordering::Relaxed)
    }

    /// Checkpoints run by the writers.
    pub fn checkpoints(&self) -> u64 {
        self.0.checkpoints.load(Ordering::Relaxed)
    }

    pub(super) fn waits(&self) -> Waiting {
        if self.0.waiting.fetch_add(1, Ordering::AcqRel) == 0 {
            *lock(&self.0.progress) = Some(Instant::now());
        }
        Waiting(self.clone())
    }

    /// A batch of `owner` is on disk, with `kept` closures in it. One that wrote nothing says nothing about the disk.
    pub(super) fn committed(&self, owner: TenantId, kept: usize, wrote: bool) {
        *lock(&self.0.progress) = Some(Instant::now());
        if kept == 0 {
            return;
        }
        if wrote && self.0.failing.load(Ordering::Acquire) {
            self.recovered(owner);
        }
        self.0.batches.fetch_add(1, Ordering::Relaxed);
        let kept = u64::try_from(kept).unwrap_or(u64::MAX);
        self.0.commits.fetch_add(kept, Ordering::Relaxed);
    }

    /// The store of `owner` takes writes again.
    pub(super) fn recovered(&self, owner: TenantId) {
        let mut failing = lock(&self.0.failing_stores);
        failing.remove(&owner);
        self.0.failing.store(false, Ordering::Release);
    }

    /// The stores as a whole take writes.
    pub(super) fn recovered_all(&self) {
        self.0.failing.store(false, Ordering::Release);
        lock(&self.0.failing_stores).remove(&TenantId::from_uuid(uuid::Uuid::nil()));
    }

    /// A batch of `owner` was given up.
    pub(super) fn failed(&self, owner: TenantId) {
        *lock(&self.0.progress) = Some(Instant::now());
        self.0.failing.store(true, Ordering::Release);
        lock(&self.0.failing_stores).insert(owner);
        self.0.poisoned.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn refused_one(&self) {
        self.0.refused.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn checkpointed(&self) {
        self.0.checkpoints.fetch_add(1, Ordering::Relaxed);
    }
}
