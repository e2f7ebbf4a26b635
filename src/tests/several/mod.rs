//! Several processes on one PostgreSQL: made ready once, each knows soon what another changed, work is done once.

mod notices;
mod pooler;

use diesel::prelude::*;
use diesel::{PgConnection, sql_query};
use serde_json::{Value, json};

use crate::harness::company::{OWNER, PASSWORD, api_key, owned, owner};
use crate::harness::engine::Engine;
use crate::harness::eventually;
use crate::harness::http::Client;
use crate::harness::process::Home;

/// Both processes are given one ring: neither could read what the other sealed under a ring of its own.
const RING: &str = "several:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn pair() -> (Home, Home) {
    let one = owned(Engine::Postgres).env("STEADING_KEYS__RING", RING);
    let two = one.beside();
    (one, two)
}

/// One number that only a superuser may ask for.
fn number(home: &Home, statement: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        value: i64,
    }
    let urls = home.database.as_ref().unwrap();
    let mut conn = PgConnection::establish(&urls.superuser).unwrap();
    let found: Number = sql_query(statement).get_result(&mut conn).unwrap();
    found.value
}

fn post(client: &Client, path: &str, body: &Value) -> Value {
    let reply = client.json("POST", &format!("/api/v1{path}"), body);
    assert!(reply.status < 300, "{path}: {}", reply.text());
    reply.json()
}

/// A programme, a partner in it and a link with this key; the link's id.
fn furnish(client: &Client, key: &str) -> String {
    let program = post(
        client,
        "/programs",
        &json!({ "name": "P", "commission": { "type": "percent", "rate": "10" }, "destination_url": "https://shop.example/" }),
    );
    let partner = post(
        client,
        "/partners",
        &json!({ "name": "P", "email": "p@example.com" }),
    );
    if partner["state"] != "approved" {
        let approve = format!("/partners/{}/approve", partner["id"].as_str().unwrap());
        post(client, &approve, &json!({}));
    }
    let enrolment = post(
        client,
        "/enrolments",
        &json!({ "partner_id": partner["id"], "program_id": program["id"] }),
    );
    let link = post(
        client,
        "/links",
        &json!({ "enrolment_id": enrolment["id"], "key": key }),
    );
    link["id"].as_str().unwrap().to_owned()
}

#[test]
fn two_that_start_at_once_on_an_empty_database_make_one_instance() {
    let (one, two) = pair();
    let (first, second) = (one.start(), two.start());
    first.wait_until_ready();
    second.wait_until_ready();
    for plane in ["control", "tenant"] {
        let steps = format!("SELECT count(*) AS value FROM {plane}.__diesel_schema_migrations");
        let folder = format!("{}/migrations/{plane}/postgres", env!("CARGO_MANIFEST_DIR"));
        let known = std::fs::read_dir(folder).unwrap().count();
        assert_eq!(
            number(&one, &steps),
            i64::try_from(known).unwrap(),
            "{plane}"
        );
    }
    for (table, rows) in [("tenants", 1), ("users", 1), ("data_keys", 2)] {
        let count = format!("SELECT count(*) AS value FROM control.{table}");
        assert_eq!(number(&one, &count), rows, "{table}");
    }
    for server in [&first, &second] {
        // One of them made the owner; the other learns of it with the next look.
        eventually("the owner is known here", || {
            (server.client().get("/login").status == 200).then_some(())
        });
        let entered = server
            .client()
            .submit("/login", &[("email", OWNER), ("password", PASSWORD)]);
        assert_eq!(entered.location(), "/admin");
    }
}

#[test]
fn what_one_changes_the_other_soon_knows() {
    let (one, two) = pair();
    let first = one.serve();
    let second = two.serve();
    let shop = first.client().with_key(&api_key(&one, "shop", "*"));
    let link = furnish(&shop, "kettle");

    // Both remember the link, a key and a session.
    let doomed = second.client().with_key(&api_key(&one, "doomed", "*"));
    assert_eq!(doomed.get("/api/v1/me").status, 200);
    for server in [&first, &second] {
        assert_eq!(server.client().get("/r/kettle").status, 302);
    }
    let session = owner(&first);
    let elsewhere = second.client();
    elsewhere.set_cookie("sid", &session.cookie("sid").unwrap());
    assert_eq!(elsewhere.get("/admin").status, 200);

    one.run(&["key", "revoke", "doomed", "--yes"])
        .expect_code(0);
    eventually("the revoked key is refused by the other", || {
        (doomed.get("/api/v1/me").status == 401).then_some(())
    });
    let moved = json!({ "destination_url": "https://elsewhere.example/" });
    assert_eq!(
        shop.json("PATCH", &format!("/api/v1/links/{link}"), &moved)
            .status,
        200
    );
    eventually("the other leads to the new place", || {
        let reply = second.client().get("/r/kettle");
        reply
            .location()
            .starts_with("https://elsewhere.example/")
            .then_some(())
    });
    session.submit_to("/admin", "/logout", &[]);
    eventually("a session that ended here is none there", || {
        (elsewhere.get("/admin").status == 303).then_some(())
    });
    let settings = [
        ("name", "Renamed"),
        ("currency", "EUR"),
        ("time_zone", "UTC"),
        ("locale", "en"),
    ];
    let again = owner(&first);
    assert_eq!(again.submit("/admin/settings", &settings).status, 303);
    eventually("the other shows the new name", || {
        second
            .client()
            .get("/login")
            .text()
            .contains("Renamed")
            .then_some(())
    });
}

#[test]
fn work_is_done_once_whoever_does_it() {
    let (one, two) = pair();
    let (_first, _second) = (one.serve(), two.serve());
    for n in 0..20 {
        let home = if n % 2 == 0 { &one } else { &two };
        let address = format!("guest{n}@example.com");
        home.run(&["user", "invite", &address, "--role", "member"])
            .expect_code(0);
    }
    let letters = "SELECT count(*) AS value FROM control.mails WHERE kind = 'invitation' OR kind LIKE '%invit%'";
    let waiting = "SELECT count(*) AS value FROM control.mails WHERE state = 'waiting'";
    eventually("every letter is dealt with", || {
        (number(&one, letters) == 20 && number(&one, waiting) == 0).then_some(())
    });
    let twice = "SELECT count(*) AS value FROM control.mails WHERE attempts <> 1";
    assert_eq!(number(&one, twice), 0);
    let again = "SELECT count(*) AS value FROM control.jobs WHERE state = 'done' AND attempts > 1";
    assert_eq!(number(&one, again), 0);
}
