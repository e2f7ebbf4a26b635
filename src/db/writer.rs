//! The writer of one SQLite file: all who wait commit together, with one fsync, and are answered after it.
//!
//! Each closure runs in its own SAVEPOINT inside one `BEGIN IMMEDIATE`. A closure that ends in a rule of ours or a constraint
//! is rolled back alone. Any other database error poisons the batch: everything is rolled back, the connection is dropped and
//! all of the batch is answered "busy", because SQLite may have ended the transaction under our feet (it does on a full disk).
//! A commit that fails acknowledges nobody.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use tokio::sync::oneshot;

use super::conn::{Conn, Plane, Scoped};
use super::error::{Verdict, verdict};
use super::health::StoreHealth;
use super::pool::{Use, open_sqlite};
use crate::clock::Clock;
use crate::id::TenantId;
use crate::{Error, Result};

/// Writes that may wait for one file; beyond it a write is answered 503 at once.
pub(super) const QUEUE_BOUND: usize = 4_096;
/// Closures in one commit.
const BATCH_BOUND: usize = 512;
/// A batch takes no further closure after this, so that nobody waits long for somebody else's work.
const BATCH_TIME: Duration = Duration::from_millis(50);
/// What one closure may take. Bulk work comes in chunks below it; one above it is rolled back and named in the log.
const CLOSURE_BUDGET: Duration = Duration::from_secs(10);
/// The writer checkpoints when the WAL has grown past this.
pub(super) const WAL_SOFT_LIMIT_BYTES: u64 = 8 << 20;
/// Past this it waits for readers to get out of the way.
const WAL_HARD_LIMIT_BYTES: u64 = 40 << 20;
/// Batches between two looks at the WAL's size.
const BATCHES_BETWEEN_LOOKS: u32 = 16;

/// What a finished write wants done after the commit.
pub(super) type AfterCommit = Arc<dyn Fn(TenantId) + Send + Sync>;

trait Work<P>: Send {
    /// Runs the closure once; keeps its result; says what its failure means.
    fn run(&mut self, c: &mut Scoped<'_, P>) -> std::result::Result<(), Verdict>;
    /// The batch is on disk (or the closure was rolled back alone): the kept result is the answer.
    fn answer(self: Box<Self>);
    /// The batch is not on disk.
    fn fail(self: Box<Self>);
    /// The closure took too long and was rolled back.
    fn overran(&mut self);
}

struct Typed<T, F> {
    closure: F,
    result: Option<Result<T>>,
    reply: oneshot::Sender<Result<T>>,
}

impl<P: Plane, T: Send, F> Work<P> for Typed<T, F>
where
    F: Fn(&mut Scoped<'_, P>) -> Result<T> + Send,
{
    fn run(&mut self, c: &mut Scoped<'_, P>) -> std::result::Result<(), Verdict> {
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.closure)(c)))
            .unwrap_or_else(|_| Err(Error::internal("a write panicked")));
        let said = match &outcome {
            Ok(_) => Ok(()),
            Err(error) => Err(verdict(error)),
        };
        if let Err(Error::Database(source)) = &outcome {
            tracing::warn!(error = %source, "A write failed in the database");
        }
        self.result = Some(outcome);
        said
    }

    fn answer(self: Box<Self>) {
        let result = self.result.unwrap_or(Err(Error::Busy));
        // Nobody waits any more where the client went away: the work stands, its idempotency key answers the retry.
        drop(self.reply.send(result));
    }

    fn fail(self: Box<Self>) {
        drop(self.reply.send(Err(Error::Busy)));
    }

    fn overran(&mut self) {
        self.result = Some(Err(Error::internal(
            "a write took longer than its budget and was rolled back",
        )));
    }
}

struct Queue<P> {
    waiting: VecDeque<Box<dyn Work<P>>>,
    /// True while a thread serves this file or is on its way to.
    served: bool,
}

/// The writer of one file. Its work runs on the threads of [`Crew`], one thread at a time.
pub(super) struct Writer<P> {
    path: PathBuf,
    owner: TenantId,
    clock: Clock,
    health: StoreHealth,
    after_commit: AfterCommit,
    queue: Mutex<Queue<P>>,
    /// Taken by the serving thread only; a lock because threads take turns.
    bench: Mutex<Bench>,
    crew: Arc<Crew>,
}

