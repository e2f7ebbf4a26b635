//! Only the path and the host name a company.

use serde_json::json;

use super::companies::{Company, MARK, OTHER, OWN, furnished, home};
use crate::on_both_engines;

fn links_of(company: &Company) -> String {
    company.url("/api/v1/links")
}

/// Headers, and a word of the query, that make a request of the one company anything else than that: it is answered as without
/// them, or it opens the other's address.
pub fn choosing(own: &Company, other: &Company) -> Vec<String> {
    let their_host = format!("{OTHER}.hosts.example");
    let plain = own.program.get(&links_of(own)).expect(200).text();
    assert!(!plain.to_lowercase().contains(MARK), "{plain}");
    let mut choosing = Vec::new();
    let (prefix, address) = (format!("/t/{OTHER}"), links_of(other));
    let forwarded = format!("host={their_host}");
    let cookie = format!("tenant={OTHER}");
    for (name, value) in [
        ("x-tenant", OTHER),
        ("x-tenant-id", OTHER),
        ("x-tenant-slug", OTHER),
        ("x-org", OTHER),
        ("x-company", OTHER),
        ("x-forwarded-host", &their_host),
        ("forwarded", &forwarded),
        ("x-host", &their_host),
        ("x-forwarded-server", &their_host),
        ("x-original-host", &their_host),
        ("x-forwarded-prefix", &prefix),
        ("x-original-url", &address),
        ("x-rewrite-url", &address),
        ("x-forwarded-uri", &address),
        ("x-user-id", &other.ids["member"]),
        ("x-forwarded-user", "owner@quibble.example"),
        ("cookie", &cookie),
    ] {
        let ask = |at: &Company| {
            own.program
                .send("GET", &links_of(at), &[(name, value)], &[])
        };
        let (asked, there) = (ask(own), ask(other));
        if asked.text() != plain {
            choosing.push(format!("{name}: {} {}", asked.status, asked.text()));
        }
        if there.status != 401 {
            choosing.push(format!("{name}: {} at the other’s address", there.status));
        }
    }
    for word in ["tenant", "tenant_id", "company"] {
        let asked = own
            .program
            .get(&format!("{}?{word}={OTHER}", links_of(own)));
        if asked.text().to_lowercase().contains("quibble-link") {
            choosing.push(format!("?{word}: {}", asked.text()));
        }
    }
    choosing
}

on_both_engines! {
    fn nothing_but_path_and_host_names_a_company(engine: Engine) {
        let home = home(engine).env("STEADING_SERVER__BASE_DOMAIN", "hosts.example");
        let server = home.serve();
        let (own, other) = furnished(&home, &server);
        let their_host = format!("{OTHER}.hosts.example");
        let our_host = format!("{OWN}.hosts.example");
        assert_eq!(choosing(&own, &other), [""; 0]);
        for member in ["tenant", "tenant_id", "slug"] {
            let body = json!({ "name": "acorn x", "email": "x@acorn.example", member: OTHER });
            own.program.json("POST", &own.url("/api/v1/partners"), &body).expect(422);
        }
        // A company's own host: its own credentials, no other's, and no path that names one.
        let at = |company: &Company, host: &str, path: &str| company.program.send("GET", path, &[("host", host)], &[]);
        let ours = at(&own, &our_host, "/api/v1/links").expect(200).text();
        assert!(!ours.to_lowercase().contains(MARK), "{ours}");
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
}
