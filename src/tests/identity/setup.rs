//! An instance that nobody owns: one link, once, for half an hour.

use steading::identity::setup_link;

use super::{House, PASSWORD, is_in};
use crate::harness::engine::wait;
use crate::harness::http::{Client, Reply};
use crate::on_both_engines;

fn link(house: &House) -> String {
    let link = wait(setup_link(house.app())).unwrap().unwrap();
    link[link.find("/setup").unwrap()..].to_owned()
}

fn claim(visitor: &Client, link: &str, email: &str) -> Reply {
    let fields = [
        ("company", "Northwind Tea"),
        ("email", email),
        ("password", PASSWORD),
        ("currency", "RON"),
    ];
    visitor.submit(link, &fields)
}

on_both_engines! {
    fn the_link_makes_an_owner_once(engine: Engine) {
        let house = House::empty(engine);
        let (visitor, link) = (house.visitor(), link(&house));
        let page = visitor.get(&link).expect(200).text();
        let visible = page.matches("<input").count() - page.matches("type=\"hidden\"").count();
        assert!(visible + page.matches("<select id=\"f-").count() <= 4, "{page}");

        let reply = claim(&visitor, &link, "Ana@Example.com");
        assert_eq!(reply.location(), "/admin", "{}", reply.text());
        assert!(is_in(&visitor));
        let settings = visitor.get("/admin/settings").expect(200).text();
        assert!(settings.contains("Northwind Tea") && settings.contains("value=\"RON\" selected"));

        let _ = house.visitor().get(&link).expect(410);
        let owned = house.visitor().get("/setup").expect(410).text();
        assert!(owned.contains("<a class=\"btn go\" href=\"/login\">Sign in</a>"), "{owned}");
        assert!(wait(setup_link(house.app())).unwrap().is_none());
    }

    fn without_the_link_every_page_says_where_it_stands(engine: Engine) {
        let house = House::empty(engine);
        let visitor = house.visitor();
        for page in ["/admin", "/login", "/admin/partners", "/account", "/nowhere", "/forgot"] {
            assert_eq!(visitor.get(page).expect(303).location(), "/setup", "{page}");
        }
        let refused = visitor.get("/setup").expect(403);
        assert!(refused.text().contains("steading setup-url"));
        assert!(refused.text().contains("<h1>Nobody owns this instance yet</h1>"), "{}", refused.text());
        assert!(!refused.text().contains("class=\"btn"), "no button that would only lead here again");
        let _ = visitor.get("/setup?token=AAAA").expect(403);
        let _ = visitor.get("/healthz").expect(200);
        let _ = visitor.get("/api/v1/me").expect(401);
    }

    fn a_link_dies_after_half_an_hour_and_when_a_newer_one_is_made(engine: Engine) {
        let house = House::empty(engine);
        let first = link(&house);
        let second = link(&house);
        let _ = house.visitor().get(&first).expect(403);
        let _ = house.visitor().get(&second).expect(200);
        house.later(30 * 60);
        let _ = house.visitor().get(&second).expect(403);
        let third = link(&house);
        let _ = claim(&house.visitor(), &third, "ana@example.com").expect(303);
    }

    fn what_does_not_fit_is_said_and_the_link_still_works(engine: Engine) {
        let house = House::empty(engine);
        let (visitor, link) = (house.visitor(), link(&house));
        for (field, bad, words) in [
            ("company", "", "name of at most 120"),
            ("email", "nobody", "mail address"),
            ("password", "short", "15 characters"),
            ("password", "ana@example.com ana@example.com", "your own name, address or company"),
            ("currency", "XYZ", "currency of the list"),
        ] {
            let mut fields = vec![("company", "Northwind"), ("email", "ana@example.com"), ("password", PASSWORD), ("currency", "EUR")];
            fields.retain(|(name, _)| *name != field);
            fields.push((field, bad));
            let reply = visitor.submit(&link, &fields).expect(422);
            assert!(reply.text().contains(words), "{field}: {}", reply.text());
            assert!(!reply.text().contains(PASSWORD));
        }
        let _ = claim(&visitor, &link, "ana@example.com").expect(303);
    }

    fn of_many_who_claim_at_once_one_becomes_the_owner(engine: Engine) {
        let house = House::empty(engine);
        let link = link(&house);
        let visitors: Vec<Client> = (0..8).map(|_| house.visitor()).collect();
        let taken = std::thread::scope(|scope| {
            let claims: Vec<_> = visitors
                .iter()
                .enumerate()
                .map(|(n, visitor)| {
                    let link = &link;
                    scope.spawn(move || claim_if_shown(visitor, link, &format!("user{n}@example.com")))
                })
                .collect();
            claims.into_iter().map(|claim| claim.join().unwrap()).filter(|status| *status == 303).count()
        });
        assert_eq!(taken, 1);
    }
}

/// Whoever comes late does not even see the form.
fn claim_if_shown(visitor: &Client, link: &str, email: &str) -> u16 {
    let shown = visitor.get(link);
    if shown.status != 200 {
        return shown.status;
    }
    let token = |name: &str| {
        let html = shown.text();
        let at = html.find(&format!("name=\"{name}\" value=\"")).unwrap() + name.len() + 15;
        html[at..].split('"').next().unwrap().to_owned()
    };
    let (csrf, setup) = (token("csrf"), token("token"));
    let fields = [
        ("csrf", csrf.as_str()),
        ("token", &setup),
        ("company", "Northwind"),
        ("email", email),
        ("password", PASSWORD),
        ("currency", "EUR"),
    ];
    visitor.post_form("/setup", &fields).status
}
