//! The runner: looks at a store when its bell rings or its time has come, does what is due, few at a time.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout_at};

use super::hints_store;
use super::resting::resting;
use super::shelf::{Shelf, control_id};
use super::store::Claimed;
use super::work::work;
use crate::Result;
use crate::app::App;
use crate::clock::Timestamp;
use crate::id::TenantId;

/// Jobs done at once, in all.
const AT_ONCE: usize = 8;
/// Jobs done at once for one store, so that a busy company does not hold up the others.
const AT_ONCE_PER_STORE: usize = 4;
/// Longest sleep without a look at the clock, which may be moved.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// How often hints are read and written where other processes share the database, and written where none does.
const HINTS_EVERY: Duration = Duration::from_secs(1);
/// How often stores are looked at, whatever the hints say: all of them where there are few.
const SWEEP_EVERY: Duration = Duration::from_secs(300);
/// So many stores are few.
const FEW: usize = 64;
/// Of many stores a sweep looks at every so manieth, spread over its time: each store once an hour. The first one looks at all.
const SWEEPS_OF_A_ROUND: usize = 12;
/// After something was written in a store, it is asked this much later whether there is something for recurring work.
const AFTER_WRITES: Duration = Duration::from_secs(60);
/// A store that could not be reached is left alone this long.
const AFTER_FAILURE: Duration = Duration::from_secs(30);
/// Bells of one store within this time are one.
const COALESCE: Duration = Duration::from_millis(5);
/// What jobs under way get to come to an end at a stop.
const GRACE: Duration = Duration::from_secs(10);

/// A runner at work.
pub struct Running {
    stop: watch::Sender<bool>,
    task: actix_web::rt::task::JoinHandle<()>,
}

impl Running {
    /// Takes no further work, waits for what is under way, and gives back what does not end in time.
    pub async fn stop(self) {
        // Nobody listens where the runner has ended by itself.
        let _ = self.stop.send(true);
        if self.task.await.is_err() {
            tracing::error!("The job runner had stopped before");
        }
    }
}

/// Starts the runner on this thread.
pub fn start(app: &App) -> Running {
    let (stop, stopped) = watch::channel(false);
    let task = actix_web::rt::spawn(run(app.clone(), stopped));
    Running { stop, task }
}

/// The runner itself, until `stopped` says so.
pub async fn run(app: App, mut stopped: watch::Receiver<bool>) {
    let mut runner = Runner::new(app);
    runner.learn_stores().await;
    runner.sweep(1);
    let mut hints = interval(HINTS_EVERY);
    hints.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sweep = interval(SWEEP_EVERY);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    sweep.tick().await;
    while !*stopped.borrow() {
        runner.look_at_due().await;
        let wake = runner.next_wake();
        let bell = runner.app.jobs.clone();
        tokio::select! {
            changed = stopped.changed() => if changed.is_err() { break },
            () = bell.heard() => {
                tokio::time::sleep(COALESCE).await;
                runner.heard();
            }
            Some((store, job)) = runner.busy.next(), if !runner.busy.is_empty() => runner.ended(store, &job),
            () = sleep_until(wake) => {}
            _ = hints.tick() => runner.exchange_hints().await,
            _ = sweep.tick() => {
                runner.learn_stores().await;
                runner.sweep(SWEEPS_OF_A_ROUND);
            }
        }
    }
    runner.wind_down().await;
}

struct Runner {
    app: App,
    /// When each store next needs a look.
    due: BTreeMap<TenantId, Timestamp>,
    /// The hint each tenant has in the control plane, as far as we know.
    hints: HashMap<TenantId, Option<Timestamp>>,
    /// Stores in which nothing is held that nobody does: what an earlier process left was taken back.
    rescued: HashSet<TenantId>,
    /// Stores where recurring work may be missing.
    unsure: HashSet<TenantId>,
    /// Stores that the sweeps have yet to come to.
    round: Vec<TenantId>,
    /// A hint was not as we knew it: read them all again.
    stale: bool,
    busy: FuturesUnordered<LocalBoxFuture<'static, (TenantId, Claimed)>>,
    /// What is under way, for giving it back.
    held: Vec<(TenantId, Claimed)>,
}

impl Runner {
    fn new(app: App) -> Self {
        Self {
            app,
            due: BTreeMap::new(),
            hints: HashMap::new(),
            rescued: HashSet::new(),
            unsure: HashSet::new(),
            round: Vec::new(),
            stale: false,
            busy: FuturesUnordered::new(),
            held: Vec::new(),
        }
    }

