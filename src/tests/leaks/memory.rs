//! What the program keeps in memory is kept for each company by itself.

use serde_json::json;

use super::companies::{Company, furnished, home};
use crate::harness::process::Server;
use crate::on_both_engines;

/// What two companies share that each should have by itself.
pub fn shared(server: &Server<'_>, own: &Company, other: &Company) -> Vec<&'static str> {
    let mut shared = Vec::new();
    let mut see = |what: &'static str, is_apart: bool| {
        if !is_apart {
            shared.push(what);
        }
    };
    see("ways of links", ways_are_apart(server, own, other));
    see("floods", floods_are_apart(server, own, other));
    see("first answers", first_answers_are_apart(own, other));
    see("who was let in", who_was_let_in_is_apart(own, other));
    shared
}

/// The same key leads each visitor to its own company's shop, and goes where it is taken away.
fn ways_are_apart(server: &Server<'_>, own: &Company, other: &Company) -> bool {
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
        let visit = server.client().get(&company.url("/r/same-key"));
        visit.status == 302 && visit.location().starts_with(to)
    };
    let are_led = (0..3)
        .all(|_| leads(own, "https://acorn.example/") && leads(other, "https://quibble.example/"));
    let ours = ours.json()["id"].as_str().unwrap().to_owned();
    let path = own.url(&format!("/api/v1/links/{ours}"));
    own.program.send("DELETE", &path, &[], &[]).expect(200);
    let is_gone = server.client().get(&own.url("/r/same-key")).status != 302;
    are_led && is_gone && leads(other, "https://quibble.example/")
}

/// Whoever claims so much at one company that they are turned away for the minute is not turned away at the other.
fn floods_are_apart(server: &Server<'_>, own: &Company, other: &Company) -> bool {
    let is_turned_away = |at: &Company| {
        let path = at.url("/r/identify");
        server.client().send("POST", &path, &[], &[]).status == 429
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
fn first_answers_are_apart(own: &Company, other: &Company) -> bool {
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
fn who_was_let_in_is_apart(own: &Company, other: &Company) -> bool {
    let me = |who: &Company, at: &Company| who.program.get(&at.url("/api/v1/me")).status;
    let page = |who: &Company, at: &Company| who.owner.get(&at.url("/admin/partners"));
    [own, other].iter().all(|one| me(one, one) == 200)
        && (0..2).all(|_| {
            me(own, other) == 401
                && me(other, own) == 401
                && page(own, other).header("location").contains("/login")
        })
}

on_both_engines! {
    fn what_is_kept_in_memory_is_kept_for_each_company(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        assert_eq!(shared(&server, &own, &other), [""; 0]);
        // One company's revoked key leaves the other's alone.
        let keys = own.program.get(&own.url("/api/v1/api-keys")).expect(200).json();
        let keys = keys["data"].as_array().unwrap();
        let key = keys.iter().find(|key| key["name"] == "acorn key").unwrap()["id"].as_str().unwrap().to_owned();
        own.program.send("DELETE", &own.url(&format!("/api/v1/api-keys/{key}")), &[], &[]).expect(204);
        own.program.get(&own.url("/api/v1/me")).expect(401);
        other.program.get(&other.url("/api/v1/me")).expect(200);
    }
}
