//! Open SQLite files: each opened once however many ask, the least recently used closed when another one needs its place.

use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use scheduled_thread_pool::ScheduledThreadPool;

use super::conn::{Plane, Scoped};
use super::crew::Crew;
use super::health::StoreHealth;
use super::limits::Limits;
use super::pool::{Connections, readers};
use super::writer::{AfterCommit, Writer};
use crate::clock::Clock;
use crate::id::TenantId;
use crate::{Error, Result};

/// How often one who waits for a place looks again.
const LOOK: Duration = Duration::from_millis(5);

/// One open file: its readers and its writer.
pub(super) struct OpenFile<P> {
    owner: TenantId,
    /// None once the file is closed for good.
    readers: Mutex<Option<Connections>>,
    writer: Arc<Writer<P>>,
    clock: Clock,
}

/// What every file of a process shares.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) health: StoreHealth,
    pub(super) after_commit: AfterCommit,
    pub(super) crew: Arc<Crew>,
    pub(super) threads: Arc<ScheduledThreadPool>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<P: Plane> OpenFile<P> {
    /// Makes the pools; connections come with use.
    pub(super) fn open(path: PathBuf, owner: TenantId, shared: &Shared) -> Result<Self> {
        if !path.is_file() {
            tracing::error!(store = %path.display(), "The file is missing");
            return Err(Error::Busy);
        }
        let writer = Writer::new(
            &path,
            owner,
            shared.clock.clone(),
            shared.limits,
            shared.health.clone(),
            Arc::clone(&shared.after_commit),
            Arc::clone(&shared.crew),
        );
        let limits = shared.limits;
        Ok(Self {
            readers: Mutex::new(Some(readers(
                path,
                limits.readers,
                limits.patience,
                &shared.threads,
            ))),
            writer: Arc::new(writer),
            clock: shared.clock.clone(),
            owner,
        })
    }

    /// Runs a read in one snapshot. Blocks.
    pub(super) fn read<T>(&self, work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>) -> Result<T> {
        let readers = lock(&self.readers).clone().ok_or(Error::Busy)?;
        super::scope::read_in(&readers, None, self.owner, &self.clock, work)
    }

    /// Runs a write and returns after the commit that carries it.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, P>) -> Result<T> + Send + 'static,
    {
        self.writer.submit(work).await.unwrap_or(Err(Error::Busy))
    }

    /// Closes the readers, then folds the log into the file and closes the writer: it is the last, so no reader checkpoints.
    fn rest(&self) {
        drop(lock(&self.readers).take());
        self.writer.rest();
    }

    /// Lets what waits be written until `deadline`, takes nothing more, and closes the file for good. Blocks.
    pub(super) fn shut(&self, deadline: Instant) {
        self.writer.shut();
        while !self.writer.is_idle() && Instant::now() < deadline {
            std::thread::sleep(LOOK);
        }
        self.rest();
    }
}

/// The open files of the tenant plane.
pub(super) struct Files<P> {
    folder: PathBuf,
    bound: usize,
    shared: Shared,
    state: Mutex<State<P>>,
    closed: Condvar,
}

struct State<P> {
    files: HashMap<TenantId, (Arc<OpenFile<P>>, u64)>,
    /// Files on their way out: they hold their place, and nobody opens them anew, until their connections are gone.
    closing: HashSet<TenantId>,
    turn: u64,
    shut: bool,
}

impl<P> State<P> {
    fn touch(&mut self, tenant: TenantId) -> Option<Arc<OpenFile<P>>> {
        self.turn += 1;
        let turn = self.turn;
        let (file, used) = self.files.get_mut(&tenant)?;
        *used = turn;
        Some(Arc::clone(file))
    }
}

impl<P: Plane> Files<P> {
    pub(super) fn new(folder: PathBuf, bound: usize, shared: Shared) -> Self {
        Self {
            folder,
            bound: bound.max(1),
            shared,
            state: Mutex::new(State {
                files: HashMap::new(),
                closing: HashSet::new(),
                turn: 0,
                shut: false,
            }),
            closed: Condvar::new(),
        }
    }

    /// Where a tenant's file is: named by its id, never by anything a person chose.
    pub(super) fn path(&self, tenant: TenantId) -> PathBuf {
        self.folder.join(format!("{tenant}.db"))
    }

    /// The tenant's file where it is open. Never blocks for long.
    pub(super) fn get_open(&self, tenant: TenantId) -> Option<Arc<OpenFile<P>>> {
        lock(&self.state).touch(tenant)
    }

