//! The figures for Prometheus: in its format, for its token or this machine alone, and rising with what happens.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::harness::company::{api_key, owned};
use crate::harness::engine::Engine;
use crate::harness::eventually;
use crate::harness::http::Client;

/// Reads the text format as strictly as Prometheus' own checker: families announced once and before their samples, no series
/// twice, every value a number. The samples by name and labels.
fn read(text: &str) -> BTreeMap<String, f64> {
    assert!(text.ends_with('\n'));
    let (mut helped, mut kinds) = (BTreeSet::new(), BTreeMap::new());
    let mut samples = BTreeMap::new();
    let mut open = String::new();
    for line in text.lines() {
        if let Some(rest) = line.strip_prefix("# HELP ") {
            let (name, help) = rest.split_once(' ').unwrap();
            assert!(!help.is_empty() && helped.insert(name.to_owned()), "{line}");
        } else if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (name, kind) = rest.split_once(' ').unwrap();
            assert!(["counter", "gauge", "histogram"].contains(&kind), "{line}");
            assert!(helped.contains(name), "{line}");
            assert!(kinds.insert(name.to_owned(), kind).is_none(), "{line}");
            assert!(kind != "counter" || name.ends_with("_total"), "{line}");
            name.clone_into(&mut open);
        } else {
            let (series, value) = line.rsplit_once(' ').unwrap();
            let value: f64 = value.parse().unwrap_or_else(|_| panic!("{line}"));
            let name = series.split('{').next().unwrap();
            let parts = ["_bucket", "_sum", "_count"];
            let family = match kinds.get(&open) {
                Some(&"histogram") => parts.iter().find_map(|part| name.strip_suffix(part)),
                _ => Some(name),
            };
            assert_eq!(family, Some(open.as_str()), "{line}");
            assert!(
                name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'),
                "{line}"
            );
            if let Some(labels) = series
                .strip_prefix(name)
                .filter(|labels| !labels.is_empty())
            {
                let inside = labels
                    .strip_prefix('{')
                    .and_then(|l| l.strip_suffix('}'))
                    .unwrap();
                for label in inside.split(',') {
                    let (key, is) = label.split_once("=\"").unwrap();
                    assert!(!key.is_empty() && is.ends_with('"'), "{line}");
                }
            }
            assert!(
                samples.insert(series.to_owned(), value).is_none(),
                "{line} twice"
            );
        }
    }
    samples
}

fn figures(client: &Client) -> BTreeMap<String, f64> {
    let reply = client.get("/metrics").expect(200);
    assert!(
        reply
            .header("content-type")
            .starts_with("text/plain; version=0.0.4")
    );
    read(&reply.text())
}

