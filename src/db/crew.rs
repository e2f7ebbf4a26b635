//! The few threads all writers of a process share. A file is served by one of them at a time; who finds no work for a
//! while goes home.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A thread without work ends after this.
const IDLE: Duration = Duration::from_secs(10);

/// Something with a queue of its own.
pub(super) trait Serve: Send + Sync {
    /// Serves the queue until it is empty or a turn is over; true where more waits.
    fn serve(&self) -> bool;
    /// A panic came out of [`Self::serve`]: gives up what was being done; true where more waits.
    fn recover(&self) -> bool;
}

pub(super) struct Crew {
    shift: Mutex<Shift>,
    bell: Condvar,
    bound: usize,
}

#[derive(Default)]
struct Shift {
    files: VecDeque<Arc<dyn Serve>>,
    threads: usize,
    idle: usize,
}

impl Crew {
    pub(super) fn new(bound: usize) -> Arc<Self> {
        Arc::new(Self {
            shift: Mutex::new(Shift::default()),
            bell: Condvar::new(),
            bound,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Shift> {
        self.shift.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Has `file` served soon. Called once for each time a file's queue begins to fill.
    pub(super) fn send(self: &Arc<Self>, file: Arc<dyn Serve>) {
        let mut shift = self.lock();
        shift.files.push_back(file);
        if shift.idle < shift.files.len() && shift.threads < self.bound {
            let crew = Arc::clone(self);
            let spawned = std::thread::Builder::new()
                .name("steading-writer".to_owned())
                .spawn(move || crew.work());
            match spawned {
                Ok(_) => shift.threads += 1,
                Err(error) => tracing::error!(%error, "A writer thread could not be started"),
            }
        }
        drop(shift);
        self.bell.notify_one();
    }

    fn work(&self) {
        let mut shift = self.lock();
        loop {
            if let Some(file) = shift.files.pop_front() {
                drop(shift);
                let more = catch_unwind(AssertUnwindSafe(|| file.serve()))
                    .unwrap_or_else(|_| file.recover());
                shift = self.lock();
                if more {
                    shift.files.push_back(file);
                }
                continue;
            }
            shift.idle += 1;
            let (back, waited) = self
                .bell
                .wait_timeout(shift, IDLE)
                .unwrap_or_else(PoisonError::into_inner);
            shift = back;
            shift.idle -= 1;
            if waited.timed_out() && shift.files.is_empty() {
                shift.threads -= 1;
                return;
            }
        }
    }
}
