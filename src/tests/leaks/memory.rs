//! What the program keeps in memory is kept for each company by itself.

use serde_json::json;

use super::companies::{Company, MARK, OWN, furnished, home};
use super::front::Memory;
use crate::harness::http::Client;
use crate::harness::process::Home;
use crate::on_both_engines;

/// Two companies, and where they are asked.
pub struct Asked<'a> {
    pub home: &'a Home,
    pub base: &'a str,
    pub own: &'a Company,
    pub other: &'a Company,
}

/// Whether two companies have something apart.
pub type Probe = fn(&Asked<'_>) -> bool;

/// What is remembered, and whether the two have it apart.
pub const PROBES: [(Memory, Probe); 6] = [
    (Memory::Ways, ways_are_apart),
    (Memory::Floods, floods_are_apart),
    (Memory::Answers, first_answers_are_apart),
    (Memory::Entrants, who_was_let_in_is_apart),
    (Memory::Secrets, secrets_are_apart),
    (Memory::Months, months_are_apart),
];

/// The same key leads each visitor to its own company's shop, and goes where it is taken away.
fn ways_are_apart(asked: &Asked<'_>) -> bool {
    let (own, other) = (asked.own, asked.other);
    let link = |company: &Company| {
        let body = json!({ "enrolment_id": company.ids["enrolment"], "key": "same-key" });
        company
            .program
            .json("POST", &company.url("/api/v1/links"), &body)
    };
    let (ours, theirs) = (link(own), link(other));
    if (ours.status, theirs.status) != (201, 201) {
        return false;
    }
    let leads = |company: &Company, to: &str| {
        let visit = Client::new(asked.base).get(&company.url("/r/same-key"));
        visit.status == 302 && visit.location().starts_with(to)
    };
    let are_led = (0..3)
        .all(|_| leads(own, "https://acorn.example/") && leads(other, "https://quibble.example/"));
    let ours = ours.json()["id"].as_str().unwrap().to_owned();
    let path = own.url(&format!("/api/v1/links/{ours}"));
    own.program.send("DELETE", &path, &[], &[]).expect(200);
    let is_gone = Client::new(asked.base).get(&own.url("/r/same-key")).status != 302;
    are_led && is_gone && leads(other, "https://quibble.example/")
}

/// Whoever claims so much at one company that they are turned away for the minute is not turned away at the other.
fn floods_are_apart(asked: &Asked<'_>) -> bool {
    let (own, other) = (asked.own, asked.other);
    let is_turned_away = |at: &Company| {
        let path = at.url("/r/identify");
        Client::new(asked.base).send("POST", &path, &[], &[]).status == 429
    };
    loop {
        while !is_turned_away(own) {}
        let there = is_turned_away(other);
        // Only where it is still the same minute was anything asked.
        if is_turned_away(own) {
            return !there;
        }
    }
}

/// The same Idempotency-Key is another request at another company.
fn first_answers_are_apart(asked: &Asked<'_>) -> bool {
    let (own, other) = (asked.own, asked.other);
    let sent = |company: &Company, name: &str| {
        let body = json!({ "name": name, "email": format!("{name}@people.example") }).to_string();
        let headers = [
            ("content-type", "application/json"),
            ("idempotency-key", "the-same"),
        ];
        let path = company.url("/api/v1/partners");
        let reply = company
            .program
            .send("POST", &path, &headers, body.as_bytes());
        (reply.status == 201).then(|| reply.json()["id"].as_str().unwrap().to_owned())
    };
    let (first, second) = (sent(own, "wren"), sent(other, "robin"));
    first.is_some()
        && second.is_some()
        && first != second
        && sent(own, "wren") == first
        && sent(other, "robin") == second
}

/// Sessions and keys that were let in a moment ago are remembered with their company.
fn who_was_let_in_is_apart(asked: &Asked<'_>) -> bool {
    let (own, other) = (asked.own, asked.other);
    let me = |who: &Company, at: &Company| who.program.get(&at.url("/api/v1/me")).status;
    let page = |who: &Company, at: &Company| who.owner.get(&at.url("/admin/partners"));
    [own, other].iter().all(|one| me(one, one) == 200)
        && (0..2).all(|_| {
            me(own, other) == 401
                && me(other, own) == 401
                && page(own, other).header("location").contains("/login")
        })
}

/// What is sealed opens with its company's key, whoever's was used a moment ago.
fn secrets_are_apart(asked: &Asked<'_>) -> bool {
    let file = |company: &Company| {
        let batch = company.url(&format!("/api/v1/payout-batches/{}", company.ids["batch"]));
        let step = |step: &str| {
            let path = format!("{batch}/{step}");
            company.program.send("POST", &path, &[], &[])
        };
        step("approve");
        let file = step("export");
        (file.status, file.text())
    };
    let (ours, theirs) = (file(asked.own), file(asked.other));
    (ours.0, theirs.0) == (200, 200)
        && ours.1.contains("acorn holder")
        && !ours.1.contains(MARK)
        && theirs.1.contains("quibble holder")
        && !theirs.1.contains("acorn")
}

/// Whoever used up a month's events leaves the other's month alone.
fn months_are_apart(asked: &Asked<'_>) -> bool {
    asked
        .home
        .run(&[
            "tenant",
            "set",
            OWN,
            "--product",
            "partners",
            "--knob",
            "events_per_month=1",
        ])
        .expect_code(0);
    let mut number = 0;
    let mut is_taken = |at: &Company| {
        number += 1;
        let body = json!({
            "type": "sale", "customer_id": "somebody", "external_id": format!("month {number}"),
            "value": { "amount": 100, "currency": "EUR" },
        });
        let path = at.url("/api/v1/events");
        at.program.json("POST", &path, &body).status != 429
    };
    // The server hears of the limit a moment later.
    let turned_away = (0..10_000).any(|_| !is_taken(asked.own));
    turned_away && is_taken(asked.other)
}

/// Whoever asks more than they may leaves the other's rate alone.
pub fn rates_are_apart(asked: &Asked<'_>) -> bool {
    let is_turned_away = |at: &Company| at.program.get(&at.url("/api/v1/me")).status == 429;
    loop {
        while !is_turned_away(asked.own) {}
        let there = is_turned_away(asked.other);
        // Only where it is still too much was anything asked.
        if is_turned_away(asked.own) {
            return !there;
        }
    }
}

/// An instance whose companies may ask so often, with one request a second.
pub fn slow(home: Home) -> Home {
    home.env("STEADING_LIMITS__REQUESTS_PER_SECOND", "1")
}

on_both_engines! {
    fn what_is_kept_in_memory_is_kept_for_each_company(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        let base = server.url("");
        let asked = Asked { home: &home, base: &base, own: &own, other: &other };
        for (memory, is_apart) in PROBES {
            assert!(is_apart(&asked), "{memory:?}");
        }
        // One company's revoked key leaves the other's alone.
        let keys = own.program.get(&own.url("/api/v1/api-keys")).expect(200).json();
        let keys = keys["data"].as_array().unwrap();
        let key = keys.iter().find(|key| key["name"] == "acorn key").unwrap()["id"].as_str().unwrap().to_owned();
        own.program.send("DELETE", &own.url(&format!("/api/v1/api-keys/{key}")), &[], &[]).expect(204);
        own.program.get(&own.url("/api/v1/me")).expect(401);
        other.program.get(&other.url("/api/v1/me")).expect(200);
    }

    fn how_fast_one_company_asks_is_no_matter_to_another(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        assert_eq!(server.terminate(), 0);
        let home = slow(home);
        let server = home.serve();
        let base = server.url("");
        assert!(rates_are_apart(&Asked { home: &home, base: &base, own: &own, other: &other }));
    }
}
