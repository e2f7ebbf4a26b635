//! Work for tests: it counts how often it was done, fails, panics, or waits at a gate.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use steading::actor::Actor;
use steading::audit::{self, Event};
use steading::clock::Timestamp;
use steading::db::TenantConn;
use steading::gate::Later;
use steading::slice::{JobContext, JobKind, JobPlane, Slice};
use steading::{Error, Result};
use tokio::sync::Semaphore;

pub const COUNT: &str = "test.count";
pub const FAIL: &str = "test.fail";
pub const PANIC: &str = "test.panic";
pub const GATED: &str = "test.gated";
pub const TORN: &str = "test.torn";
pub const HOURLY: &str = "test.hourly";
/// Comes back every minute while the trail names a wish.
pub const WISHED: &str = "test.wished";
/// The action of an event that is a wish.
pub const WISH: &str = "test.wish";

const GRANTED: &str = "test.granted";

pub const SLICES: &[Slice] = &[Slice {
    name: "test",
    permissions: &[],
    jobs: &[
        kind(COUNT, count, None),
        kind(FAIL, fail, None),
        kind(PANIC, panicking, None),
        kind(GATED, gated, None),
        kind(TORN, torn, None),
        kind(HOURLY, hourly, Some(Duration::from_secs(3_600))),
        JobKind {
            needed: Some(wishes),
            ..kind(WISHED, wished, Some(Duration::from_secs(60)))
        },
    ],
    tables: &[],
    supports_projects: false,
    checks: None,
    waiting: None,
    usage: None,
    reset_demo: None,
}];

const fn kind(
    name: &'static str,
    run: fn(JobContext) -> Later<'static, Result<()>>,
    every: Option<Duration>,
) -> JobKind {
    JobKind {
        name,
        plane: JobPlane::Tenant,
        every,
        needed: None,
        run,
    }
}

fn tallies() -> &'static Mutex<HashMap<String, u32>> {
    static TALLIES: OnceLock<Mutex<HashMap<String, u32>>> = OnceLock::new();
    TALLIES.get_or_init(Mutex::default)
}

fn tally(key: &str) {
    let mut tallies = tallies().lock().unwrap_or_else(PoisonError::into_inner);
    *tallies.entry(key.to_owned()).or_default() += 1;
}

/// How often work was begun under this key.
pub fn done(key: &str) -> u32 {
    let tallies = tallies().lock().unwrap_or_else(PoisonError::into_inner);
    tallies.get(key).copied().unwrap_or_default()
}

/// The gate of a key: each permit added lets one job on.
pub fn gate(key: &str) -> Arc<Semaphore> {
    static GATES: OnceLock<Mutex<HashMap<String, Arc<Semaphore>>>> = OnceLock::new();
    let mut gates = GATES
        .get_or_init(Mutex::default)
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    gates
        .entry(key.to_owned())
        .or_insert_with(|| Arc::new(Semaphore::new(0)))
        .clone()
}

fn key(context: &JobContext) -> String {
    context.payload["key"]
        .as_str()
        .unwrap_or_default()
        .to_owned()
}

fn count(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        tally(&key(&context));
        Ok(())
    })
}

fn fail(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        tally(&key(&context));
        Err(Error::conflict("test", "The other side said no."))
    })
}

fn panicking(_: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async { panic!("as ordered") })
}

/// Its effect, an event of the trail, and its completion are one.
fn gated(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let key = key(&context);
        tally(&key);
        gate(&key).acquire().await.unwrap().forget();
        let attempt = context.attempt;
        context
            .finish_with(move |c| {
                let event = Event::new("test.done").target("test", &key, &attempt.to_string());
                audit::record(c, &Actor::system("test"), event)
            })
            .await
    })
}

/// Writes and then fails in the same transaction.
fn torn(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        context
            .finish_with(|c| {
                let event = Event::new("test.torn").target("test", &"torn", "torn");
                audit::record(c, &Actor::system("test"), event)?;
                Err(Error::conflict("test", "Torn."))
            })
            .await
    })
}

/// At once, for every wish that is not granted yet.
fn wishes(c: &mut TenantConn) -> Result<Option<Timestamp>> {
    use diesel::prelude::*;
    use steading::db::schema::tenant::audit_events::dsl::{action, audit_events};
    let mut count = |what: &str| {
        audit_events
            .filter(action.eq(what))
            .count()
            .get_result::<i64>(c.db())
    };
    let (made, granted) = (count(WISH)?, count(GRANTED)?);
    Ok((made > granted).then(|| c.now()))
}

fn wished(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let scope = context.scope.as_ref().unwrap();
        tally(&format!("wished {}", scope.tenant()));
        scope
            .write(|c| audit::record(c, &Actor::system("test"), Event::new(GRANTED)))
            .await
    })
}

fn hourly(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let scope = context.scope.as_ref().unwrap();
        tally(&scope.tenant().to_string());
        Ok(())
    })
}
