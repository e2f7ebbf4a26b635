//! A pool of one connection that two companies take turns with, while everything is done to it that could leave something behind.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, sql_query};
use steading::Result;
use steading::db::{Limits, Scope, TenantConn};
use steading::id::TenantId;

use super::samples::{another, put, sampled_with, samples};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;
use crate::on_both_engines;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    value: String,
}

/// Turns of the two companies.
const TURNS: u32 = 100_000;
/// In one of so many pairs of turns both do something they should not.
const MISBEHAVE: u32 = 25;

/// What came of all turns.
#[derive(Default)]
struct Outcome {
    /// Rows that were not as they should be, each said once.
    wrong: BTreeSet<String>,
    fine: u32,
    refused: u32,
    panics: u32,
}

type Wrong = Arc<Mutex<BTreeSet<String>>>;

/// One turn: reads, and misbehaves in the way this turn has.
fn turn(
    c: &mut TenantConn<'_>,
    wrong: &Wrong,
    own: &'static str,
    other: &str,
    way: u32,
    postgres: bool,
) -> Result<()> {
    let seen: Vec<String> = samples::table
        .select(samples::name)
        .distinct()
        .order(samples::name)
        .load(c.db())?;
    // No row at all is as wrong as another's.
    if seen != [own] {
        wrong.lock().unwrap().insert(format!("{own} sees {seen:?}"));
    }
    let raw =
        |c: &mut TenantConn<'_>, statement: &str| sql_query(statement).execute(c.db()).map(drop);
    match way {
        0 => panic!("planted"),
        1 => return Err(steading::Error::NotFound),
        2 => raw(c, "SELECT nonsense")?,
        // What a wrong hand could write: left behind, none of it may reach the next turn.
        3 if postgres => raw(c, &format!("SET app.tenant_id = '{other}'"))?,
        4 if postgres => raw(c, "SET ROLE steading_control")?,
        5 if postgres => drop(raw(c, "BEGIN")),
        6 if postgres => drop(raw(c, "COMMIT")),
        7 if postgres => drop(raw(c, "ROLLBACK")),
        8 if postgres => {
            raw(c, "SET LOCAL statement_timeout = '2ms'")?;
            raw(c, "SELECT pg_sleep(5)")?;
        }
        9 if postgres => raw(c, "SET search_path TO control")?,
        10 if postgres => raw(c, "PREPARE left_behind AS SELECT 1")?,
        11 if postgres => raw(c, "SELECT pg_terminate_backend(pg_backend_pid())")?,
        12 => std::thread::sleep(Duration::from_millis(2)),
        _ => {}
    }
    Ok(())
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

/// Lets the two take turns.
async fn take_turns(stores: &TestStores, other: (TenantId, &Scope), turns: u32) -> Outcome {
    let (first, (second, other)) = (stores.tenant, other);
    let mut behind = stores
        .database
        .as_ref()
        .map(|urls| PgConnection::establish(&urls.superuser).unwrap());
    let postgres = stores.engine == Engine::Postgres;
    let wrong = Wrong::default();
    let mut outcome = Outcome::default();
    for round in 0..turns {
        let (scope, own, theirs) = if round % 2 == 0 {
            (&stores.scope, "mine", second)
        } else {
            (other, "theirs", first)
        };
        // What they do changes from time to time.
        let pair = round / 2;
        let way = if pair % MISBEHAVE == 0 {
            (pair / MISBEHAVE) % 13
        } else {
            99
        };
        let (theirs, seen) = (theirs.uuid().to_string(), Arc::clone(&wrong));
        let work = move |c: &mut TenantConn<'_>| turn(c, &seen, own, &theirs, way, postgres);
        let (scope, writes) = (scope.clone(), round % 5 == 0);
        let running = tokio::spawn(async move {
            if writes {
                scope.write(work).await
            } else {
                scope.read(work).await
            }
        });
        if way == 12 && round % 2 == 0 {
            // Whoever asked goes away in the middle.
            running.abort();
        }
        if round % 10_000 == 9_999
            && let Some(behind) = &mut behind
        {
            behind.batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'steading_request'").unwrap();
        }
        match running.await {
            Ok(Ok(())) => outcome.fine += 1,
            Ok(Err(_)) => outcome.refused += 1,
            Err(stopped) if stopped.is_cancelled() => outcome.refused += 1,
            Err(panicked) => {
                let what = panicked.into_panic();
                let said = what.downcast_ref::<&str>().copied().unwrap_or_default();
                assert!(said.contains("planted"), "{said}");
                outcome.panics += 1;
            }
        }
    }
    outcome.wrong = std::mem::take(&mut *wrong.lock().unwrap());
    outcome
}

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
        let Outcome { wrong, fine, refused, panics } = take_turns(&stores, (second, &other), TURNS).await;
        assert!(wrong.is_empty(), "{wrong:?}");
        assert!(fine > TURNS / 10 * 9, "{fine} fine, {refused} refused, {panics} panicked");
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
        // The first turn's panic costs its connection; the next one's first company is the second.
        (LEFT_OVER, "mine sees [\"theirs\"]"),
    ] {
        let (stores, second, other) = shared(Engine::Postgres).await;
        stores.behind(second).batch_execute(fault).unwrap();
        let wrong = take_turns(&stores, (second, &other), 16).await.wrong;
        assert!(wrong.contains(told), "{fault}: {wrong:?}");
    }
}

#[tokio::test]
async fn a_neighbours_file_under_ones_own_name_is_seen() {
    let (stores, second, other) = shared(Engine::Sqlite).await;
    stores.put_file_in_place_of(stores.tenant, second).await;
    let wrong = take_turns(&stores, (second, &other), 16).await.wrong;
    assert!(wrong.contains("theirs sees [\"mine\"]"), "{wrong:?}");
}
