//! A company is opened whole, once, and a preview of it changes nothing.

use steading::actor::Actor;
use steading::identity::{self, NewOwner};
use steading::tenancy::{self, NewCompany, Slug};

use super::{PASSWORD, bytes, create, multi};
use crate::harness::app::TestApp;
use crate::harness::engine::wait;
use crate::harness::process::Home;

/// Parallel attempts at one slug.
const AT_ONCE: usize = 20;

crate::on_both_engines! {
    fn one_command_makes_a_company_and_its_owner(engine: Engine) {
        let home = multi(engine);
        let made = home.run_with_input(
            &[
                "tenant", "create", "northwind-tea", "--legal-name", "Northwind Tea SRL", "--tax-id", "ro 14399840",
                "--plan", "growth", "--industry", "tea", "--owner-email", "Ada@Example.com", "--owner-name", "Ada",
                "--password-stdin", "--json",
            ],
            PASSWORD,
        );
        let made = made.expect_code(0).json();
        assert_eq!(made["slug"], "northwind-tea");
        assert_eq!(made["name"], "Northwind Tea");
        assert_eq!(made["status"], "active");
        assert_eq!(made["tax_id"], "RO14399840");
        assert_eq!(made["owner"]["email"], "ada@example.com");
        assert_eq!(made["owner"]["invitation"], serde_json::Value::Null);
        let people = home.run(&["user", "list", "--tenant", "northwind-tea", "--json"]).expect_code(0).json();
        assert_eq!(people[0]["email"], "ada@example.com");
        assert_eq!(people[0]["name"], "Ada");

        let again = home.run(&["tenant", "create", "northwind-tea"]).expect_code(1);
        assert!(again.stderr.contains("northwind-tea already"), "{again:?}");
        let second = home.run(&["tenant", "create", "bakery", "--owner-email", "ada@example.com", "--json"]);
        assert_eq!(second.expect_code(0).json()["owner"]["invitation"], serde_json::Value::Null);
        let invited = home.run(&["tenant", "create", "cellar", "--owner-email", "bo@example.com", "--trial-days", "14"]).expect_code(0);
        assert!(invited.stdout.contains("/invite?token="), "{invited:?}");
        let cellar = home.run(&["tenant", "show", "cellar", "--json"]).expect_code(0).json();
        assert_eq!(cellar["status"], "trial");
        assert!(cellar["trial_ends_at"].is_string());
        let demo = home.run(&["tenant", "create", "shop-window", "--kind", "demo", "--json"]).expect_code(0).json();
        assert_eq!(demo["status"], "demo");
        let active = home.run(&["tenant", "list", "--status", "active", "--json"]).expect_code(0).json();
        let slugs: Vec<&str> = active.as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect();
        assert_eq!(slugs, ["bakery", "default", "northwind-tea"]);
    }

    fn commands_beside_a_server_take_effect_in_it_at_once(engine: Engine) {
        let home = multi(engine);
        let server = home.serve();
        let made = home.run_with_input(&["tenant", "create", "acme", "--owner-email", "ada@example.com", "--password-stdin"], PASSWORD);
        let _ = made.expect_code(0);
        let preview = home.run(&["tenant", "create", "beta", "--dry-run", "--json"]).expect_code(0).json();
        assert_eq!(preview["dry_run"], true);
        let _ = home.run(&["tenant", "show", "beta"]).expect_code(1);
        let key = home.run(&["key", "create", "--name", "shop", "--scopes", "*", "--tenant", "acme", "--json"]).expect_code(0).json();
        let program = server.client().with_key(key["key"].as_str().unwrap());
        program.get("/t/acme/api/v1/me").expect(200);
        let _ = home.run(&["tenant", "delete", "acme", "--yes"]).expect_code(0);
        crate::harness::eventually("the company is gone", || (program.get("/t/acme/api/v1/me").status != 200).then_some(()));
    }

    fn a_preview_changes_no_byte(engine: Engine) {
        let home = multi(engine);
        let nothing = home.run(&["tenant", "create", "acme", "--dry-run"]).expect_code(0);
        assert!(nothing.stderr.contains("would be opened"), "{nothing:?}");
        assert!(!home.data().exists(), "a preview made a folder");
        create(&home, "acme");
        let before = bytes(home.path());
        let seen = home.run(&["tenant", "create", "beta", "--owner-email", "ada@example.com", "--dry-run", "--json"]);
        let seen = seen.expect_code(0).json();
        assert_eq!(seen["slug"], "beta");
        assert_eq!(seen["owner"]["email"], "ada@example.com");
        let _ = home.run(&["tenant", "create", "acme", "--dry-run"]).expect_code(1);
        let _ = home.run(&["tenant", "create", "My-Brand", "--dry-run"]).expect_code(65);
        let counts = home.run(&["tenant", "delete", "acme", "--dry-run", "--json"]).expect_code(0).json();
        assert!(counts["rows"]["programs"].is_i64(), "{counts}");
        assert_eq!(bytes(home.path()), before);
        let listed = home.run(&["tenant", "list", "--json"]).expect_code(0).json();
        assert_eq!(listed.as_array().unwrap().len(), 2);
    }

    fn single_mode_says_how_to_serve_many(engine: Engine) {
        let home = Home::new(engine);
        let refused = home.run(&["tenant", "create", "acme"]).expect_code(1);
        assert!(refused.stderr.contains("STEADING_TENANCY=multi"), "{refused:?}");
        let refused = home.run(&["tenant", "create", "acme", "--dry-run"]).expect_code(1);
        assert!(refused.stderr.contains("STEADING_TENANCY=multi"), "{refused:?}");
    }

    async fn of_many_who_want_one_slug_one_gets_it(engine: Engine) {
        let test = TestApp::multi(engine).await;
        identity::stand_up(&test.app).await.unwrap();
        let before = bytes(&test.data_dir().join("tenants")).len();
        let attempts: Vec<_> = (0..AT_ONCE)
            .map(|turn| {
                let app = test.app.clone();
                std::thread::spawn(move || {
                    let owner = NewOwner { email: format!("owner{turn}@example.com"), name: None, password: None };
                    let new = NewCompany::named(Slug::parse("acme").unwrap());
                    wait(identity::open_company(&app, &Actor::shell(), new, Some(owner)))
                })
            })
            .collect();
        let outcomes: Vec<_> = attempts.into_iter().map(|attempt| attempt.join().unwrap()).collect();
        let opened: Vec<_> = outcomes.iter().filter_map(|one| one.as_ref().ok()).collect();
        assert_eq!(opened.len(), 1);
        for refused in outcomes.iter().filter_map(|one| one.as_ref().err()) {
            assert!(matches!(refused, steading::Error::Conflict { code: "slug_taken", .. }), "{refused:?}");
        }
        let companies = tenancy::shell::all(&test.app).await.unwrap();
        assert_eq!(companies.len(), 2);
        let people = identity::shell::users(&test.app, opened[0].id).await.unwrap();
        assert_eq!(people.len(), 1);
        let left = bytes(&test.data_dir().join("tenants"));
        let files = left.iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "db")).count();
        if engine == crate::harness::engine::Engine::Sqlite {
            assert_eq!(files, 2, "{before}");
        }
    }
}
