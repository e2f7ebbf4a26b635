//! No other site's page makes a signed-in browser change anything: thirty ways to try.

use super::House;
use crate::harness::http::Client;
use crate::on_both_engines;

fn token_of(visitor: &Client) -> String {
    let html = visitor.get("/account").expect(200).text();
    let at = html.find("name=\"csrf\" value=\"").unwrap() + 19;
    html[at..].split('"').next().unwrap().to_owned()
}

fn name_of(visitor: &Client) -> String {
    let html = visitor.get("/account").expect(200).text();
    let before = "id=\"f-name\" name=\"name\" type=\"text\" value=\"";
    let at = html.find(before).unwrap() + before.len();
    html[at..].split('"').next().unwrap().to_owned()
}

on_both_engines! {
    fn a_form_counts_only_from_our_own_page_with_its_own_token(engine: Engine) {
        let house = House::owned(engine);
        let ana = house.signed_in("ana@example.com");
        let own = house.base.clone();
        let token = token_of(&ana);
        let foreign = token_of(&house.signed_in("ana@example.com"));
        let visitor_token = {
            let html = house.visitor().get("/login").text();
            let at = html.find("name=\"csrf\" value=\"").unwrap() + 19;
            html[at..].split('"').next().unwrap().to_owned()
        };

        let origins: [(&str, Vec<(&str, &str)>); 12] = [
            ("cross-site", vec![("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")]),
            ("cross-site claiming our origin", vec![("sec-fetch-site", "cross-site"), ("origin", &own)]),
            ("same-site", vec![("sec-fetch-site", "same-site"), ("origin", "http://sub.127.0.0.1")]),
            ("unknown site word", vec![("sec-fetch-site", "sideways"), ("origin", &own)]),
            ("typed, foreign origin", vec![("sec-fetch-site", "none"), ("origin", "https://evil.example")]),
            ("origin that is no text", vec![("origin", "http://127.0.0.1\u{fc}")]),
            ("metadata that is no text", vec![("sec-fetch-site", "\u{fc}"), ("origin", &own)]),
            ("foreign origin", vec![("origin", "https://evil.example")]),
            ("null origin", vec![("origin", "null")]),
            ("our host, https", vec![("origin", "https://127.0.0.1")]),
            ("our host, other port", vec![("origin", "http://127.0.0.1:1")]),
            ("our origin as a prefix", vec![("origin", "http://127.0.0.1.evil.example")]),
        ];
        let mut tried = 0;
        for (what, headers) in &origins {
            // Even with the right token.
            for given in [token.as_str(), ""] {
                let status = send(&ana, headers, given, &format!("Evil {tried}"));
                assert_eq!(status, 403, "{what}");
                tried += 1;
            }
        }
        // A program that is no browser sends neither; then the token alone decides.
        for given in ["", foreign.as_str(), visitor_token.as_str()] {
            let status = send(&ana, &[], given, &format!("Evil {tried}"));
            assert_eq!(status, 403, "no metadata, no origin");
            tried += 1;
        }
        let ours = [("sec-fetch-site", "same-origin"), ("origin", own.as_str())];
        let shortened = token[..token.len() - 1].to_owned();
        let turned: String = token.chars().rev().collect();
        let longer = format!("{token}A");
        for (what, given) in [
            ("no token", ""),
            ("another session's", foreign.as_str()),
            ("a visitor's", visitor_token.as_str()),
            ("shortened", shortened.as_str()),
            ("lengthened", longer.as_str()),
            ("turned around", turned.as_str()),
            ("constant", "csrf"),
            ("null", "\u{0}"),
        ] {
            let status = send(&ana, &ours, given, &format!("Evil {tried}"));
            assert!(matches!(status, 400 | 403), "{what}: {status}");
            tried += 1;
        }
        assert!(tried >= 30);
        assert_eq!(name_of(&ana), "");

        // And the honest ways work, with and without Fetch Metadata, and without either.
        let only_metadata = [("sec-fetch-site", "same-origin")];
        let only_origin = [("origin", own.as_str())];
        for (n, headers) in [&ours[..], &only_metadata, &only_origin, &[]].into_iter().enumerate() {
            assert_eq!(send(&ana, headers, &token, &format!("Ana {n}")), 303);
            assert_eq!(name_of(&ana), format!("Ana {n}"));
        }
    }
}

#[test]
fn pages_with_a_secret_in_their_address_tell_nobody_of_it() {
    let house = House::owned(crate::harness::engine::Engine::Sqlite);
    let old = house
        .visitor()
        .with_header("user-agent", "Mozilla/5.0 (old)");
    let new = old.with_header("sec-fetch-site", "none");
    let actor = steading::actor::Actor::shell();
    let link = steading::identity::shell::reset_link(house.app(), &actor, "ana@example.com");
    let link = crate::harness::engine::wait(link).unwrap();
    let reset = &link[link.find("/reset?token=").unwrap()..];
    for path in ["/login", "/forgot", reset] {
        let policy = |visitor: &Client| visitor.get(path).header("referrer-policy").to_owned();
        for visitor in [&house.visitor(), &new] {
            assert_eq!(policy(visitor), "no-referrer", "{path}");
        }
        // Its forms would lose the Origin, which is all it has to show.
        assert_eq!(policy(&old), "strict-origin", "{path}");
    }
    // Even where there is only an error to show.
    let gone = house.visitor().get("/setup?token=x");
    let policy = gone.header("referrer-policy");
    assert_eq!(gone.status, 410);
    assert!(
        ["no-referrer", "strict-origin"].contains(&policy),
        "{policy}"
    );
}

#[test]
fn pages_take_no_other_unsafe_method_and_say_so() {
    use steading::web::request::Door;
    for route in steading::routes::all() {
        if Door::of(route.path) == Door::Page {
            let method = route.method.as_str();
            assert!(["GET", "POST"].contains(&method), "{method} {}", route.path);
        }
    }
    let house = House::owned(crate::harness::engine::Engine::Sqlite);
    let evil = [("origin", "https://evil.example")];
    for method in ["DELETE", "PUT", "PATCH"] {
        let refused = house.visitor().send(method, "/login", &evil, b"");
        assert_eq!(refused.status, 405, "{method}");
        assert_eq!(refused.header("allow"), "GET, POST, HEAD", "{method}");
    }
    assert_eq!(
        house.visitor().send("POST", "/login", &evil, b"").status,
        403
    );
}

fn send(visitor: &Client, headers: &[(&str, &str)], token: &str, name: &str) -> u16 {
    let body = serde_urlencoded::to_string([("csrf", token), ("name", name)]).unwrap();
    let mut all = vec![("content-type", "application/x-www-form-urlencoded")];
    all.extend(headers);
    visitor
        .send("POST", "/account/name", &all, body.as_bytes())
        .status
}
