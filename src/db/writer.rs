//! The writer of one SQLite file: all who wait commit together, with one fsync, and are answered after it.
//!
//! Each closure runs in its own SAVEPOINT inside one `BEGIN IMMEDIATE` (one that is alone needs none). A closure that ends in a
//! rule of ours or a constraint is rolled back alone. Any other database error poisons the batch: everything is rolled back, the
//! connection is dropped and all of the batch is answered "busy", because SQLite may have ended the transaction under our feet
//! (it does on a full disk). A commit that fails acknowledges nobody.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use tokio::sync::oneshot;

use super::conn::{Conn, Plane, Scoped};
use super::crew::{Crew, Serve};
use super::error::Verdict;
use super::health::StoreHealth;
use super::limits::Limits;
use super::sqlite::{Use, open_existing, wal_bytes};
use super::work::{Typed, Work};
use crate::Result;
use crate::clock::Clock;
use crate::id::TenantId;

/// Told of every commit, and whether it left work that may be due.
pub(super) type AfterCommit = Arc<dyn Fn(TenantId, bool) + Send + Sync>;

type Transactions = <Conn as Connection>::TransactionManager;

/// Batches after which a file lets another one have the thread.
const BATCHES_A_TURN: u32 = 64;

struct Queue<P> {
    waiting: VecDeque<Box<dyn Work<P>>>,
    /// True while a thread serves this file or is on its way to.
    served: bool,
    /// True once the file is closed for good: the process is stopping.
    shut: bool,
}

/// The writer of one file. Its work runs on the threads of [`Crew`], one thread at a time.
pub(super) struct Writer<P> {
    path: PathBuf,
    owner: TenantId,
    clock: Clock,
    limits: Limits,
    health: StoreHealth,
    after_commit: AfterCommit,
    queue: Mutex<Queue<P>>,
    /// Taken by the serving thread only; a lock because threads take turns.
    bench: Mutex<Bench>,
    crew: Arc<Crew>,
}