#[derive(Default)]
struct Bench {
    conn: Option<Conn>,
    batches_since_look: u32,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl<P: Plane> Writer<P> {
    pub(super) fn new(
        path: &Path,
        owner: TenantId,
        clock: Clock,
        health: StoreHealth,
        after_commit: AfterCommit,
        crew: Arc<Crew>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            owner,
            clock,
            health,
            after_commit,
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                served: false,
            }),
            bench: Mutex::new(Bench::default()),
            crew,
        }
    }

    /// Queues a closure; its answer comes after the commit that carries it.
    pub(super) fn submit<T, F>(self: &Arc<Self>, closure: F) -> oneshot::Receiver<Result<T>>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, P>) -> Result<T> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let work = Box::new(Typed {
            closure,
            result: None,
            reply,
        });
        let start = {
            let mut queue = lock(&self.queue);
            if queue.waiting.len() >= QUEUE_BOUND {
                drop(queue);
                self.health.full();
                Work::<P>::fail(work);
                return answer;
            }
            queue.waiting.push_back(work);
            !std::mem::replace(&mut queue.served, true)
        };
        if start {
            self.crew.send(Arc::clone(self) as Arc<dyn Serve>);
        }
        answer
    }

    /// True while nothing waits and nobody serves: the file may be closed.
    pub(super) fn is_idle(&self) -> bool {
        let queue = lock(&self.queue);
        queue.waiting.is_empty() && !queue.served
    }

    fn take(&self) -> Vec<Box<dyn Work<P>>> {
        let mut queue = lock(&self.queue);
        let many = queue.waiting.len().min(BATCH_BOUND);
        queue.waiting.drain(..many).collect()
    }

    fn give_back(&self, late: Vec<Box<dyn Work<P>>>) {
        let mut queue = lock(&self.queue);
        for work in late.into_iter().rev() {
            queue.waiting.push_front(work);
        }
    }

    fn run_batch(&self, bench: &mut Bench, batch: Vec<Box<dyn Work<P>>>) {
        match self.try_batch(bench, batch) {
            Ok(()) => {}
            Err((batch, reason)) => {
                tracing::error!(store = %self.path.display(), %reason, waiting = batch.len(), "A batch of writes was given up");
                bench.conn = None;
                self.health.failed();
                batch.into_iter().for_each(Work::fail);
            }
        }
    }

    /// Runs a batch to its commit and answers it, or hands it back unanswered with the reason.
    #[expect(
        clippy::type_complexity,
        reason = "the batch comes back with the reason"
    )]
    fn try_batch(
        &self,
        bench: &mut Bench,
        mut batch: Vec<Box<dyn Work<P>>>,
    ) -> std::result::Result<(), (Vec<Box<dyn Work<P>>>, String)> {
        if bench.conn.is_none() {
            match open_sqlite(&self.path, Use::Write) {
                Ok(conn) => bench.conn = Some(conn),
                Err(error) => return Err((batch, error.to_string())),
            }
        }
        let Some(conn) = bench.conn.as_mut() else {
            return Err((batch, "no connection".to_owned()));
        };
        if let Err(error) = begin_immediate(conn) {
            return Err((batch, error.to_string()));
        }
        let began = Instant::now();
        let mut wake_jobs = false;
        let mut ran = 0;
        let mut kept = 0;
        for work in &mut batch {
            if ran > 0 && began.elapsed() > BATCH_TIME {
                break;
            }
            match self.run_one(conn, work.as_mut()) {
                Ok(Some(wants_jobs)) => {
                    wake_jobs |= wants_jobs;
                    kept += 1;
                }
                Ok(None) => {}
                Err(reason) => {
                    roll_back(conn);
                    return Err((batch, reason));
                }
            }
            ran += 1;
        }
        if let Err(error) = <Conn as Connection>::TransactionManager::commit_transaction(conn) {
            roll_back(conn);
            return Err((batch, error.to_string()));
        }
        let late = batch.split_off(ran);
        self.give_back(late);
        self.health.committed(kept);
        batch.into_iter().for_each(Work::answer);
        if wake_jobs {
            (self.after_commit)(self.owner);
        }
        self.keep_wal_short(bench);
        Ok(())
    }

    /// One closure in its savepoint: `Some(wants jobs woken)` where it stays, `None` where it was rolled back alone.
    fn run_one(
        &self,
        conn: &mut Conn,
        work: &mut dyn Work<P>,
    ) -> std::result::Result<Option<bool>, String> {
        type Transactions = <Conn as Connection>::TransactionManager;
        Transactions::begin_transaction(conn).map_err(|e| e.to_string())?;
        let began = Instant::now();
        let mut scoped = Scoped::new(conn, self.owner, &self.clock);
        let said = work.run(&mut scoped);
        let wants_jobs = scoped.wants_jobs();
        let overran = began.elapsed() > CLOSURE_BUDGET;
        match said {
            Ok(()) if !overran => {
                Transactions::commit_transaction(conn).map_err(|e| e.to_string())?;
                Ok(Some(wants_jobs))
            }
            Ok(()) | Err(Verdict::Alone) => {
                if overran {
                    tracing::error!(store = %self.path.display(), seconds = began.elapsed().as_secs(), "A write overran its budget and was rolled back");
                    work.overran();
                }
                Transactions::rollback_transaction(conn).map_err(|e| e.to_string())?;
                Ok(None)
            }
            Err(Verdict::Again | Verdict::Poisoned) => {
                Err("a statement failed in a way that ends the transaction".to_owned())
            }
        }
    }

    fn keep_wal_short(&self, bench: &mut Bench) {
        bench.batches_since_look += 1;
        if bench.batches_since_look < BATCHES_BETWEEN_LOOKS {
            return;
        }
        bench.batches_since_look = 0;
        let size = wal_bytes(&self.path);
        if size < WAL_SOFT_LIMIT_BYTES {
            return;
        }
        let mode = if size > WAL_HARD_LIMIT_BYTES {
            "TRUNCATE"
        } else {
            "PASSIVE"
        };
        self.checkpoint(bench, mode);
    }

    fn checkpoint(&self, bench: &mut Bench, mode: &'static str) {
        let Some(conn) = bench.conn.as_mut() else {
            return;
        };
        match conn.batch_execute(&format!("PRAGMA wal_checkpoint({mode})")) {
            Ok(()) => self.health.checkpointed(),
            Err(error) => {
                tracing::warn!(store = %self.path.display(), %error, "The WAL could not be checkpointed")
            }
        }
    }
}

