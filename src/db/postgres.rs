//! PostgreSQL: every transaction opens with one message that takes the restricted role, the plane's schema and the tenant.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant};

use diesel::connection::{SimpleConnection, TransactionManager};
use diesel::prelude::*;

use super::conn::{Conn, Plane, Scoped};
use super::error::{Verdict, is_read_only, verdict};
use super::health::StoreHealth;
use super::limits::Limits;
use super::pool::{Connections, Pooled, take};
use super::scope::{begun, read_in};
use super::shut::Shut;
use super::writer::AfterCommit;
use crate::clock::Clock;
use crate::id::TenantId;
use crate::{Error, Result};

/// Owns schemas and tables; migrations and operator reports run as it.
pub(super) const OWNER_ROLE: &str = "steading_owner";
/// Requests on the tenant plane run as it.
pub(super) const APP_ROLE: &str = "steading_app";
/// Requests on the control plane run as it.
pub(super) const CONTROL_ROLE: &str = "steading_control";

type Transactions = <Conn as Connection>::TransactionManager;

/// A PostgreSQL server and how to reach it.
pub(super) struct Server {
    pub(super) pool: Connections,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) health: StoreHealth,
    pub(super) after_commit: AfterCommit,
    pub(super) lanes: Lanes,
    pub(super) shut: Shut,
}

/// Who may write beside whom. Writes of one company run side by side; one that met another runs again alone in this process, so
/// that it meets nobody a second time however many go on coming.
pub(super) struct Lanes(Vec<RwLock<()>>);

/// Lanes of a process: companies that share one wait for each other's second attempts, and no longer than for those.
const LANES: usize = 1_024;

impl Default for Lanes {
    fn default() -> Self {
        Self(
            std::iter::repeat_with(RwLock::default)
                .take(LANES)
                .collect(),
        )
    }
}

impl Lanes {
    fn of(&self, owner: TenantId) -> Option<&RwLock<()>> {
        let (_, low) = owner.uuid().as_u64_pair();
        let turn = usize::try_from(low % LANES as u64).unwrap_or(0);
        self.0.get(turn)
    }
}

/// Writes look rows up by their keys, in the order their joins are written. A plan kept from when a table was nearly empty would
/// read it whole for minutes after it grew, and a table read whole conflicts with every other write to it.
const POINTED_PLANS: &str = "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; \
                             SET LOCAL join_collapse_limit = 1";
/// Reads are planned by the size their tables have now.
const FRESH_PLANS: &str = "SET LOCAL plan_cache_mode = force_custom_plan";

/// The first message of a transaction. Built from constants and a typed id only, so it carries nobody's text.
fn prologue<P: Plane>(owner: TenantId, write: bool) -> String {
    let begin = if write {
        "BEGIN ISOLATION LEVEL SERIALIZABLE"
    } else {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    };
    let role = if P::NAME == "tenant" {
        APP_ROLE
    } else {
        CONTROL_ROLE
    };
    let schema = P::NAME;
    let tenant = owner.uuid();
    let plans = if write { POINTED_PLANS } else { FRESH_PLANS };
    format!(
        "{begin}; SET LOCAL ROLE {role}; SET LOCAL search_path TO {schema}, pg_temp; SET LOCAL app.tenant_id = '{tenant}'; \
         SET LOCAL statement_timeout = '15s'; SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '15s'; \
         {plans}"
    )
}

impl Server {
    pub(super) fn read<P: Plane, T>(
        &self,
        owner: TenantId,
        work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>,
    ) -> Result<T> {
        read_in(
            &self.pool,
            Some(&prologue::<P>(owner, false)),
            owner,
            &self.clock,
            work,
        )
    }

