//! SIGKILL at random moments under click and event load: every acknowledged click and event is there, no commission twice.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use steading::id::ClickId;

use super::shop::{Acknowledged, Load, Shop};
use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// Rounds in CI; `STEADING_TEST_KILLS` asks for more or fewer.
const ROUNDS: u64 = 500;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct Verdict {
    #[diesel(sql_type = Text)]
    quick_check: String,
}

#[test]
fn acknowledged_clicks_and_events_survive_a_killed_process() {
    let home = Home::new(Engine::Sqlite)
        .env("STEADING_BOOTSTRAP__OWNER_EMAIL", "owner@example.com")
        .env(
            "STEADING_BOOTSTRAP__OWNER_PASSWORD",
            "a sentence that is long enough",
        )
        .env("STEADING_LOG__LEVEL", "warn");
    let rounds = crate::harness::told("STEADING_TEST_KILLS")
        .and_then(|text| text.parse().ok())
        .unwrap_or(ROUNDS);
    let shop = {
        let server = home.serve();
        let shop = Shop::furnish(&home, &server);
        server.kill();
        shop
    };
    let (mut clicks, mut events) = (0, 0);
    for round in 0..rounds {
        let server = home.serve();
        let load = Load::start(&server.url(""), &shop.key);
        let until = Instant::now() + moment(round);
        while Instant::now() < until {
            std::thread::yield_now();
        }
        server.kill();
        let acknowledged = load.end();
        check(&home, &acknowledged, round);
        clicks += acknowledged.clicks.lock().unwrap().len();
        events += acknowledged.events.lock().unwrap().len();
    }
    println!(
        "{rounds} kills: {clicks} clicks and {events} events were acknowledged, all are there"
    );
    assert!(
        clicks > 0 && events > 0,
        "the load never got through, so nothing was proven"
    );
}

/// Between 2 and 62 ms, spread over the rounds without a pattern a server could fall in step with.
fn moment(round: u64) -> Duration {
    let spread = round.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
    Duration::from_micros(2_000 + spread % 60_000)
}

fn check(home: &Home, acknowledged: &Acknowledged, round: u64) {
    let mut store = SqliteConnection::establish(tenant_file(home).to_str().unwrap()).unwrap();
    for click in acknowledged.clicks.lock().unwrap().iter() {
        let id: ClickId = click.parse().unwrap();
        let found: Count = diesel::sql_query("SELECT count(*) AS value FROM clicks WHERE id = $1")
            .bind::<diesel::sql_types::Binary, _>(id.uuid().as_bytes().to_vec())
            .get_result(&mut store)
            .unwrap();
        assert_eq!(
            found.value, 1,
            "round {round}: click {click} was acknowledged and is gone"
        );
    }
    for external in acknowledged.events.lock().unwrap().iter() {
        let found: Count = diesel::sql_query(
            "SELECT count(*) AS value FROM events e JOIN commissions c ON c.event_id = e.id WHERE e.external_id = $1",
        )
        .bind::<Text, _>(external)
        .get_result(&mut store)
        .unwrap();
        assert_eq!(
            found.value, 1,
            "round {round}: event {external} was acknowledged and has {} commissions",
            found.value
        );
    }
    let twice: Count = diesel::sql_query(
        "SELECT count(*) AS value FROM (SELECT event_id FROM commissions GROUP BY event_id HAVING count(*) > 1)",
    )
    .get_result(&mut store)
    .unwrap();
    assert_eq!(twice.value, 0, "round {round}: an event paid twice");
    if round.is_multiple_of(50) {
        let verdict: Verdict = diesel::sql_query("PRAGMA quick_check")
            .get_result(&mut store)
            .unwrap();
        assert_eq!(verdict.quick_check, "ok", "round {round}");
    }
}

fn tenant_file(home: &Home) -> PathBuf {
    let mut files: Vec<PathBuf> = std::fs::read_dir(home.data().join("tenants"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "db"))
        .collect();
    assert_eq!(files.len(), 1);
    files.remove(0)
}
