//! One company goes back while its visitors go on clicking: whatever was acknowledged is in what was kept or in what is there.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use diesel::prelude::*;
use diesel::sql_types::Binary;
use serde_json::json;
use steading::id::ClickId;

use crate::harness::eventually;
use crate::harness::http::Client;
use crate::harness::process::Home;
use crate::on_both_engines;

/// Visitors at once.
const VISITORS: usize = 3;
/// Clicks before and after the restore, so that it is in their midst.
const SOME: usize = 40;

/// The clicks of a company's file.
fn clicks(file: &Path) -> BTreeSet<uuid::Uuid> {
    #[derive(QueryableByName)]
    struct Click {
        #[diesel(sql_type = Binary)]
        id: Vec<u8>,
    }
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let all: Vec<Click> = diesel::sql_query("SELECT id FROM clicks")
        .load(&mut conn)
        .unwrap();
    all.iter()
        .map(|click| uuid::Uuid::from_slice(&click.id).unwrap())
        .collect()
}

/// A company with a link `kettle`.
fn furnish(home: &Home, visitor: &Client) {
    let made = home.run(&["tenant", "create", "acme"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    let key = home
        .run(&[
            "key", "create", "--name", "tests", "--scopes", "*", "--tenant", "acme", "--json",
        ])
        .json();
    let program = visitor.with_key(key["key"].as_str().unwrap());
    let made = |path: &str, body: serde_json::Value| {
        let made = program
            .json("POST", &format!("/t/acme/api/v1{path}"), &body)
            .expect(201)
            .json();
        made["id"].as_str().unwrap().to_owned()
    };
    let programme = made(
        "/programs",
        json!({ "name": "Ambassadors", "commission": { "type": "percent", "rate": "20" }, "holding_days": 14,
            "attribution_window_days": 30, "destination_url": "https://shop.example/" }),
    );
    let partner = made(
        "/partners",
        json!({ "name": "Kettle", "email": "kettle@example.com", "state": "approved" }),
    );
    let enrolment = made(
        "/enrolments",
        json!({ "partner_id": partner, "program_id": programme }),
    );
    made(
        "/links",
        json!({ "enrolment_id": enrolment, "key": "kettle" }),
    );
}

/// A visit from an address of its own: the click, where it was acknowledged.
fn visit(visitor: &Client, number: usize) -> Result<uuid::Uuid, u16> {
    let address = format!(
        "10.{}.{}.{}",
        number >> 16 & 255,
        number >> 8 & 255,
        number & 255
    );
    let reply = visitor.send(
        "GET",
        "/t/acme/r/kettle",
        &[("x-forwarded-for", &address)],
        &[],
    );
    if reply.status != 302 {
        assert!(
            reply.status == 503 && !reply.header("retry-after").is_empty(),
            "{} {}",
            reply.status,
            reply.text()
        );
        return Err(reply.status);
    }
    let click = reply
        .location()
        .split("st_ref=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    Ok(click.parse::<ClickId>().unwrap().uuid())
}

on_both_engines! {
    fn no_acknowledged_click_is_lost_to_a_restore(engine: Engine) {
        let home = Home::new(engine)
            .env("STEADING_TENANCY", "multi")
            .env("STEADING_SERVER__TRUSTED_PROXIES", "127.0.0.0/8");
        let server = home.serve();
        furnish(&home, &server.client());
        let made = home.run(&["backup", "create", "--json"]).expect_code(0).json();
        let name = made["name"].as_str().unwrap();
        let acknowledged = Mutex::new(BTreeSet::new());
        let (number, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
        let restored = std::thread::scope(|threads| {
            for _ in 0..VISITORS {
                threads.spawn(|| {
                    let visitor = server.client().with_header("user-agent", "Firefox");
                    while !stop.load(Ordering::Acquire) {
                        if let Ok(click) = visit(&visitor, number.fetch_add(1, Ordering::AcqRel)) {
                            acknowledged.lock().unwrap().insert(click);
                        }
                    }
                });
            }
            let many = || acknowledged.lock().unwrap().len();
            eventually("clicks before", || (many() > SOME).then_some(()));
            let restored = home.run(&["restore", name, "--tenant", "acme", "--yes", "--json"]);
            let before = many();
            eventually("clicks after", || (many() > before + SOME).then_some(()));
            stop.store(true, Ordering::Release);
            restored
        });
        let restored = restored.expect_code(0).json();
        let backups = Path::new(made["folder"].as_str().unwrap()).parent().unwrap();
        let kept = backups.join(restored["kept"].as_str().unwrap()).join("tenants");
        let kept = std::fs::read_dir(kept).unwrap().next().unwrap().unwrap().path();
        let export = home.path().join("acme.steading");
        let _ = home.run(&["tenant", "export", "acme", export.to_str().unwrap()]).expect_code(0);
        let (kept, now) = (clicks(&kept), clicks(&export));
        let lost: Vec<_> = acknowledged.into_inner().unwrap().into_iter()
            .filter(|click| !kept.contains(click) && !now.contains(click))
            .collect();
        assert!(lost.is_empty(), "{} clicks are nowhere: {lost:?}", lost.len());
        assert!(kept.len() > SOME && now.len() > SOME, "{} kept, {} now", kept.len(), now.len());
    }
}