    /// Every store there is, each due as the control plane remembers.
    async fn learn_stores(&mut self) {
        let now = self.app.clock.now();
        self.due.insert(control_id(), now);
        self.unsure.insert(control_id());
        match self.app.control.read(hints_store::stores).await {
            Ok(stores) => {
                let known: HashSet<TenantId> = stores.iter().map(|(store, _)| *store).collect();
                self.hints.retain(|store, _| known.contains(store));
                self.due
                    .retain(|store, _| *store == control_id() || known.contains(store));
                self.round.retain(|store| known.contains(store));
                for (store, hint) in stores {
                    self.hints.insert(store, hint);
                    if let Some(at) = hint {
                        self.look_by(store, at);
                    }
                }
            }
            Err(error) => tracing::warn!(%error, "The list of companies could not be read"),
        }
    }

    /// Has stores looked at whatever the hints say: a part of them, in turn.
    fn sweep(&mut self, parts: usize) {
        let now = self.app.clock.now();
        if self.round.is_empty() {
            self.round = self.hints.keys().copied().collect();
        }
        let many = self.hints.len();
        if many <= FEW {
            for store in std::mem::take(&mut self.round) {
                self.look_closely_by(store, now);
            }
            return;
        }
        let part = many.div_ceil(parts).min(self.round.len());
        let step = SWEEP_EVERY / u32::try_from(part.max(1)).unwrap_or(u32::MAX);
        let mut at = now;
        for store in self.round.split_off(self.round.len() - part) {
            self.look_closely_by(store, at);
            at = at.plus(step);
        }
    }

    fn look_by(&mut self, store: TenantId, at: Timestamp) {
        let due = self.due.entry(store).or_insert(at);
        *due = at.min(*due);
    }

    /// As [`Self::look_by`], and recurring work that is missing there is found.
    fn look_closely_by(&mut self, store: TenantId, at: Timestamp) {
        self.unsure.insert(store);
        self.look_by(store, at);
    }

    /// Stores that rang are due.
    fn heard(&mut self) {
        let now = self.app.clock.now();
        for store in self.app.jobs.take() {
            self.look_by(store, now);
            if store != control_id() && !self.hints.contains_key(&store) {
                self.hints.insert(store, None);
                self.unsure.insert(store);
            }
        }
    }

    fn ended(&mut self, store: TenantId, job: &Claimed) {
        self.held
            .retain(|(_, held)| (held.id, held.fence) != (job.id, job.fence));
        self.due.insert(store, self.app.clock.now());
    }

    fn working_for(&self, store: TenantId) -> usize {
        self.held.iter().filter(|(of, _)| *of == store).count()
    }

    fn room(&self, store: TenantId) -> usize {
        AT_ONCE
            .saturating_sub(self.held.len())
            .min(AT_ONCE_PER_STORE.saturating_sub(self.working_for(store)))
    }