    /// The tenant's file, opened where it was not, another one closed where there was no place. Blocks.
    pub(super) fn get(&self, tenant: TenantId) -> Result<Arc<OpenFile<P>>> {
        let deadline = Instant::now() + self.shared.limits.patience;
        let mut state = lock(&self.state);
        loop {
            if let Some(file) = state.touch(tenant) {
                return Ok(file);
            }
            if state.shut || Instant::now() > deadline {
                return Err(Error::Busy);
            }
            if !state.closing.contains(&tenant) {
                if state.files.len() + state.closing.len() < self.bound {
                    let file = Arc::new(OpenFile::open(self.path(tenant), tenant, &self.shared)?);
                    let turn = state.turn;
                    state.files.insert(tenant, (Arc::clone(&file), turn));
                    return Ok(file);
                }
                if let Some(idle) = least_recent_idle(&state) {
                    state = self.close(state, idle);
                    continue;
                }
            }
            state = self
                .closed
                .wait_timeout(state, LOOK)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Closes one file that nobody uses, without holding up those who want another one.
    fn close<'a>(
        &'a self,
        mut state: MutexGuard<'a, State<P>>,
        tenant: TenantId,
    ) -> MutexGuard<'a, State<P>> {
        let Some((file, _)) = state.files.remove(&tenant) else {
            return state;
        };
        state.closing.insert(tenant);
        drop(state);
        if catch_unwind(AssertUnwindSafe(|| file.rest())).is_err() {
            tracing::error!(tenant.id = %tenant, "A file could not be closed cleanly");
        }
        drop(file);
        let mut state = lock(&self.state);
        state.closing.remove(&tenant);
        self.closed.notify_all();
        state
    }

    /// Where the files are.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Closes a company's file for good, whoever uses it, and does something in its place before anybody opens it anew. Blocks.
    pub(super) fn without<T>(&self, tenant: TenantId, work: impl FnOnce(&Path) -> T) -> T {
        let open = {
            let mut state = lock(&self.state);
            // Somebody else is closing it: their end must not open the place for others while we work in it.
            while state.closing.contains(&tenant) {
                state = self
                    .closed
                    .wait_timeout(state, LOOK)
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
            state.closing.insert(tenant);
            state.files.remove(&tenant).map(|(file, _)| file)
        };
        if let Some(file) = open {
            file.shut(Instant::now() + self.shared.limits.patience);
        }
        let done = work(&self.folder);
        lock(&self.state).closing.remove(&tenant);
        self.closed.notify_all();
        done
    }

    /// Shuts a tenant's doors, waits until its file rests, has `swap` put another one in its place, and opens the doors again.
    /// Whoever comes meanwhile waits as for any file that is being closed. Blocks.
    pub(super) fn replace(
        &self,
        tenant: TenantId,
        swap: &dyn Fn(&std::path::Path) -> std::io::Result<()>,
    ) -> Result<()> {
        self.hold(tenant)?;
        let outcome = swap(&self.path(tenant)).map_err(|e| Error::Internal(Box::new(e)));
        self.release(tenant);
        outcome
    }

    /// Opens a tenant's doors again.
    pub(super) fn release(&self, tenant: TenantId) {
        lock(&self.state).closing.remove(&tenant);
        self.closed.notify_all();
    }

    /// Shuts a tenant's doors and waits until its file rests: everything that was acknowledged is in it then, and nothing is added
    /// until [`Self::release`]. Blocks.
    ///
    /// # Errors
    /// [`Error::Busy`] where the file does not come to rest; its doors are open then.
    pub(super) fn hold(&self, tenant: TenantId) -> Result<()> {
        let deadline = Instant::now() + self.shared.limits.closure_budget;
        let mut state = lock(&self.state);
        while state.closing.contains(&tenant) {
            if Instant::now() > deadline {
                return Err(Error::Busy);
            }
            state = self
                .closed
                .wait_timeout(state, LOOK)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
        if state.shut {
            return Err(Error::Busy);
        }
        state.closing.insert(tenant);
        let open = state.files.remove(&tenant);
        drop(state);
        let Some((file, used)) = open else {
            return Ok(());
        };
        let rests = || Arc::strong_count(&file) == 1 && file.writer.is_idle();
        while !rests() && Instant::now() < deadline {
            std::thread::sleep(LOOK);
        }
        if rests() {
            file.rest();
            return Ok(());
        }
        lock(&self.state).files.insert(tenant, (file, used));
        self.release(tenant);
        Err(Error::Busy)
    }

    /// Reads a file whose doors the caller holds shut. Blocks.
    pub(super) fn read_held<T>(
        &self,
        tenant: TenantId,
        work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>,
    ) -> Result<T> {
        let file = OpenFile::open(self.path(tenant), tenant, &self.shared)?;
        let outcome = file.read(work);
        file.rest();
        outcome
    }

    /// Closes every file that nobody uses.
    pub(super) fn close_idle(&self) {
        let mut state = lock(&self.state);
        while let Some(idle) = least_recent_idle(&state) {
            state = self.close(state, idle);
        }
    }

    /// Takes no more writes, lets those that wait finish until `deadline`, and closes every file for good.
    pub(super) fn shut(&self, deadline: Instant) {
        let files: Vec<_> = {
            let mut state = lock(&self.state);
            state.shut = true;
            state.files.drain().map(|(_, (file, _))| file).collect()
        };
        for file in files {
            file.shut(deadline);
        }
    }

    /// How many are open.
    pub(super) fn open_count(&self) -> usize {
        let state = lock(&self.state);
        state.files.len() + state.closing.len()
    }
}

/// The least recently used file that nobody holds and whose writer rests. Nobody gets hold of it while the state is locked.
fn least_recent_idle<P: Plane>(state: &State<P>) -> Option<TenantId> {
    state
        .files
        .iter()
        .filter(|(_, (file, _))| Arc::strong_count(file) == 1 && file.writer.is_idle())
        .min_by_key(|(_, (_, used))| *used)
        .map(|(tenant, _)| *tenant)
}
