//! Open SQLite files: each opened once, the least recently used closed beyond a bound.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use scheduled_thread_pool::ScheduledThreadPool;

use super::conn::{Plane, Scoped};
use super::health::StoreHealth;
use super::pool::{Connections, readers};
use super::writer::{AfterCommit, Crew, Writer};
use crate::clock::Clock;
use crate::id::TenantId;
use crate::{Error, Result};

/// Readers of one file: enough for two cores and a long export beside them.
const READERS: u32 = 4;

/// One open file: its readers and its writer.
pub(super) struct OpenFile<P> {
    pub(super) owner: TenantId,
    readers: Connections,
    pub(super) writer: Arc<Writer<P>>,
    pub(super) clock: Clock,
}

/// What every file of a process shares.
#[derive(Clone)]
pub(super) struct Shared {
    pub(super) clock: Clock,
    pub(super) health: StoreHealth,
    pub(super) after_commit: AfterCommit,
    pub(super) crew: Arc<Crew>,
    pub(super) threads: Arc<ScheduledThreadPool>,
}

impl<P: Plane> OpenFile<P> {
    pub(super) fn open(path: PathBuf, owner: TenantId, shared: &Shared) -> Result<Self> {
        if !path.is_file() {
            return Err(Error::internal(format!("{} is missing", path.display())));
        }
        let writer = Writer::new(
            &path,
            owner,
            shared.clock.clone(),
            shared.health.clone(),
            Arc::clone(&shared.after_commit),
            Arc::clone(&shared.crew),
        );
        Ok(Self {
            readers: readers(path.clone(), READERS, &shared.threads),
            writer: Arc::new(writer),
            clock: shared.clock.clone(),
            owner,
        })
    }

    /// Runs a read in one snapshot. Blocks.
    pub(super) fn read<T>(&self, work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>) -> Result<T> {
        super::scope::read_in(&self.readers, None, self.owner, &self.clock, work)
    }
}

/// The open files of the tenant plane.
pub(super) struct Files<P> {
    folder: PathBuf,
    bound: usize,
    shared: Shared,
    open: Mutex<State<P>>,
}

struct State<P> {
    files: HashMap<TenantId, (Arc<OpenFile<P>>, u64)>,
    turn: u64,
}

impl<P: Plane> Files<P> {
    pub(super) fn new(folder: PathBuf, bound: usize, shared: Shared) -> Self {
        Self {
            folder,
            bound,
            shared,
            open: Mutex::new(State {
                files: HashMap::new(),
                turn: 0,
            }),
        }
    }

    /// Where a tenant's file is: named by its id, never by anything a person chose.
    pub(super) fn path(&self, tenant: TenantId) -> PathBuf {
        self.folder.join(format!("{tenant}.db"))
    }

    /// The tenant's file, opened at most once however many ask. Opening only makes the pools; connections come with use.
    pub(super) fn get(&self, tenant: TenantId) -> Result<Arc<OpenFile<P>>> {
        let mut state = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        state.turn += 1;
        let turn = state.turn;
        if let Some((file, used)) = state.files.get_mut(&tenant) {
            *used = turn;
            return Ok(Arc::clone(file));
        }
        if state.files.len() >= self.bound {
            close_one(&mut state);
        }
        let file = Arc::new(OpenFile::open(self.path(tenant), tenant, &self.shared)?);
        state.files.insert(tenant, (Arc::clone(&file), turn));
        Ok(file)
    }

    /// How many are open.
    pub(super) fn open_count(&self) -> usize {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .files
            .len()
    }
}

/// Closes the least recently used file that nobody holds and whose writer rests.
fn close_one<P: Plane>(state: &mut State<P>) {
    let idle = state
        .files
        .iter()
        .filter(|(_, (file, _))| Arc::strong_count(file) == 1 && file.writer.is_idle())
        .min_by_key(|(_, (_, used))| *used)
        .map(|(tenant, _)| *tenant);
    if let Some(tenant) = idle {
        state.files.remove(&tenant);
    }
}