    async fn look_at_due(&mut self) {
        let now = self.app.clock.now();
        let mut ready: Vec<(Timestamp, TenantId)> = self
            .due
            .iter()
            .filter(|(_, at)| **at <= now)
            .map(|(store, at)| (*at, *store))
            .collect();
        ready.sort_unstable();
        for (_, store) in ready {
            let room = self.room(store);
            if room == 0 {
                continue;
            }
            let next = match self.look(store, room).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(tenant.id = %store, %error, "A store's jobs could not be looked at");
                    Some(self.app.clock.now().plus(AFTER_FAILURE))
                }
            };
            match next {
                Some(at) => self.due.insert(store, at),
                None => self.due.remove(&store),
            };
        }
    }

    /// Takes what is due in a store, at most `room`, and says when to look again.
    async fn look(&mut self, store: TenantId, room: usize) -> Result<Option<Timestamp>> {
        if let Some(wait) = resting(&self.app, store) {
            return Ok(Some(self.app.clock.now().plus(wait)));
        }
        let shelf = Shelf::of(&self.app, store)?;
        let rescues = self.app.tenants.is_sole() && !self.rescued.contains(&store);
        let next = if rescues || self.unsure.contains(&store) {
            shelf.prepare(rescues).await?
        } else {
            shelf.next_due().await?
        };
        self.rescued.insert(store);
        self.unsure.remove(&store);
        let now = self.app.clock.now();
        if next.is_none_or(|at| at > now) {
            return Ok(next);
        }
        let taken = shelf.take(i64::try_from(room).unwrap_or(1)).await?;
        let none = taken.jobs.is_empty();
        for job in taken.jobs {
            self.held.push((store, job.clone()));
            let shelf = shelf.clone();
            self.busy.push(Box::pin(async move {
                if let Err(error) = work(&shelf, &job).await {
                    // Its lease ends it: somebody takes it back then.
                    tracing::warn!(job.id = %job.id, job.kind = %job.kind, %error, "A job's end could not be written");
                }
                (shelf.store, job)
            }));
        }
        // What is due but was not given waits for another job of its key: its end is a reason to look again.
        Ok(taken.next.map(|at| {
            if none {
                at.max(now.plus(HINTS_EVERY))
            } else {
                at
            }
        }))
    }

    /// When something is due that there is room for.
    fn next_wake(&self) -> Instant {
        let now = self.app.clock.now();
        let wait = self
            .due
            .iter()
            .filter(|(store, _)| self.room(**store) > 0)
            .map(|(_, at)| at.since(now))
            .min()
            .unwrap_or(LONGEST_SLEEP);
        Instant::now() + wait.min(LONGEST_SLEEP)
    }

    /// Tells the control plane when each tenant is next due, and, where others share it, hears what they told.
    async fn exchange_hints(&mut self) {
        if let Err(error) = self.write_hints().await {
            tracing::warn!(%error, "Due times could not be noted");
        }
        if std::mem::take(&mut self.stale) {
            self.learn_stores().await;
        }
        let later = self.app.clock.now().plus(AFTER_WRITES);
        for store in self.app.jobs.take_stirred() {
            if store != control_id() {
                self.look_closely_by(store, later);
            }
        }
        if self.app.tenants.is_sole() {
            return;
        }
        let now = self.app.clock.now();
        // The control plane has no hint of its own: its queue is asked.
        self.due.insert(control_id(), now);
        match self.app.control.read(hints_store::due).await {
            Ok(due) => {
                for (store, at) in due {
                    self.hints.insert(store, Some(at));
                    self.look_closely_by(store, now);
                }
            }
            Err(error) => tracing::warn!(%error, "Due times could not be read"),
        }
    }

    async fn write_hints(&mut self) -> Result<()> {
        let now = self.app.clock.now();
        let changed: Vec<(TenantId, Option<Timestamp>, Option<Timestamp>)> = self
            .hints
            .iter()
            .map(|(store, seen)| (*store, *seen, self.due.get(store).copied()))
            .filter(|(_, seen, next)| match (seen, next) {
                // An early hint costs one look; it is put right once it would be followed.
                (Some(seen), Some(next)) => next < seen || (*seen <= now && next > seen),
                (seen, next) => seen != next,
            })
            .collect();
        if changed.is_empty() {
            return Ok(());
        }
        let told = changed.clone();
        let set = self
            .app
            .control
            .write(move |c| {
                told.iter()
                    .map(|(store, seen, next)| hints_store::set(c, *store, *seen, *next))
                    .collect::<Result<Vec<bool>>>()
            })
            .await?;
        for ((store, _, next), set) in changed.into_iter().zip(set) {
            if set {
                self.hints.insert(store, next);
            } else {
                // Another process knows of more.
                self.stale = true;
            }
        }
        Ok(())
    }

    /// Lets what is under way end, then gives back the rest.
    async fn wind_down(&mut self) {
        let until = Instant::now() + GRACE;
        while !self.busy.is_empty() {
            match timeout_at(until, self.busy.next()).await {
                Ok(Some((store, job))) => self.ended(store, &job),
                Ok(None) | Err(_) => break,
            }
        }
        // Dropping a job's future stops it where it waits, between its writes.
        self.busy.clear();
        for (store, job) in std::mem::take(&mut self.held) {
            let given = match Shelf::of(&self.app, store) {
                Ok(shelf) => shelf.give_back(&job).await.map(|_| ()),
                Err(error) => Err(error),
            };
            if let Err(error) = given {
                tracing::warn!(job.id = %job.id, %error, "A job could not be given back; its lease ends it");
            }
        }
        if let Err(error) = self.write_hints().await {
            tracing::debug!(%error, "Due times could not be noted");
        }
    }
}