/// The one writing connection of a file.
#[derive(Default)]
struct Bench {
    conn: Option<Conn>,
    /// Size of the log at the last checkpoint: no other one before it has grown again.
    log_at_checkpoint: u64,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Batch<P> = Vec<Box<dyn Work<P>>>;

impl<P: Plane> Writer<P> {
    pub(super) fn new(
        path: &Path,
        owner: TenantId,
        clock: Clock,
        limits: Limits,
        health: StoreHealth,
        after_commit: AfterCommit,
        crew: Arc<Crew>,
    ) -> Self {
        Self {
            path: path.to_owned(),
            owner,
            clock,
            limits,
            health,
            after_commit,
            queue: Mutex::new(Queue {
                waiting: VecDeque::new(),
                served: false,
                shut: false,
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
        let (work, answer) = Typed::new(closure, self.health.waits());
        let mut queue = lock(&self.queue);
        if queue.shut || queue.waiting.len() >= self.limits.queue {
            drop(queue);
            self.health.refused_one();
            Work::<P>::fail(work);
            return answer;
        }
        queue.waiting.push_back(work);
        let unserved = !std::mem::replace(&mut queue.served, true);
        drop(queue);
        if unserved {
            self.crew.send(Arc::clone(self) as Arc<dyn Serve>);
        }
        answer
    }

    /// True while nothing waits and nobody serves: the file may be closed.
    pub(super) fn is_idle(&self) -> bool {
        let queue = lock(&self.queue);
        queue.waiting.is_empty() && !queue.served
    }

    /// Refuses every write from now on.
    pub(super) fn shut(&self) {
        lock(&self.queue).shut = true;
    }

    /// Folds the log into the file and closes the connection; the next write opens it again. Blocks.
    pub(super) fn rest(&self) {
        let mut bench = lock(&self.bench);
        self.checkpoint(&mut bench, "TRUNCATE");
        bench.conn = None;
    }

    fn take(&self) -> Batch<P> {
        let mut queue = lock(&self.queue);
        let many = queue.waiting.len().min(self.limits.batch);
        queue.waiting.drain(..many).collect()
    }

    fn give_back(&self, late: Batch<P>) {
        let mut queue = lock(&self.queue);
        for work in late.into_iter().rev() {
            queue.waiting.push_front(work);
        }
    }

    fn run_batch(&self, bench: &mut Bench, mut batch: Batch<P>) {
        match self.try_batch(bench, &mut batch) {
            Ok(done) => {
                self.give_back(batch.split_off(done.ran));
                self.health.committed(self.owner, done.kept, done.wrote);
                batch.into_iter().for_each(Work::answer);
                if done.kept > 0 {
                    (self.after_commit)(self.owner, done.wake_jobs);
                }
                self.keep_log_short(bench);
            }
            Err(reason) => {
                tracing::error!(store = %self.path.display(), %reason, waiting = batch.len(), "A batch of writes was given up");
                if let Some(conn) = bench.conn.as_mut() {
                    roll_back(conn);
                }
                bench.conn = None;
                self.health.failed(self.owner);
                batch.into_iter().for_each(Work::fail);
            }
        }
    }

    /// Runs a batch to its commit, or gives the reason why nothing of it may be acknowledged.
    fn try_batch(
        &self,
        bench: &mut Bench,
        batch: &mut Batch<P>,
    ) -> std::result::Result<Done, String> {
        if bench.conn.is_none() {
            let conn = open_existing(&self.path, Use::Write).map_err(|e| e.reason())?;
            bench.conn = Some(conn);
        }
        let conn = bench.conn.as_mut().ok_or("no connection")?;
        begin_immediate(conn).map_err(|e| e.to_string())?;
        let alone = batch.len() == 1;
        let began = Instant::now();
        let mut done = Done::default();
        // A commit that changes nothing succeeds on a full disk too: it does not end a failure.
        let changes_before = match self.health.is_failing() {
            true => Some(total_changes(conn)?),
            false => None,
        };
        for work in batch.iter_mut() {
            if done.ran > 0 && began.elapsed() >= self.limits.batch_time {
                break;
            }
            if let Some(wants_jobs) = self.run_one(conn, work.as_mut(), alone)? {
                done.wake_jobs |= wants_jobs;
                done.kept += 1;
            }
            done.ran += 1;
        }
        if let Some(before) = changes_before {
            done.wrote = total_changes(conn)? != before;
        }
        let ended = if done.kept > 0 {
            Transactions::commit_transaction(conn)
        } else {
            Transactions::rollback_transaction(conn)
        };
        ended.map_err(|e| e.to_string())?;
        Ok(done)
    }

    /// One closure in its savepoint: `Some(wants jobs woken)` where it stays, `None` where it is rolled back alone.
    fn run_one(
        &self,
        conn: &mut Conn,
        work: &mut dyn Work<P>,
        alone: bool,
    ) -> std::result::Result<Option<bool>, String> {
        // The savepoint is ours, not diesel's, so diesel's depth stays one and shows a closure that left it otherwise.
        if !alone {
            prepared(conn, Savepoint)?;
        }
        let began = Instant::now();
        let mut scoped = Scoped::new(conn, self.owner, &self.clock);
        let said = work.run(&mut scoped);
        let wants_jobs = scoped.wants_jobs();
        let overran = began.elapsed() > self.limits.closure_budget;
        match said {
            Ok(()) if !overran => {
                if depth(conn) != Some(1) {
                    return Err("a closure ended a transaction that was not its own".to_owned());
                }
                if !alone {
                    prepared(conn, Release)?;
                }
                Ok(Some(wants_jobs))
            }
            Ok(()) | Err(Verdict::Alone) => {
                if overran {
                    tracing::error!(store = %self.path.display(), seconds = began.elapsed().as_secs(), "A write overran its budget and was rolled back");
                    work.overran();
                }
                // A panic may have left savepoints of diesel's open inside ours.
                while depth(conn).is_some_and(|depth| depth > 1) {
                    Transactions::rollback_transaction(conn).map_err(|e| e.to_string())?;
                }
                if depth(conn).is_none() {
                    return Err("the transaction ended inside a closure".to_owned());
                }
                if !alone {
                    prepared(conn, RollBackTo)?;
                    prepared(conn, Release)?;
                }
                Ok(None)
            }
            Err(Verdict::Again | Verdict::Poisoned) => {
                Err("a statement failed in a way that may have ended the transaction".to_owned())
            }
        }
    }

    fn keep_log_short(&self, bench: &mut Bench) {
        let size = wal_bytes(&self.path);
        // It was begun anew since, so what is in it is new.
        if size < bench.log_at_checkpoint {
            bench.log_at_checkpoint = 0;
        }
        // Where readers hold the log, another attempt is worth its price only once more has come in.
        let next = bench.log_at_checkpoint + self.limits.wal_soft_bytes / 2;
        if size < self.limits.wal_soft_bytes.max(next) {
            return;
        }
        let mode = if size > self.limits.wal_hard_bytes {
            "TRUNCATE"
        } else {
            "PASSIVE"
        };
        self.checkpoint(bench, mode);
        bench.log_at_checkpoint = wal_bytes(&self.path);
    }

    fn checkpoint(&self, bench: &mut Bench, mode: &'static str) {
        let Some(conn) = bench.conn.as_mut() else {
            return;
        };
        // Waits for readers, but not so long that the writers behind it notice.
        let steps = [
            format!("PRAGMA busy_timeout = {}", CHECKPOINT_WAIT.as_millis()),
            format!("PRAGMA wal_checkpoint({mode})"),
            format!("PRAGMA busy_timeout = {}", super::sqlite::BUSY_TIMEOUT_MS),
        ];
        match steps.iter().try_for_each(|step| conn.batch_execute(step)) {
            Ok(()) => self.health.checkpointed(),
            Err(error) => {
                tracing::warn!(store = %self.path.display(), %error, "The log could not be checkpointed");
                bench.conn = None;
            }
        }
    }
}

/// How long a checkpoint waits for readers of the log.
const CHECKPOINT_WAIT: Duration = Duration::from_millis(100);

/// What became of a batch that is on disk.
struct Done {
    /// Closures that ran; the rest waits for the next batch.
    ran: usize,
    /// Of these, those whose work stays.
    kept: usize,
    /// False where it is known that nothing was changed.
    wrote: bool,
    wake_jobs: bool,
}

impl Default for Done {
    fn default() -> Self {
        Self {
            ran: 0,
            kept: 0,
            wrote: true,
            wake_jobs: false,
        }
    }
}

/// A statement of one savepoint, compiled once for a connection: as bare text it would be compiled anew around every closure.
macro_rules! savepoint_statement {
    ($name:ident, $text:literal) => {
        #[derive(Debug, Clone, Copy, QueryId)]
        struct $name;
        impl QueryFragment<Sqlite> for $name {
            fn walk_ast<'b>(&'b self, mut pass: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
                pass.push_sql($text);
                Ok(())
            }
        }
        impl RunQueryDsl<SqliteConnection> for $name {}
    };
}
savepoint_statement!(Savepoint, "SAVEPOINT closure");
savepoint_statement!(Release, "RELEASE closure");
savepoint_statement!(RollBackTo, "ROLLBACK TO closure");

fn prepared<S>(conn: &mut Conn, statement: S) -> std::result::Result<(), String>
where
    S: QueryFragment<Sqlite> + QueryId + RunQueryDsl<SqliteConnection>,
{
    match conn {
        Conn::Sqlite(c) => statement.execute(c).map_err(|e| e.to_string()).map(drop),
        Conn::Postgres(_) => Err("a writer has a SQLite file".to_owned()),
    }
}

/// Rows this connection has changed since it was opened.
fn total_changes(conn: &mut Conn) -> std::result::Result<i64, String> {
    define_sql_function! { fn total_changes() -> diesel::sql_types::BigInt; }
    diesel::select(total_changes())
        .get_result(conn)
        .map_err(|e| e.to_string())
}

fn begin_immediate(conn: &mut Conn) -> QueryResult<()> {
    match conn {
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction(c),
    }
}

/// How many transactions diesel counts open, one inside the other.
fn depth(conn: &mut Conn) -> Option<u32> {
    let status = Transactions::transaction_manager_status_mut(conn);
    status.transaction_depth().ok().flatten().map(u32::from)
}

/// Best effort: the connection is dropped after it.
fn roll_back(conn: &mut Conn) {
    while depth(conn).is_some() {
        if Transactions::rollback_transaction(conn).is_err() {
            break;
        }
    }
}

impl<P: Plane> Serve for Writer<P> {
    fn serve(&self) -> bool {
        let mut bench = lock(&self.bench);
        for _ in 0..BATCHES_A_TURN {
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

    fn recover(&self) -> bool {
        tracing::error!(store = %self.path.display(), "The writer panicked; its connection is dropped");
        lock(&self.bench).conn = None;
        let mut queue = lock(&self.queue);
        queue.served = !queue.waiting.is_empty();
        queue.served
    }
}

impl<P> Drop for Writer<P> {
    fn drop(&mut self) {
        let bench = self.bench.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Some(conn) = bench.conn.as_mut()
            && let Err(error) = conn.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")
        {
            tracing::debug!(%error, "The log stays for the next start");
        }
    }
}
