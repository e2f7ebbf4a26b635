//! A pool of one connection that two companies take turns with, while everything is done to it that could leave something behind.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, sql_query};
use steading::Result;
use steading::db::{Limits, Scope, TenantConn};
use steading::id::TenantId;

use super::samples::{another, put, sampled_with, samples};
use crate::harness::engine::Engine;
use crate::harness::stores::{Gate, TestStores, until};
use crate::on_both_engines;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Turns of the two companies.
const TURNS: u32 = 100_000;
/// One in so many turns does something it should not.
const MISBEHAVE: u32 = 25;
/// Ways to misbehave.
const WAYS: u32 = 14;
/// The task that asked is aborted while its closure holds the connection, in the middle of a transaction.
const ABORTED: u32 = 12;
/// The server ends the connection while the closure holds it.
const KILLED: u32 = 13;

/// What came of all turns.
#[derive(Default)]
struct Outcome {
    /// Rows that were not as they should be, each said once.
    wrong: BTreeSet<String>,
    /// Turns that were refused before they did anything they should not.
    denied: BTreeSet<String>,
    /// Closures that stood inside the pool when their task was aborted, or their connection was ended.
    aborted: u32,
    killed: u32,
    /// Who misbehaved how: the company, whether it wrote, the way.
    met: BTreeSet<(bool, bool, u32)>,
}

type Wrong = Arc<Mutex<BTreeSet<String>>>;

/// One turn: reads, and misbehaves in the way this turn has.
struct Turn {
    own: &'static str,
    own_id: String,
    other_id: String,
    way: u32,
    postgres: bool,
    wrong: Wrong,
    /// Where the closure waits to be aborted or killed.
    gate: Gate,
}

impl Turn {
    /// No row at all is as wrong as another's.
    fn look(&self, c: &mut TenantConn<'_>) -> Result<()> {
        let seen: Vec<String> = samples::table
            .select(samples::name)
            .distinct()
            .order(samples::name)
            .load(c.db())?;
        if seen != [self.own] {
            let wrong = format!("{} sees {seen:?}", self.own);
            self.wrong.lock().unwrap().insert(wrong);
        }
        Ok(())
    }

    fn run(&self, c: &mut TenantConn<'_>) -> Result<()> {
        self.look(c)?;
        let other = &self.other_id;
        let raw = |c: &mut TenantConn<'_>, statement: &str| {
            sql_query(statement).execute(c.db()).map(drop)
        };
        match self.way {
            0 => panic!("planted"),
            1 => return Err(steading::Error::NotFound),
            2 => raw(c, "SELECT nonsense")?,
            ABORTED | KILLED => {
                self.gate.pass();
                self.look(c)?;
                if self.postgres {
                    // Where it writes, what nobody waits for any more leaves a setting behind.
                    raw(c, &format!("SET app.left_behind = '{}'", self.own_id))?;
                }
            }
            _ if !self.postgres => {}
            // What a wrong hand could write: left behind, none of it may reach the next turn.
            3 => raw(c, &format!("SET app.tenant_id = '{other}'"))?,
            4 => raw(c, "SET ROLE steading_control")?,
            5 => raw(c, "BEGIN")?,
            6 => raw(c, "COMMIT")?,
            7 => raw(c, "ROLLBACK")?,
            8 => {
                raw(c, "SET LOCAL statement_timeout = '2ms'")?;
                raw(c, "SELECT pg_sleep(5)")?;
            }
            9 => raw(c, "SET search_path TO control")?,
            10 => raw(c, "PREPARE left_behind AS SELECT 1")?,
            11 => raw(c, "SELECT pg_terminate_backend(pg_backend_pid())")?,
            _ => {}
        }
        Ok(())
    }
}

