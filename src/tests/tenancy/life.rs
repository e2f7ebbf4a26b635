//! From demo or trial to archived or gone: each step in the table, each other one refused, and what is left.

use super::{PASSWORD, create, multi};
use crate::harness::process::Home;

#[track_caller]
fn rows(home: &Home, slug: &str) -> serde_json::Value {
    home.run(&["tenant", "delete", slug, "--dry-run", "--json"])
        .expect_code(0)
        .json()
}

crate::on_both_engines! {
    fn a_life_goes_step_by_step(engine: Engine) {
        let home = multi(engine);
        let _ = home.run(&["tenant", "create", "acme", "--trial-days", "30"]).expect_code(0);
        let _ = home.run(&["tenant", "activate", "acme"]).expect_code(0);
        let refused = home.run(&["tenant", "archive", "acme", "--yes"]).expect_code(1);
        assert!(refused.stderr.contains("can become frozen"), "{refused:?}");
        let twice = home.run(&["tenant", "activate", "acme"]).expect_code(1);
        assert!(twice.stderr.contains("active already"), "{twice:?}");
        let frozen = home.run(&["tenant", "freeze", "acme", "--json"]).expect_code(0).json();
        assert_eq!(frozen["status"], "frozen");
        assert!(frozen["frozen_at"].is_string());
        let thawed = home.run(&["tenant", "activate", "acme", "--json"]).expect_code(0).json();
        assert_eq!((&thawed["status"], &thawed["frozen_at"]), (&"active".into(), &serde_json::Value::Null));
        let _ = home.run(&["tenant", "freeze", "acme"]).expect_code(0);
        let _ = home.run(&["tenant", "archive", "acme"]).expect_code(2);
        let _ = home.run(&["tenant", "archive", "acme", "--yes"]).expect_code(0);
        let over = home.run(&["tenant", "activate", "acme"]).expect_code(1);
        assert!(over.stderr.contains("stays as it is"), "{over:?}");
    }

    fn an_archived_company_keeps_its_trail_alone(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        create(&home, "other");
        let _ = home.run(&["demo", "load", "--tenant", "acme", "--yes"]).expect_code(0);
        let before = rows(&home, "acme");
        assert!(before["rows"]["clicks"].as_i64().unwrap() > 0, "{before}");
        let trail = before["rows"]["audit_events"].as_i64().unwrap();
        assert!(trail > 0, "{before}");
        let _ = home.run(&["tenant", "freeze", "acme"]).expect_code(0);
        let _ = home.run(&["tenant", "archive", "acme", "--yes"]).expect_code(0);
        let after = rows(&home, "acme");
        for (table, count) in after["rows"].as_object().unwrap() {
            let left = if table == "audit_events" { trail } else { 0 };
            assert_eq!(count.as_i64(), Some(left), "{table}");
        }
        let taken = home.run(&["tenant", "create", "acme"]).expect_code(1);
        assert!(taken.stderr.contains("already"), "{taken:?}");
        let _ = home.run(&["tenant", "create", "other", "--force"]).expect_code(1);
        let _ = home.run(&["tenant", "create", "acme", "--force", "--dry-run"]).expect_code(0);
        let again = home.run(&["tenant", "create", "acme", "--force", "--json"]).expect_code(0).json();
        assert_ne!(again["id"], before["id"]);
    }

    fn a_deleted_company_leaves_the_others_alone(engine: Engine) {
        let home = multi(engine);
        for slug in ["acme", "other"] {
            let email = format!("{slug}@example.com");
            let made = home.run_with_input(&["tenant", "create", slug, "--owner-email", &email, "--password-stdin"], PASSWORD);
            let _ = made.expect_code(0);
            let _ = home.run(&["key", "create", "--name", "shop", "--scopes", "*", "--tenant", slug]).expect_code(0);
            let _ = home.run(&["demo", "load", "--tenant", slug, "--yes"]).expect_code(0);
        }
        let before = rows(&home, "other");
        let counts = rows(&home, "acme");
        assert_eq!(counts["accounts"]["members"], 1);
        assert_eq!(counts["accounts"]["api_keys"], 1);
        let _ = home.run(&["tenant", "delete", "acme"]).expect_code(2);
        let _ = home.run(&["tenant", "delete", "acme", "--yes"]).expect_code(0);
        let _ = home.run(&["tenant", "show", "acme"]).expect_code(1);
        let _ = home.run(&["tenant", "delete", "acme", "--yes"]).expect_code(1);
        assert_eq!(rows(&home, "other"), before);
        let id = counts["id"].as_str().unwrap();
        let left: Vec<_> = super::bytes(&home.data()).into_iter().filter(|(path, _)| path.to_string_lossy().contains(id)).collect();
        assert!(left.is_empty(), "{left:?}");
        let _ = home.run(&["tenant", "create", "acme"]).expect_code(0);
    }

    fn a_preview_of_a_change_touches_nothing(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        let before = super::bytes(home.path());
        let would = home
            .run(&["tenant", "set", "acme", "--plan", "growth", "--industry", "tea", "--product", "partners=off", "--dry-run"])
            .expect_code(0);
        for told in ["plan would become growth; it is starter.", "industry would become tea; it is nothing.", "partners would be off."] {
            assert!(would.stderr.contains(told), "{told}: {would:?}");
        }
        let json = home.run(&["tenant", "set", "acme", "--plan", "growth", "--dry-run", "--json"]).expect_code(0).json();
        assert_eq!((&json["before"]["plan"], &json["after"]["plan"]), (&"starter".into(), &"growth".into()));
        assert!(home.run(&["tenant", "set", "acme", "--dry-run"]).expect_code(0).stderr.contains("Nothing would be different"));
        let _ = home.run(&["tenant", "set", "acme", "--tax-id", "RO1", "--dry-run"]).expect_code(65);
        assert!(home.run(&["tenant", "set", "nobody", "--dry-run"]).expect_code(1).stderr.contains("no company nobody"));
        assert_eq!(super::bytes(home.path()), before);
        {
            let server = home.serve();
            let beside = home.run(&["tenant", "set", "acme", "--plan", "growth", "--dry-run"]).expect_code(0);
            assert!(beside.stderr.contains("plan would become growth"), "{beside:?}");
            assert_eq!(server.terminate(), 0);
        }
        assert_eq!(home.run(&["tenant", "show", "acme", "--json"]).expect_code(0).json()["plan"], "starter");
    }

    fn a_plan_nobody_knows_is_told_of(engine: Engine) {
        let home = multi(engine);
        let made = home.run(&["tenant", "create", "acme", "--plan", "grwoth"]).expect_code(0);
        for told in ["No plan is called grwoth", "what starter allows", "starter, growth, unlimited"] {
            assert!(made.stderr.contains(told), "{made:?}");
        }
        assert!(!home.run(&["tenant", "set", "acme", "--plan", "growth"]).expect_code(0).stderr.contains("No plan"));
        let which = home.run(&["user", "list"]).expect_code(2);
        assert!(which.stderr.contains("--tenant SLUG") && which.stderr.contains("tenant list"), "{which:?}");
    }

    fn what_a_company_may_use_is_shown(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        let shown = home.run(&["tenant", "show", "acme"]).expect_code(0).stdout;
        assert!(shown.contains("product partners  on\n"), "{shown}");
        let set = home.run(&["tenant", "set", "acme", "--product", "partners=off", "--knob", "links=7"]).expect_code(0);
        assert!(set.stdout.contains("off, links at most 7"), "{set:?}");
        let json = home.run(&["tenant", "show", "acme", "--json"]).expect_code(0).json();
        assert_eq!(json["entitlements"][0]["is_enabled"], false);
        assert_eq!(json["entitlements"][0]["limits"]["links"], 7);
    }

    fn what_is_known_of_a_company_can_be_changed(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        let changed = home
            .run(&[
                "tenant", "set", "acme", "--name", "Acme Tea", "--plan", "growth", "--trial-ends", "2026-12-31",
                "--contract-start", "2026-01-01", "--contract-end", "2026-12-31", "--stripe-customer-id", "cus_1",
                "--color", "#1F5F4A", "--currency", "RON", "--json",
            ])
            .expect_code(0)
            .json();
        assert_eq!(changed["name"], "Acme Tea");
        assert_eq!(changed["plan"], "growth");
        assert_eq!(changed["currency"], "RON");
        assert_eq!(changed["color"], "#1f5f4a");
        assert_eq!(changed["contract_end"], "2026-12-31");
        assert_eq!(changed["trial_ends_at"], "2027-01-01T00:00:00.000000Z");
        let taken = home.run(&["tenant", "create", "beta", "--stripe-customer-id", "cus_1"]).expect_code(65);
        assert!(taken.stderr.contains("stripe_customer_id"), "{taken:?}");
        create(&home, "gamma");
        let taken = home.run(&["tenant", "set", "gamma", "--stripe-customer-id", "cus_1"]).expect_code(65);
        assert!(taken.stderr.contains("stripe_customer_id"), "{taken:?}");
        let cleared = home.run(&["tenant", "set", "acme", "--trial-ends", "", "--color", "", "--json"]).expect_code(0).json();
        assert_eq!((&cleared["trial_ends_at"], &cleared["color"]), (&serde_json::Value::Null, &serde_json::Value::Null));
        let _ = home.run(&["tenant", "set", "acme", "--contract-end", "2025-01-01"]).expect_code(65);
        let _ = home.run(&["tenant", "set", "acme", "--contract-end", "soon"]).expect_code(65);
    }
}
