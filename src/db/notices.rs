//! Notices between the processes that share a PostgreSQL database: which companies changed in the registry.
//!
//! One connection of a process listens and tells, in a thread of its own; a notice carries what came together since the last
//! one. It is direct, past any pooler (`database.listen_url`): a pooler in transaction mode forgets who listens. What is missed while
//! it is broken is found by looking, as without it.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::pool::open_postgres;
use crate::id::TenantId;
use crate::{Error, Result};

/// How long a notice waits for others, and how often the connection is asked for news.
const BEAT: Duration = Duration::from_millis(100);
/// The server is asked whether it is still there after so many beats without a word of ours.
const QUIET_BEATS: u32 = 300;
/// How long a broken connection rests before the next attempt.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// Ids of one notice: its text holds 8,000 bytes at most.
const MOST: usize = 200;
/// The word for "more than can be named".
const ALL: &str = "all";

/// How a server's connection is called at PostgreSQL: that it serves is seen by it.
pub(super) const NAME: &str = "steading serve";

/// What another process said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// These companies changed.
    Companies(Vec<TenantId>),
    /// Anything may have changed: many at once, or this process did not listen for a while.
    Anything,
}

/// The notices of one process.
pub(super) struct Notices {
    url: String,
    waiting: Mutex<Waiting>,
    woken: Condvar,
    is_listening: AtomicBool,
}

#[derive(Default)]
struct Waiting {
    companies: HashSet<TenantId>,
    all: bool,
    stop: bool,
}

impl Waiting {
    fn is_empty(&self) -> bool {
        self.companies.is_empty() && !self.all
    }

    /// What is said of it, at most one notice long.
    fn text(&self) -> String {
        if self.all || self.companies.len() > MOST {
            return ALL.to_owned();
        }
        let ids: Vec<String> = self.companies.iter().map(ToString::to_string).collect();
        ids.join(" ")
    }
}

/// Listens until it is dropped.
pub struct Listening {
    notices: Arc<Notices>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.notices.held().stop = true;
        self.notices.woken.notify_all();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("The thread that listens for notices had stopped before");
        }
    }
}

impl Notices {
    pub(super) fn new(url: &str) -> Arc<Self> {
        Arc::new(Self {
            url: url.to_owned(),
            waiting: Mutex::default(),
            woken: Condvar::new(),
            is_listening: AtomicBool::new(false),
        })
    }

    /// Has the other processes told that a company changed; `None`: more than can be named.
    pub(super) fn tell(&self, company: Option<TenantId>) {
        let mut waiting = self.held();
        match company {
            Some(company) => waiting.companies.insert(company),
            None => std::mem::replace(&mut waiting.all, true),
        };
    }

    /// Whether the others are heard now.
    pub(super) fn is_listening(&self) -> bool {
        self.is_listening.load(Ordering::Acquire)
    }

    /// Tells what waits to be told, over a connection for that alone: for a process that does not listen. Blocks.
    pub(super) fn send(&self) -> Result<()> {
        let waiting = std::mem::take(&mut *self.held());
        if waiting.is_empty() {
            return Ok(());
        }
        Ok(say(&mut open_postgres(&self.url)?, &waiting)?)
    }

    /// Listens in a thread of its own. `heard` is called there.
    ///
    /// # Errors
    /// Where no thread can be had.
    pub(super) fn listen(
        self: &Arc<Self>,
        heard: impl Fn(Heard) + Send + 'static,
    ) -> Result<Listening> {
        let notices = Arc::clone(self);
        let thread = std::thread::Builder::new()
            .name("steading-notices".to_owned())
            .spawn(move || notices.run(&heard))
            .map_err(|e| Error::Internal(Box::new(e)))?;
        Ok(Listening {
            notices: Arc::clone(self),
            thread: Some(thread),
        })
    }

    fn run(&self, heard: &dyn Fn(Heard)) {
        while !self.held().stop {
            let ended = self.attend(heard);
            if self.is_listening.swap(false, Ordering::AcqRel)
                && let Err(error) = &ended
            {
                tracing::warn!(%error, "Other processes are not heard; what they change shows up to a second later");
            }
            if ended.is_err() {
                let waiting = self.held();
                let rest = self
                    .woken
                    .wait_timeout_while(waiting, AFTER_FAILURE, |waiting| !waiting.stop);
                drop(rest);
            }
        }
    }

    /// Listens and tells over one connection, until it breaks or somebody says stop.
    fn attend(&self, heard: &dyn Fn(Heard)) -> Result<()> {
        let mut conn = open_postgres(&self.url)?;
        conn.batch_execute(&format!("SET application_name = '{NAME}'; LISTEN steading"))?;
        let me: i32 = diesel::select(pg_backend_pid()).get_result(&mut conn)?;
        self.is_listening.store(true, Ordering::Release);
        heard(Heard::Anything);
        let mut quiet = 0;
        loop {
            let (stop, told) = self.beat();
            if told.is_empty() {
                quiet += 1;
            } else if let Err(error) = say(&mut conn, &told) {
                let mut waiting = self.held();
                waiting.companies.extend(told.companies);
                waiting.all |= told.all;
                return Err(error.into());
            } else {
                quiet = 0;
            }
            if stop {
                return Ok(());
            }
            if quiet >= QUIET_BEATS {
                conn.batch_execute("SELECT 1")?;
                quiet = 0;
            }
            let news: Vec<_> = conn.notifications_iter().collect::<QueryResult<_>>()?;
            for notice in news.into_iter().filter(|notice| notice.process_id != me) {
                heard(read(&notice.payload));
            }
        }
    }

    /// Waits a moment; whether to stop, and what there is to tell.
    fn beat(&self) -> (bool, Waiting) {
        let mut waiting = self
            .woken
            .wait_timeout_while(self.held(), BEAT, |waiting| !waiting.stop)
            .unwrap_or_else(PoisonError::into_inner)
            .0;
        let stop = waiting.stop;
        let told = std::mem::take(&mut *waiting);
        waiting.stop = stop;
        (stop, told)
    }

    fn held(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

define_sql_function! {
    fn pg_backend_pid() -> diesel::sql_types::Integer;
}

/// By the statement: the function that does the same is taken from everybody, so that no query can call it.
fn say(conn: &mut PgConnection, waiting: &Waiting) -> QueryResult<()> {
    // Ids and one word of ours: nothing in it ends the quotes.
    conn.batch_execute(&format!("NOTIFY steading, '{}'", waiting.text()))
}

fn read(text: &str) -> Heard {
    let ids: std::result::Result<Vec<TenantId>, _> =
        text.split_whitespace().map(str::parse).collect();
    ids.map_or(Heard::Anything, Heard::Companies)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;

    #[test]
    fn a_notice_says_which_companies_or_that_there_are_too_many() {
        let ids: Vec<_> = (0..MOST as i64 + 1)
            .map(|n| TenantId::new(Timestamp::from_micros(n)))
            .collect();
        let mut waiting = Waiting {
            companies: ids[..MOST].iter().copied().collect(),
            ..Waiting::default()
        };
        assert!(waiting.text().len() < 8_000);
        let Heard::Companies(mut heard) = read(&waiting.text()) else {
            panic!("they were named");
        };
        heard.sort();
        assert_eq!(heard, ids[..MOST]);
        waiting.companies.extend(ids);
        assert_eq!(read(&waiting.text()), Heard::Anything);
        assert_eq!(read("nonsense"), Heard::Anything);
    }
}