    pub(super) fn write<P: Plane, T>(
        &self,
        owner: TenantId,
        work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>,
    ) -> Result<T> {
        let _waiting = self.health.waits();
        let opening = prologue::<P>(owner, true);
        let lane = self.lanes.of(owner);
        let beside_others = lane.map(|lane| lane.read().unwrap_or_else(PoisonError::into_inner));
        // Asked behind the lane: whoever shuts the doors passes it once after them.
        if self.shut.holds(owner) {
            return Err(Error::Busy);
        }
        let mut outcome = self.write_once(&opening, owner, work);
        drop(beside_others);
        for attempt in 1..=self.limits.retries {
            match &outcome {
                Err(error) if verdict(error) == Verdict::Again => {}
                _ => return outcome,
            }
            // Alone in this process; another one may still be met.
            if attempt > 1 {
                std::thread::sleep(jitter(attempt));
            }
            let alone = lane.map(|lane| lane.write().unwrap_or_else(PoisonError::into_inner));
            if self.shut.holds(owner) {
                return Err(Error::Busy);
            }
            outcome = self.write_once(&opening, owner, work);
            drop(alone);
        }
        outcome.map_err(|error| match verdict(&error) {
            Verdict::Again => Error::Busy,
            _ => error,
        })
    }

    /// Waits until every write of a company that began has ended.
    pub(super) fn settled(&self, owner: TenantId) {
        drop(self.lanes.of(owner).map(RwLock::write));
    }

    fn write_once<P: Plane, T>(
        &self,
        opening: &str,
        owner: TenantId,
        work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>,
    ) -> Result<T> {
        let mut pooled =
            begun(&self.pool, Some(opening)).inspect_err(|_| self.health.failed(owner))?;
        let began = Instant::now();
        let mut scoped = Scoped::new(&mut pooled.conn, owner, &self.clock);
        let mut result = work(&mut scoped);
        let wants_jobs = scoped.wants_jobs();
        if began.elapsed() > self.limits.closure_budget {
            tracing::error!(tenant.id = %owner, "A write overran its budget and was rolled back");
            result = Err(Error::internal(
                "a write took longer than its budget and was rolled back",
            ));
        }
        let value = match result {
            Ok(value) => value,
            Err(error) => return Err(self.give_up(&mut pooled, owner, error)),
        };
        if let Err(error) = commit(&mut pooled.conn) {
            let error = Error::from(error);
            tracing::warn!(reason = error.reason(), "A commit failed");
            return Err(match self.give_up(&mut pooled, owner, error) {
                again if verdict(&again) == Verdict::Again => again,
                _ => {
                    self.health.failed(owner);
                    Error::Busy
                }
            });
        }
        self.health.committed(owner, 1, true);
        (self.after_commit)(owner, wants_jobs);
        Ok(value)
    }

    /// Ends a transaction that failed, and says what its caller is told.
    fn give_up(&self, pooled: &mut Pooled, owner: TenantId, error: Error) -> Error {
        let met = verdict(&error) == Verdict::Again;
        if let Error::Database(source) = &error
            && !met
        {
            tracing::warn!(error = %source, "A write failed in the database");
        }
        let over = Transactions::transaction_manager_status_mut(&mut pooled.conn)
            .transaction_depth()
            .is_ok_and(|depth| depth.is_none());
        let ended = over || Transactions::rollback_transaction(&mut pooled.conn).is_ok();
        pooled.broken |= !ended;
        // A server that is gone, or has become a standby, is no fault of the closure: somebody may try again.
        let database = matches!(error, Error::Database(_));
        if database && !met && (!ended || is_read_only(&error)) {
            self.health.failed(owner);
            return Error::Busy;
        }
        error
    }

    /// Asks the server for nothing, to learn whether it answers.
    pub(super) fn ping(&self) -> Result<()> {
        let mut pooled = take(&self.pool)?;
        if let Err(error) = pooled.conn.batch_execute("SELECT 1") {
            tracing::warn!(%error, "PostgreSQL does not answer");
            pooled.broken = true;
            return Err(Error::Busy);
        }
        Ok(())
    }
}

/// Commits in one message with a statement before it: after an error that the closure kept to itself, PostgreSQL would answer a
/// bare `COMMIT` with a rollback and no error at all.
fn commit(conn: &mut Conn) -> QueryResult<()> {
    conn.batch_execute("SELECT 1; COMMIT")
}

/// A wait that grows with the attempt and differs between those who met.
fn jitter(attempt: u32) -> Duration {
    let mut random = [0_u8; 2];
    if getrandom::fill(&mut random).is_err() {
        random = [7, 7];
    }
    let spread = u64::from(u16::from_le_bytes(random)) % 1_000;
    Duration::from_micros(spread.saturating_mul(1 << attempt.min(8)) + 200)
}
