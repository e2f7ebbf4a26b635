//! Operators who forgot a password or were shut out, and what the command line tells of the instance and of archived companies.

use serde_json::Value;

use crate::harness::process::Home;
use crate::identity::{House, OTHER, PASSWORD};
use crate::on_both_engines;

fn fields(password: &str) -> [(&str, &str); 2] {
    [("email", "op@example.com"), ("password", password)]
}

fn actions(home: &Home, more: &[&str]) -> Vec<String> {
    let all: Vec<&str> = ["audit", "list", "--json", "--limit", "1000"]
        .iter()
        .chain(more)
        .copied()
        .collect();
    let events = home.run(&all).expect_code(0).json();
    let action = |event: &Value| event["action"].as_str().unwrap().to_owned();
    events.as_array().unwrap().iter().map(action).collect()
}

on_both_engines! {
    fn operators_are_mended_from_the_shell(engine: Engine) {
        let home = Home::new(engine).env("STEADING_TENANCY", "multi");
        let create = ["operator", "create", "op@example.com", "--password-stdin"];
        let _ = home.run_with_input(&create, PASSWORD).expect_code(0);
        let server = home.serve();
        let enters = |password: &str| server.client().submit("/operator/login", &fields(password)).status == 303;
        let inside = server.client();
        let _ = inside.submit("/operator/login", &fields(PASSWORD)).expect(303);

        let set = ["operator", "password", "Op@Example.com", "--password-stdin"];
        let _ = home.run_with_input(&set, "short").expect_code(65);
        let _ = inside.get("/operator").expect(200);
        let _ = home.run_with_input(&set, OTHER).expect_code(0);
        assert_ne!(inside.get("/operator").status, 200, "the session ends");
        assert!(!enters(PASSWORD) && enters(OTHER));

        let _ = home.run(&["operator", "disable", "op@example.com"]).expect_code(0);
        assert!(!enters(OTHER));
        let taken = home.run_with_input(&create, PASSWORD).expect_code(1);
        assert!(taken.stderr.contains("steading operator enable"), "{taken:?}");
        let back = home.run(&["operator", "enable", "op@example.com", "--json"]).expect_code(0);
        assert_eq!(back.json()["state"], "active");
        assert!(enters(OTHER));
        for verb in ["enable", "disable"] {
            let _ = home.run(&["operator", verb, "nobody@example.com"]).expect_code(1);
        }
        let trail = actions(&home, &["--product", "operator", "--actor", "shell"]);
        assert_eq!(trail, ["operator.enabled", "operator.disabled", "operator.password_changed", "operator.created"]);
    }

    fn the_instance_and_archived_companies_have_a_trail_at_the_shell(engine: Engine) {
        let home = Home::new(engine).env("STEADING_TENANCY", "multi");
        for slug in ["acme", "other"] {
            let _ = home.run(&["tenant", "create", slug]).expect_code(0);
        }
        let _ = home.run(&["key", "create", "--name", "shop", "--scopes", "*", "--tenant", "acme"]).expect_code(0);
        let _ = home.run(&["mail", "test", "--to", "ana@example.com", "--tenant", "acme"]);
        let _ = home.run(&["tenant", "freeze", "acme"]).expect_code(0);
        let before = actions(&home, &["--tenant", "acme"]);
        assert!(before.contains(&"api_key.created".to_owned()), "{before:?}");
        let _ = home.run(&["tenant", "archive", "acme", "--yes"]).expect_code(0);
        assert_eq!(actions(&home, &["--tenant", "acme"]), before);
        let file = home.run(&["audit", "export", "--tenant", "acme"]).expect_code(0);
        assert_eq!(file.stdout.lines().count(), before.len() + 1);
        let unknown = home.run(&["audit", "list", "--tenant", "nobody"]).expect_code(1);
        assert!(unknown.stderr.contains("no company nobody"), "{unknown:?}");
        let whole = actions(&home, &[]);
        for action in ["company.archived", "company.frozen", "company.opened", "api_key.created"] {
            assert!(whole.contains(&action.to_owned()), "{action}: {whole:?}");
        }
    }

    fn the_console_shows_what_is_left_of_an_archived_company(engine: Engine) {
        let house = House::of_many(engine, &[]);
        house.operator("op@example.com");
        house.company("acme", "ana@example.com");
        let op = house.operating("op@example.com");
        let ana = house.signed_in("ana@example.com");
        let partner = [("name", "Kettle"), ("email", "kettle@example.com"), ("currency", "EUR")];
        let _ = ana.submit_to("/t/acme/admin/partners/new", "/t/acme/admin/partners", &partner).expect(303);
        let here = "/operator/companies/acme";
        assert!(!op.get(here).expect(200).text().contains("Partner created"));
        let _ = op.submit(&format!("{here}/freeze"), &[]).expect(303);
        let _ = op.submit(&format!("{here}/archive"), &[("retype", "acme")]).expect(303);
        let page = op.get(here).expect(200).text();
        assert!(page.contains("Partner created") && page.contains("Company archived"), "{page}");
    }
}