/// A number drawn for a round, so that who misbehaves, how, and whether it writes have nothing to do with each other.
fn drawn(round: u32) -> u64 {
    let mut x = u64::from(round).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// What a round does: whether it writes, and how it misbehaves, where it does.
fn planned(round: u32, misbehave: u32) -> (bool, Option<u32>) {
    let drawn = drawn(round);
    let writes = drawn.is_multiple_of(5);
    let misbehaves = (drawn >> 8).is_multiple_of(u64::from(misbehave));
    let way = u32::try_from((drawn >> 24) % u64::from(WAYS)).unwrap();
    // Half of those who misbehave write.
    let writes = if misbehaves {
        drawn >> 60 & 1 == 0
    } else {
        writes
    };
    (writes, misbehaves.then_some(way))
}

/// The name of what the connection of a scope sees, read by text.
async fn sees(scope: &Scope) -> Vec<String> {
    let read = scope.read(|c| {
        let names: Vec<Name> =
            sql_query("SELECT DISTINCT name AS value FROM samples").load(c.db())?;
        Ok(names.into_iter().map(|name| name.value).collect::<Vec<_>>())
    });
    read.await.unwrap_or_default()
}

/// Lets the two take turns, one of so many misbehaving.
async fn take_turns(
    stores: &TestStores,
    other: (TenantId, &Scope),
    turns: u32,
    misbehave: u32,
) -> Outcome {
    let (first, (second, other)) = (stores.tenant, other);
    let mut behind = stores
        .database
        .as_ref()
        .map(|urls| PgConnection::establish(&urls.superuser).unwrap());
    let postgres = stores.engine == Engine::Postgres;
    let wrong = Wrong::default();
    let mut outcome = Outcome::default();
    for round in 0..turns {
        let is_first = round % 2 == 0;
        let (scope, own, own_id, other_id) = if is_first {
            (&stores.scope, "mine", first, second)
        } else {
            (other, "theirs", second, first)
        };
        let (writes, misbehaves) = planned(round, misbehave);
        let gate = Gate::default();
        let turn = Turn {
            own,
            own_id: own_id.uuid().to_string(),
            other_id: other_id.uuid().to_string(),
            way: misbehaves.unwrap_or(u32::MAX),
            postgres,
            wrong: Arc::clone(&wrong),
            gate: gate.clone(),
        };
        let scope = scope.clone();
        let work = move |c: &mut TenantConn<'_>| turn.run(c);
        let running = tokio::spawn(async move {
            if writes {
                scope.write(work).await
            } else {
                scope.read(work).await
            }
        });
        if let Some(way) = misbehaves {
            outcome.met.insert((is_first, writes, way));
        }
        if let Some(way @ (ABORTED | KILLED)) = misbehaves {
            // Only once the closure holds the connection does it happen.
            until("a closure at the gate", || {
                gate.is_reached() || running.is_finished()
            })
            .await;
            if !gate.is_reached() {
                outcome
                    .denied
                    .insert(format!("{round}: {:?}", running.await));
                continue;
            }
            if way == ABORTED {
                running.abort();
            } else if let Some(behind) = &mut behind {
                let ended = sql_query(END_ALL).execute(behind).unwrap();
                assert_eq!(ended, 1, "the one connection, whose closure waits");
            }
        }
        // Whoever was aborted goes on without anybody who waits, while the next one comes.
        let ended = if misbehaves == Some(ABORTED) {
            let ended = running.await;
            gate.open();
            ended
        } else {
            gate.open();
            running.await
        };
        match (ended, misbehaves) {
            (Err(stopped), Some(ABORTED)) if stopped.is_cancelled() => outcome.aborted += 1,
            (Ok(Err(_)), Some(KILLED)) if postgres => outcome.killed += 1,
            (Ok(Ok(())), Some(KILLED)) if postgres => {
                let wrong = format!("{own} goes on over a connection that was ended");
                outcome.wrong.insert(wrong);
            }
            (Ok(Err(refused)), None) => {
                outcome.denied.insert(format!("{round}: {refused:?}"));
            }
            (Ok(_), _) => {}
            (Err(panicked), _) => {
                let what = panicked.into_panic();
                let said = what.downcast_ref::<&str>().copied().unwrap_or_default();
                assert!(said.contains("planted"), "{said}");
            }
        }
    }
    outcome.wrong.append(&mut wrong.lock().unwrap());
    outcome
}

/// Ends every connection of requests to this database, and waits until they are gone.
const END_ALL: &str = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'steading_request'";

/// Stores with one connection, and another company beside the first; each has a row.
async fn shared(engine: Engine) -> (TestStores, TenantId, Scope) {
    let stores = sampled_with(engine, Limits::default(), |options| options.pool = 1);
    let (second, other) = another(&stores);
    for (scope, name) in [(&stores.scope, "mine"), (&other, "theirs")] {
        scope.write(move |c| put(c, name)).await.unwrap();
    }
    (stores, second, other)
}

on_both_engines! {
    async fn nothing_of_a_turn_reaches_the_next(engine: Engine) {
        let (stores, second, other) = shared(engine).await;
        let outcome = take_turns(&stores, (second, &other), TURNS, MISBEHAVE).await;
        assert!(outcome.wrong.is_empty(), "{:?}", outcome.wrong);
        assert!(outcome.denied.is_empty(), "{:?}", outcome.denied);
        // Each company did each thing, reading and writing; and it was inside that it was aborted and killed.
        assert_eq!(outcome.met.len(), 2 * 2 * WAYS as usize, "{:?}", outcome.met);
        assert!(outcome.aborted > 100, "{} aborted", outcome.aborted);
        assert!(outcome.killed > 100 || engine == Engine::Sqlite, "{} killed", outcome.killed);
        // None is stuck, and both are themselves.
        for _ in 0..3 {
            assert_eq!(sees(&stores.scope).await, ["mine"]);
            assert_eq!(sees(&other).await, ["theirs"]);
        }
    }
}

/// What a policy would be if each connection kept the company it had first.
const LEFT_OVER: &str = "
CREATE FUNCTION public.left_over() RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN
    IF COALESCE(current_setting('planted.company', true), '') = '' THEN
        PERFORM set_config('planted.company', current_setting('app.tenant_id'), false);
    END IF;
    RETURN current_setting('planted.company')::uuid;
END $$;
GRANT USAGE ON SCHEMA public TO steading_app;
GRANT EXECUTE ON FUNCTION public.left_over() TO steading_app;
ALTER POLICY samples_own ON tenant.samples USING (tenant_id = public.left_over());";

/// What a policy would be if it believed what somebody whose task was aborted left on the connection.
const LEFT_BEHIND: &str = "ALTER POLICY samples_own ON tenant.samples USING \
    (tenant_id = COALESCE(NULLIF(current_setting('app.left_behind', true), ''), current_setting('app.tenant_id', true))::uuid)";

#[tokio::test]
async fn a_setting_skipped_or_left_over_is_seen() {
    for (fault, told) in [
        (
            "ALTER POLICY samples_own ON tenant.samples USING (true)",
            "theirs sees [\"mine\", \"theirs\"]",
        ),
        ("DROP POLICY samples_own ON tenant.samples", "mine sees []"),
        (
            "ALTER POLICY samples_own ON tenant.samples USING (tenant_id = NULLIF(current_setting('app.skipped', true), '')::uuid)",
            "mine sees []",
        ),
        (LEFT_OVER, "mine sees [\"theirs\"]"),
        (LEFT_OVER, "theirs sees [\"mine\"]"),
        // Only an abort inside a transaction leaves it.
        (LEFT_BEHIND, "mine sees [\"theirs\"]"),
        (LEFT_BEHIND, "theirs sees [\"mine\"]"),
    ] {
        let (stores, second, other) = shared(Engine::Postgres).await;
        stores.behind(second).batch_execute(fault).unwrap();
        let wrong = take_turns(&stores, (second, &other), 400, 4).await.wrong;
        assert!(wrong.contains(told), "{fault}: {wrong:?}");
    }
}

#[tokio::test]
async fn a_neighbours_file_under_ones_own_name_is_seen() {
    let (stores, second, other) = shared(Engine::Sqlite).await;
    stores.put_file_in_place_of(stores.tenant, second).await;
    let wrong = take_turns(&stores, (second, &other), 400, 4).await.wrong;
    assert!(wrong.contains("theirs sees [\"mine\"]"), "{wrong:?}");
}
