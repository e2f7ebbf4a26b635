//! The walks that are measured: a click, an API insert, events one by one and in batches, lists short and long.

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::drive::{get_script, load, post_script};
use crate::report::{promise, row};
use crate::server::Running;

/// Seconds of each load.
const SECONDS: u32 = 6;

/// Rows of the short and of the long list.
const FEW: usize = 10_000;
const MANY: usize = 1_000_000;
/// Customers the events are of.
const CUSTOMERS: usize = 100;
/// Single inserts after which the write-ahead log is looked at.
const INSERTS: f64 = 200_000.0;
/// Pages of the admin that a day begins with.
const PAGES: &[&str] = &[
    "/admin",
    "/admin/partners",
    "/admin/programs",
    "/admin/commissions",
    "/admin/payouts",
    "/admin/links",
    "/admin/audit",
    "/admin/system",
];

pub fn run(database_url: Option<&str>, many: Option<usize>) -> ExitCode {
    let bare = Running::bare();
    let floor = load(&bare, "/r/floor", 64, SECONDS, None);
    drop(bare);
    row("bare framework, the same 302, 64 connections", &floor);

    let server = Running::steading(database_url);
    println!(
        "{:<44} {:>9.1} MB resident at rest",
        "memory",
        server.memory_mb()
    );
    let link = furnish(&server);

    let click = load(&server, &format!("/r/{link}"), 64, SECONDS, None);
    row("click: durable before its 302, 64 connections", &click);

    server.run(&["demo", "load"]);
    let slowest_page = pages(&server);
    fill(&server, "few", FEW);
    let short = lists(&server, "10,000 rows");

    let insert = load(
        &server,
        "/api/v1/partners",
        64,
        SECONDS,
        Some(&post_script(&server.key, PARTNER)),
    );
    row("API insert: authenticated, audited, durable", &insert);
    let mut inserted = insert.requests;
    let mut largest_wal = server.wal_bytes();
    let event_script = post_script(&server.key, EVENT);
    let event = load(&server, "/api/v1/events", 64, SECONDS, Some(&event_script));
    row("event with attribution and commission", &event);
    inserted += event.requests;
    while inserted < INSERTS && database_url.is_none() {
        largest_wal = largest_wal.max(server.wal_bytes());
        let more = load(&server, "/api/v1/events", 64, SECONDS, Some(&event_script));
        if more.requests < 1.0 {
            break;
        }
        inserted += more.requests;
    }
    largest_wal = largest_wal.max(server.wal_bytes());
    println!(
        "{:<44} {:>9.1} MB resident, WAL {:.1} MB",
        format!("after {inserted:.0} single inserts"),
        server.memory_mb(),
        largest_wal as f64 / 1e6
    );
    let batch = load(
        &server,
        "/api/v1/events/batch",
        8,
        SECONDS,
        Some(&post_script(&server.key, BATCH)),
    );
    row("batch of 100 events (per batch)", &batch);

    let many = many.unwrap_or(MANY);
    fill(&server, "many", many);
    let long = lists(&server, &format!("{many} more rows"));
    println!(
        "{:<44} {:>9.1} MB resident",
        "at the end",
        server.memory_mb()
    );

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
    promise("write-ahead log, MB", largest_wal as f64 / 1e6, 64.0, false);
    for ((list, short), (_, long)) in short.iter().zip(&long) {
        let what = format!("first page of {list}, many rows against few");
        promise(&what, long / short, 2.0, false);
    }
    promise("slowest page of the admin, ms", slowest_page, 5.0, false);
    ExitCode::SUCCESS
}

/// Reports so many sales in batches of a thousand, from four senders.
fn fill(server: &Running, tag: &str, rows: usize) {
    let began = std::time::Instant::now();
    let batches = rows.div_ceil(1_000);
    std::thread::scope(|threads| {
        for sender in 0..4 {
            threads.spawn(move || {
                for batch in (sender..batches).step_by(4) {
                    let events: Vec<Value> = (0..1_000)
                        .map(|n| {
                            json!({
                                "customer_id": format!("c{}", n % CUSTOMERS), "type": "sale", "external_id": format!("{tag}-{batch}-{n}"),
                                "value": { "amount": 1_999, "currency": "EUR" }
                            })
                        })
                        .collect();
                    post(server, "/events/batch", json!({ "events": events }));
                }
            });
        }
    });
    let seconds = began.elapsed().as_secs_f64();
    println!(
        "{:<44} {:>9.0}/s",
        format!("{rows} events in batches of 1,000"),
        rows as f64 / seconds
    );
}

/// The first page of the lists that grow, one reader: its median in ms.
fn lists(server: &Running, when: &str) -> Vec<(&'static str, f64)> {
    ["commissions", "events", "clicks"]
        .into_iter()
        .map(|list| {
            let path = format!("/api/v1/{list}?limit=50");
            let read = load(server, &path, 1, 3, Some(&get_script(&server.key)));
            row(&format!("first page of {list}, {when}"), &read);
            (list, read.p50_ms)
        })
        .collect()
}

/// Pages of the admin, one reader; the slowest median in ms.
fn pages(server: &Running) -> f64 {
    let cookie = server.sign_in();
    let script = format!("wrk.headers['Cookie'] = '{cookie}'\n");
    let mut slowest = 0.0_f64;
    for page in PAGES {
        let read = load(server, page, 1, 2, Some(&script));
        row(&format!("page {page}"), &read);
        slowest = slowest.max(read.p50_ms);
    }
    slowest
}

const PARTNER: &str = r#"string.format('{"name":"P %d","email":"p%d-%s@example.com"}', n, n, tag)"#;

const EVENT: &str = r#"string.format('{"customer_id":"c%d","type":"sale","value":{"amount":1999,"currency":"EUR"},"external_id":"e-%d-%s"}', n % 100, n, tag)"#;

const BATCH: &str = r#"(function()
    local rows = {}
    for i = 1, 100 do
      rows[i] = string.format('{"customer_id":"c%d","type":"sale","value":{"amount":1999,"currency":"EUR"},"external_id":"b-%d-%d-%s"}', i % 100, n, i, tag)
    end
    return '{"events":[' .. table.concat(rows, ',') .. ']}'
  end)()"#;

fn post(server: &Running, path: &str, body: Value) -> Value {
    ureq::post(&server.url(&format!("/api/v1{path}")))
        .header("Authorization", &format!("Bearer {}", server.key))
        .send_json(body)
        .unwrap_or_else(|e| panic!("{path}: {e}"))
        .body_mut()
        .with_config()
        .limit(64 << 20)
        .read_json()
        .unwrap()
}

/// A programme, a partner, a link, and a customer who came by it.
fn furnish(server: &Running) -> String {
    let post = |path: &str, body: Value| post(server, path, body);
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
    for customer in 0..CUSTOMERS {
        let visit = agent.get(&server.url(&format!("/r/{key}"))).call().unwrap();
        let target = visit.headers()["location"].to_str().unwrap();
        let click = target.split("st_ref=").nth(1).unwrap();
        let click = click.split(['&', '#']).next().unwrap();
        post(
            "/identify",
            json!({ "click": click, "customer_id": format!("c{customer}") }),
        );
    }
    key
}
