//! The walks that are measured: a click, an API insert, events one by one and in batches, lists short and long.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::drive::{get_script, load, post_script};
use crate::report::{promise, row};
use crate::server::Running;

/// Seconds of each load.
const SECONDS: u32 = 6;

pub fn run(database_url: Option<String>) -> ExitCode {
    let bare = Running::bare();
    let floor = load(&bare, "/r/floor", 64, SECONDS, None);
    drop(bare);
    row("bare framework, the same 302, 64 connections", &floor);

    let server = Running::steading(database_url.as_deref().filter(|url| !url.is_empty()));
    println!(
        "{:<44} {:>9.1} MB resident at rest",
        "memory",
        server.memory_mb()
    );
    let link = furnish(&server);

    let click = load(&server, &format!("/r/{link}"), 64, SECONDS, None);
    row("click: durable before its 302, 64 connections", &click);
    let insert = load(
        &server,
        "/api/v1/partners",
        64,
        SECONDS,
        Some(&post_script(
            &server.key,
            r#"string.format('{"name":"P %d","email":"p%d-%s@example.com"}', n, n, tag)"#,
        )),
    );
    row("API insert: authenticated, audited, durable", &insert);
    let event = load(
        &server,
        "/api/v1/events",
        64,
        SECONDS,
        Some(&post_script(&server.key, EVENT)),
    );
    row("event with attribution and commission", &event);
    let batch = load(
        &server,
        "/api/v1/events/batch",
        8,
        SECONDS,
        Some(&post_script(&server.key, BATCH)),
    );
    row("batch of 100 events (per batch)", &batch);
    let wal = server.wal_bytes();
    println!(
        "{:<44} {:>9.1} MB resident, WAL {:.1} MB",
        "after the load",
        server.memory_mb(),
        wal as f64 / 1e6
    );
    let list = load(
        &server,
        "/api/v1/commissions?limit=50",
        16,
        SECONDS,
        Some(&get_script(&server.key)),
    );
    row("first page of commissions, as filled by now", &list);

    println!();
    promise(
        "click against the bare framework",
        click.per_second / floor.per_second,
        0.45,
        true,
    );
    promise("CPU of a click, µs", click.cpu_micros, 25.0, false);
    promise("CPU of an API insert, µs", insert.cpu_micros, 60.0, false);
    promise(
        "events a second, one by one",
        event.per_second,
        5_000.0,
        true,
    );
    promise(
        "events a second, in batches of 100",
        batch.per_second * 100.0,
        10_000.0,
        true,
    );
    promise("write-ahead log, MB", wal as f64 / 1e6, 64.0, false);
    ExitCode::SUCCESS
}

const EVENT: &str = r#"string.format('{"customer_id":"c1","type":"sale","value":{"amount":1999,"currency":"EUR"},"external_id":"e-%d-%s"}', n, tag)"#;

const BATCH: &str = r#"(function()
    local rows = {}
    for i = 1, 100 do
      rows[i] = string.format('{"customer_id":"c1","type":"sale","value":{"amount":1999,"currency":"EUR"},"external_id":"b-%d-%d-%s"}', n, i, tag)
    end
    return '{"events":[' .. table.concat(rows, ',') .. ']}'
  end)()"#;

/// A programme, a partner, a link, and a customer who came by it.
fn furnish(server: &Running) -> String {
    let post = |path: &str, body: Value| -> Value {
        ureq::post(&server.url(&format!("/api/v1{path}")))
            .header("Authorization", &format!("Bearer {}", server.key))
            .send_json(body)
            .unwrap_or_else(|e| panic!("{path}: {e}"))
            .body_mut()
            .read_json()
            .unwrap()
    };
    let program = post(
        "/programs",
        json!({ "name": "Bench", "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/" }),
    );
    let partner = post(
        "/partners",
        json!({ "name": "Bench partner", "email": "partner@example.com" }),
    );
    ureq::post(&server.url(&format!(
        "/api/v1/partners/{}/approve",
        partner["id"].as_str().unwrap()
    )))
    .header("Authorization", &format!("Bearer {}", server.key))
    .send_empty()
    .ok();
    let enrolment = post(
        "/enrolments",
        json!({ "partner_id": partner["id"], "program_id": program["id"] }),
    );
    let link = post(
        "/links",
        json!({ "enrolment_id": enrolment["id"], "key": "bench" }),
    );
    let key = link["key"].as_str().unwrap().to_owned();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .max_redirects(0)
        .build()
        .into();
    let visit = agent.get(&server.url(&format!("/r/{key}"))).call().unwrap();
    let target = visit.headers()["location"].to_str().unwrap().to_owned();
    let click = target
        .split("st_ref=")
        .nth(1)
        .unwrap()
        .split(['&', '#'])
        .next()
        .unwrap()
        .to_owned();
    post("/identify", json!({ "click": click, "customer_id": "c1" }));
    key
}
