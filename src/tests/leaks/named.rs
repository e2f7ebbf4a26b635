//! Only the path and the host name a company, and what the program keeps in memory is kept for each company by itself.

use serde_json::{Value, json};

use super::companies::{Company, MARK, OTHER, OWN, furnished, home};
use crate::harness::http::Reply;
use crate::on_both_engines;

/// What an answer says of whose it is.
fn whose(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text());
    let text = reply.text().to_lowercase();
    assert!(!text.contains(MARK), "{text}");
    reply.json()["data"]
        .as_array()
        .map_or(String::new(), |rows| rows.len().to_string())
}

fn links_of(company: &Company) -> String {
    company.url("/api/v1/links")
}

on_both_engines! {
    fn nothing_but_path_and_host_names_a_company(engine: Engine) {
        let home = home(engine).env("STEADING_SERVER__BASE_DOMAIN", "hosts.example");
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        let their_host = format!("{OTHER}.hosts.example");
        let our_host = format!("{OWN}.hosts.example");
        let plain = whose(&own.program.get(&links_of(&own)));
        for (name, value) in [
            ("x-tenant", OTHER), ("x-tenant-id", OTHER), ("x-tenant-slug", OTHER), ("x-org", OTHER), ("x-company", OTHER),
            ("x-forwarded-host", &their_host), ("forwarded", &format!("host={their_host}")), ("x-host", &their_host),
            ("x-forwarded-server", &their_host), ("x-original-host", &their_host), ("x-forwarded-prefix", &format!("/t/{OTHER}")),
            ("x-original-url", &links_of(&other)), ("x-rewrite-url", &links_of(&other)), ("x-forwarded-uri", &links_of(&other)),
            ("x-user-id", &other.ids["member"]), ("x-forwarded-user", "owner@quibble.example"), ("cookie", &format!("tenant={OTHER}")),
        ] {
            let asked = own.program.send("GET", &links_of(&own), &[(name, value)], &[]);
            assert_eq!(whose(&asked), plain, "{name}");
            // Nor does it open the other company's address.
            let there = own.program.send("GET", &links_of(&other), &[(name, value)], &[]);
            assert_eq!(there.status, 401, "{name}");
        }
        for query in [format!("tenant={OTHER}"), format!("tenant_id={OTHER}"), format!("company={OTHER}")] {
            let asked = own.program.get(&format!("{}?{query}", links_of(&own)));
            assert!(!asked.text().to_lowercase().contains("quibble-link"), "{query}");
        }
        for member in ["tenant", "tenant_id", "slug"] {
            let body = json!({ "name": "acorn x", "email": "x@acorn.example", member: OTHER });
            own.program.json("POST", &own.url("/api/v1/partners"), &body).expect(422);
        }
        // A company's own host: its own credentials, no other's, and no path that names one.
        let at = |company: &Company, host: &str, path: &str| company.program.send("GET", path, &[("host", host)], &[]);
        whose(&at(&own, &our_host, "/api/v1/links"));
        at(&other, &their_host, "/api/v1/links").expect(200);
        at(&own, &their_host, "/api/v1/links").expect(401);
        at(&own, &their_host, &links_of(&own)).expect(404);
        at(&own, &our_host, &links_of(&other)).expect(404);
        at(&own, "hosts.example", "/api/v1/links").expect(404);
        // Another way to write the same slug names nobody, and the path cannot be left again.
        for path in ["/t/default/../quibble-co/api/v1/links", "/t/quibble%2Dco/api/v1/links", "/t//api/v1/links", "/t/default%2f..%2fquibble-co/api/v1/links", "/T/default/api/v1/links"] {
            let asked = own.program.get(path);
            assert!([400, 401, 404].contains(&asked.status), "{path}: {}", asked.status);
            assert!(!asked.text().contains("quibble-link"), "{path}");
        }
    }

    fn what_is_kept_in_memory_is_kept_for_each_company(engine: Engine) {
        let home = home(engine);
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        // Ways of links: the same key leads each visitor to its own company's shop, and goes where it is taken away.
        let link = |company: &Company| {
            let body = json!({ "enrolment_id": company.ids["enrolment"], "key": "same-key" });
            let made = company.program.json("POST", &company.url("/api/v1/links"), &body).expect(201).json();
            made["id"].as_str().unwrap().to_owned()
        };
        let (ours, _theirs) = (link(&own), link(&other));
        let leads = |company: &Company| server.client().get(&company.url("/r/same-key"));
        for _ in 0..3 {
            assert!(leads(&own).location().starts_with("https://acorn.example/"));
            assert!(leads(&other).location().starts_with("https://quibble.example/"));
        }
        own.program.send("DELETE", &own.url(&format!("/api/v1/links/{ours}")), &[], &[]).expect(200);
        assert_ne!(leads(&own).status, 302);
        assert!(leads(&other).location().starts_with("https://quibble.example/"));

        // Floods: a crowd at one company's link is none at the other's.
        for _ in 0..80 {
            server.client().get(&own.url("/r/acorn-link"));
        }
        let visit = server.client().get(&other.url("/r/quibble-link"));
        let click = visit.location().split("st_ref=").nth(1).unwrap().split('&').next().unwrap().to_owned();
        let seen = other.program.get(&other.url(&format!("/api/v1/clicks/{click}"))).expect(200).json();
        assert_eq!(seen["flag"], Value::Null, "{seen}");

        // First answers: the same Idempotency-Key is another request at another company.
        let sent = |company: &Company, name: &str| {
            let body = json!({ "name": name, "email": format!("{name}@people.example") }).to_string();
            let headers = [("content-type", "application/json"), ("idempotency-key", "the-same")];
            let reply = company.program.send("POST", &company.url("/api/v1/partners"), &headers, body.as_bytes()).expect(201);
            reply.json()["id"].as_str().unwrap().to_owned()
        };
        let first = sent(&own, "wren");
        let second = sent(&other, "robin");
        assert_ne!(first, second);
        assert_eq!(sent(&own, "wren"), first);
        assert_eq!(sent(&other, "robin"), second);

        // Sessions and keys that were let in a moment ago are remembered with their company.
        own.program.get(&own.url("/api/v1/me")).expect(200);
        other.program.get(&other.url("/api/v1/me")).expect(200);
        for _ in 0..2 {
            own.program.get(&other.url("/api/v1/me")).expect(401);
            other.program.get(&own.url("/api/v1/me")).expect(401);
            assert!(own.owner.get(&other.url("/admin/partners")).location().contains("/login"));
        }
        // One company's revoked key leaves the other's alone.
        let key = own.program.get(&own.url("/api/v1/api-keys")).expect(200).json();
        let key = key["data"].as_array().unwrap().iter().find(|key| key["name"] == "acorn key").unwrap()["id"].as_str().unwrap().to_owned();
        own.program.send("DELETE", &own.url(&format!("/api/v1/api-keys/{key}")), &[], &[]).expect(204);
        own.program.get(&own.url("/api/v1/me")).expect(401);
        other.program.get(&other.url("/api/v1/me")).expect(200);
    }
}
