//! Many companies on one instance: what is decided about one is decided about no other, without a restart.

use serde_json::json;
use steading::routes;
use steading::web::route::Reach;

use super::{filled, partner, refused};
use crate::harness::engine::Engine;
use crate::harness::http::Client;
use crate::harness::process::{Home, Server};
use crate::on_both_engines;

/// A program of a company with every right.
fn program(home: &Home, server: &Server<'_>, slug: &str) -> Client {
    let made = home
        .run(&[
            "key", "create", "--name", "tests", "--scopes", "*", "--tenant", slug, "--json",
        ])
        .expect_code(0)
        .json();
    server.client().with_key(made["key"].as_str().unwrap())
}

fn set(home: &Home, arguments: &[&str]) -> String {
    let all = [&["tenant"], arguments].concat();
    home.run(&all).expect_code(0).stderr
}

on_both_engines! {
    fn what_is_decided_about_one_company_touches_no_other(engine: Engine) {
        let home = Home::new(engine).env("STEADING_TENANCY", "multi");
        let server = home.serve();
        for slug in ["acme", "birch"] {
            let owner = format!("{slug}@example.com");
            home.run_with_input(
                &["tenant", "create", slug, "--owner-email", &owner, "--password-stdin"],
                "a sentence that is long enough\n",
            ).expect_code(0);
        }
        let (acme, birch) = (program(&home, &server, "acme"), program(&home, &server, "birch"));
        let (a, b) = ("/t/acme/api/v1", "/t/birch/api/v1");
        let add = |who: &Client, base: &str, name: &str| who.json("POST", &format!("{base}/partners"), &partner(name));
        assert_eq!(add(&acme, a, "one").status, 201);
        assert_eq!(add(&birch, b, "one").status, 201);
        assert_eq!(acme.get(&format!("{a}/usage")).json()["plan"], "starter");

        // A product, off and on.
        let said = set(&home, &["set", "acme", "--product", "partners=off"]);
        assert!(said.contains("The product partners is off."), "{said}");
        assert_eq!(refused(&acme.get(&format!("{a}/partners"))), (403, "product_disabled".to_owned()));
        assert_eq!(acme.get(&format!("{a}/members")).status, 200);
        assert_eq!(birch.get(&format!("{b}/partners")).status, 200);
        set(&home, &["set", "acme", "--product", "partners=on", "--until", "2020-01-01"]);
        assert_eq!(refused(&acme.get(&format!("{a}/partners"))).1, "product_disabled");
        set(&home, &["set", "acme", "--product", "partners", "--until", ""]);
        assert_eq!(acme.get(&format!("{a}/partners")).status, 200);

        // Limits of its own, and another plan.
        set(&home, &["set", "acme", "--product", "partners", "--knob", "partners=1"]);
        assert_eq!(refused(&add(&acme, a, "two")), (402, "plan_limit".to_owned()));
        assert_eq!(add(&birch, b, "two").status, 201);
        set(&home, &["set", "acme", "--plan", "growth", "--product", "partners", "--knob", "partners="]);
        assert_eq!(add(&acme, a, "two").status, 201);
        assert_eq!(acme.get(&format!("{a}/usage")).json()["partners"], json!({ "used": 2, "limit": 2_000 }));
        let wrong = home.run(&["tenant", "set", "acme", "--plan", "starter", "--product", "rockets=on"]).expect_code(65);
        assert!(wrong.stderr.contains("There is partners"), "{}", wrong.stderr);
        assert_eq!(acme.get(&format!("{a}/usage")).json()["plan"], "growth", "half of it was done");
        home.run(&["tenant", "set", "acme", "--product", "partners=on", "--knob", "wheels=4"]).expect_code(65);

        // Frozen and thawed.
        set(&home, &["freeze", "acme"]);
        assert_eq!(refused(&add(&acme, a, "three")), (403, "tenant_frozen".to_owned()));
        assert_eq!(acme.get(&format!("{a}/partners")).status, 200);
        assert_eq!(add(&birch, b, "three").status, 201);
        set(&home, &["activate", "acme"]);
        assert_eq!(add(&acme, a, "three").status, 201);

        let customer = home.run(&["tenant", "reset-demo", "acme", "--now", "--yes"]).expect_code(1);
        assert!(customer.stderr.contains("is a customer"), "{}", customer.stderr);

        // Archived: nothing is at any of its addresses, as if it had never been.
        set(&home, &["freeze", "acme"]);
        home.run(&["tenant", "archive", "acme", "--yes"]).expect_code(0);
        for route in routes::all().iter().filter(|route| route.reach == Reach::Tenant) {
            let (method, path) = (route.method.as_str(), filled(route.path));
            let headers = [("origin", server.url("")), ("content-type", "application/json".to_owned())];
            let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let gone = acme.send(method, &format!("/t/acme{path}"), &headers, b"{}");
            let never = acme.send(method, &format!("/t/never{path}"), &headers, b"{}");
            // Pages lead whoever is not signed in to the sign-in, wherever they knock.
            assert_eq!(gone.status, never.status, "{method} {path}: {}", gone.text());
            let told_nothing = gone.status == 404 || method == "OPTIONS" || gone.header("location").starts_with("/login");
            assert!(told_nothing, "{method} {path}: {}", gone.text());
        }
        assert_eq!(add(&birch, b, "four").status, 201);
    }
}

#[test]
fn a_demo_is_reset_on_command() {
    let home = Home::new(Engine::Sqlite).env("STEADING_TENANCY", "multi");
    let server = home.serve();
    home.run(&["tenant", "create", "show", "--kind", "demo"])
        .expect_code(0);
    let program = program(&home, &server, "show");
    program
        .json("POST", "/t/show/api/v1/partners", &partner("visitor"))
        .expect(201);
    let done = home
        .run(&["tenant", "reset-demo", "show", "--now", "--yes", "--json"])
        .expect_code(0);
    assert_eq!(done.json()["done"], true);
    let partners = program
        .get("/t/show/api/v1/partners?q=visitor")
        .expect(200)
        .json();
    assert_eq!(partners["data"].as_array().unwrap().len(), 0);
    let some = program.get("/t/show/api/v1/partners?total=true").json();
    assert!(some["total"].as_i64().unwrap() > 10);
}