crate::on_both_engines! {
    fn the_figures_hold_to_the_format_and_rise(engine: Engine) {
        let home = owned(engine);
        let server = home.serve();
        let client = server.client();
        // The runner plans the recurring work.
        let before = eventually("work is planned", || {
            let before = figures(&client);
            (before["steading_jobs{state=\"waiting\"}"] > 0.0).then_some(before)
        });
        let engine_name = if engine == Engine::Sqlite { "sqlite" } else { "postgres" };
        let build = format!("steading_build_info{{version=\"{}\",engine=\"{engine_name}\"}}", env!("CARGO_PKG_VERSION"));
        assert_eq!(before[&build], 1.0);
        assert!(before["process_start_time_seconds"] > 1.5e9);
        assert!(before["process_resident_memory_bytes"] > 1e6);
        let pool = before.keys().filter(|name| name.starts_with("steading_store_connections")).count();
        assert_eq!(pool, if engine == Engine::Sqlite { 0 } else { 2 });

        let shop = server.client().with_key(&api_key(&home, "shop", "*"));
        for number in 0..3 {
            let sale = json!({ "customer_id": "c1", "type": "sale", "external_id": format!("e{number}"), "value": { "amount": 1999, "currency": "EUR" } });
            shop.json("POST", "/api/v1/events", &sale).expect(201);
            shop.json("POST", "/api/v1/events", &sale).expect(200);
        }
        let batch = json!({ "events": [
            { "customer_id": "c1", "type": "sale", "external_id": "e0", "value": { "amount": 1999, "currency": "EUR" } },
            { "customer_id": "c1", "type": "sale", "external_id": "e9", "value": { "amount": 1999, "currency": "EUR" } },
        ] });
        shop.json("POST", "/api/v1/events/batch", &batch).expect(200);
        server.client().get("/nowhere");

        let after = figures(&client);
        let rise = |name: &str| after[name] - before[name];
        assert_eq!(rise("steading_events_total"), 4.0);
        assert_eq!(rise("steading_http_requests_total{method=\"POST\",status=\"2xx\"}"), 7.0);
        assert!(rise("steading_http_requests_total{method=\"GET\",status=\"4xx\"}") >= 1.0);
        assert!(rise("steading_store_writes_total") >= 5.0);
        let name = "steading_http_request_duration_seconds";
        assert_eq!(after[&format!("{name}_bucket{{le=\"+Inf\"}}")], after[&format!("{name}_count")]);
        assert!(rise(&format!("{name}_count")) >= 9.0);
        assert!(rise(&format!("{name}_sum")) > 0.0);
    }
}

/// The same visitor as a proxy on this machine would pass them on.
fn from_afar(client: &Client) -> Client {
    client.with_header("x-forwarded-for", "203.0.113.9")
}

#[test]
fn without_a_token_this_machine_alone_may_read() {
    for trusted in ["", "127.0.0.0/8"] {
        let home = owned(Engine::Sqlite).env("STEADING_SERVER__TRUSTED_PROXIES", trusted);
        let server = home.serve();
        assert_eq!(server.client().get("/metrics").status, 200);
        let afar = from_afar(&server.client()).get("/metrics");
        assert_eq!(afar.status, 404, "trusted: {trusted:?}");
        assert!(!afar.text().contains("steading_"));
    }
}

#[test]
fn with_a_token_it_alone_opens() {
    let home = owned(Engine::Sqlite).env("STEADING_METRICS__TOKEN", "a token of its own");
    let server = home.serve();
    let with = |authorization: &str| {
        let asked = server.client().with_header("authorization", authorization);
        (
            asked.get("/metrics").status,
            from_afar(&asked).get("/metrics").status,
        )
    };
    assert_eq!(with("Bearer a token of its own"), (200, 200));
    for wrong in [
        "Bearer a token of its ow",
        "Bearer ",
        "Bearer",
        "Basic a token of its own",
        "a token of its own",
    ] {
        assert_eq!(with(wrong), (404, 404), "{wrong}");
    }
    assert_eq!(server.client().get("/metrics").status, 404);
    assert!(!server.stderr.text().contains("a token of its own"));
}

#[test]
fn clicks_are_counted_and_nobody_is_named() {
    let home = owned(Engine::Sqlite);
    home.run(&["demo", "load", "--yes"]).expect_code(0);
    let server = home.serve();
    let key = api_key(&home, "tests", "*:read");
    let links = server
        .client()
        .with_key(&key)
        .get("/api/v1/links")
        .expect(200)
        .json();
    let links = links["data"].as_array().unwrap();
    let client = server.client();
    let name = "steading_clicks_total";
    let before = figures(&client)[name];
    let clicked = links.iter().filter(|link| {
        let path = format!("/r/{}", link["key"].as_str().unwrap());
        server.client().get(&path).status == 302
    });
    let clicked = clicked.count();
    assert!(clicked > 0);
    assert_eq!(figures(&client)[name] - before, clicked as f64);
    let text = client.get("/metrics").text();
    for word in ["tnt_", "default", "partner", "/r/"] {
        assert!(!text.contains(word), "{word}");
    }
}