/// Bytes in the write-ahead log of a SQLite file.
pub(super) fn wal_bytes(path: &Path) -> u64 {
    let mut wal = path.as_os_str().to_owned();
    wal.push("-wal");
    std::fs::metadata(wal).map_or(0, |meta| meta.len())
}

fn begin_immediate(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
    }
}

/// Best effort: the connection is dropped after it.
fn roll_back(conn: &mut Conn) {
    while let Ok(Some(_)) =
        <Conn as Connection>::TransactionManager::transaction_manager_status_mut(conn)
            .transaction_depth()
    {
        if <Conn as Connection>::TransactionManager::rollback_transaction(conn).is_err() {
            break;
        }
    }
}

trait Serve: Send + Sync {
    /// Serves the queue until it is empty or a turn is over; true where more waits.
    fn serve(&self) -> bool;
}

impl<P: Plane> Serve for Writer<P> {
    fn serve(&self) -> bool {
        let mut bench = lock(&self.bench);
        // A turn ends after some batches, so that files share the threads fairly.
        for _ in 0..64 {
            let batch = self.take();
            if batch.is_empty() {
                let mut queue = lock(&self.queue);
                if queue.waiting.is_empty() {
                    queue.served = false;
                    return false;
                }
                continue;
            }
            self.run_batch(&mut bench, batch);
        }
        true
    }
}

impl<P> Drop for Writer<P> {
    fn drop(&mut self) {
        let bench = self.bench.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(conn) = bench.conn.as_mut()
            && let Err(error) = conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        {
            tracing::debug!(%error, "The WAL stays for the next start");
        }
    }
}

/// The few threads all writers of a process share. A file is served by one of them at a time.
pub(super) struct Crew {
    ready: Mutex<Shift>,
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
            ready: Mutex::new(Shift::default()),
            bell: Condvar::new(),
            bound,
        })
    }

    fn send(self: &Arc<Self>, file: Arc<dyn Serve>) {
        let mut shift = lock(&self.ready);
        shift.files.push_back(file);
        if shift.idle == 0 && shift.threads < self.bound {
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
        let mut shift = lock(&self.ready);
        loop {
            if let Some(file) = shift.files.pop_front() {
                drop(shift);
                let more = file.serve();
                shift = lock(&self.ready);
                if more {
                    shift.files.push_back(file);
                }
            } else {
                shift.idle += 1;
                shift = self
                    .bell
                    .wait(shift)
                    .unwrap_or_else(PoisonError::into_inner);
                shift.idle -= 1;
            }
        }
    }
}
