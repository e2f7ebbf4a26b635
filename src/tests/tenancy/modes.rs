//! One company or many, and the way from one to the other and back.

use super::{bytes, create};
use crate::harness::process::Home;

crate::on_both_engines! {
    fn the_first_company_becomes_one_of_many_and_the_way_back_needs_it_alone(engine: Engine) {
        let home = Home::new(engine);
        let owner = home.run_with_input(&["user", "create", "ada@example.com", "--role", "owner", "--password-stdin"], super::PASSWORD);
        let _ = owner.expect_code(0);
        let _ = home.run(&["key", "create", "--name", "shop", "--scopes", "*"]).expect_code(0);
        let _ = home.run(&["demo", "load", "--yes"]).expect_code(0);
        let partners = |home: &Home| {
            let told = home.run(&["tenant", "health", "default", "--json"]);
            assert!(told.stdout.contains("\"checks\""), "{told:?}");
            home.run(&["tenant", "show", "default", "--json"]).expect_code(0).json()["id"].clone()
        };
        let before = partners(&home);

        let many = home.env("STEADING_TENANCY", "multi");
        assert_eq!(partners(&many), before);
        create(&many, "acme");
        create(&many, "beta");
        let server = many.serve();
        let key = many.run(&["key", "list", "--tenant", "default", "--json"]).expect_code(0).json();
        assert_eq!(key[0]["name"], "shop");
        assert_eq!(server.terminate(), 0);

        let single = many.without_env("STEADING_TENANCY");
        let stores = |home: &Home| -> Vec<_> {
            bytes(&home.data()).into_iter().filter(|(path, _)| path.extension().is_some_and(|end| end == "db")).collect()
        };
        let held = stores(&single);
        for command in [&["serve"][..], &["user", "list"], &["tenant", "list"]] {
            let refused = single.run(command).expect_code(78);
            assert!(refused.stderr.contains("acme") && refused.stderr.contains("beta"), "{refused:?}");
            assert!(!refused.stderr.contains("gamma"), "{refused:?}");
        }
        assert!(stores(&single) == held, "a refused start wrote");

        let many = single.env("STEADING_TENANCY", "multi");
        let _ = many.run(&["tenant", "delete", "acme", "--yes"]).expect_code(0);
        let _ = many.run(&["tenant", "freeze", "beta"]).expect_code(0);
        let _ = many.run(&["tenant", "archive", "beta", "--yes"]).expect_code(0);
        let single = many.without_env("STEADING_TENANCY");
        assert_eq!(partners(&single), before);
        let server = single.serve();
        assert_eq!(server.client().get("/t/default/admin").status, 404);
        assert_eq!(server.terminate(), 0);
    }

    fn where_many_are_served_a_command_names_the_one_it_means(engine: Engine) {
        let home = super::multi(engine);
        create(&home, "acme");
        for command in [&["user", "list"][..], &["key", "list"]] {
            let unnamed = home.run(command);
            assert!([2, 65].contains(&unnamed.code) && unnamed.stderr.contains("--tenant"), "{unnamed:?}");
            let named: Vec<&str> = command.iter().copied().chain(["--tenant", "acme"]).collect();
            let _ = home.run(&named).expect_code(0);
            let wrong: Vec<&str> = command.iter().copied().chain(["--tenant", "nowhere"]).collect();
            let _ = home.run(&wrong).expect_code(1);
        }
    }

    fn the_first_owner_may_come_from_the_configuration_where_many_are_served(engine: Engine) {
        let home = super::multi(engine)
            .env("STEADING_BOOTSTRAP__OWNER_EMAIL", "ada@example.com")
            .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", super::PASSWORD);
        let people = home.serve();
        assert_eq!(people.terminate(), 0);
        let people = home.run(&["user", "list", "--tenant", "default", "--json"]).expect_code(0).json();
        assert_eq!(people[0]["email"], "ada@example.com");
    }

    fn the_way_back_needs_a_default_that_can_be_served(engine: Engine) {
        let home = super::multi(engine);
        create(&home, "acme");
        let _ = home.run(&["tenant", "freeze", "default"]).expect_code(0);
        let _ = home.run(&["tenant", "archive", "default", "--yes"]).expect_code(0);
        let _ = home.run(&["tenant", "freeze", "acme"]).expect_code(0);
        let _ = home.run(&["tenant", "archive", "acme", "--yes"]).expect_code(0);
        let single = home.without_env("STEADING_TENANCY");
        for command in [&["serve"][..], &["tenant", "list"]] {
            let refused = single.run(command).expect_code(78);
            assert!(refused.stderr.contains("default is archived") && refused.stderr.contains("STEADING_TENANCY=multi"), "{refused:?}");
        }
        let many = single.env("STEADING_TENANCY", "multi");
        let _ = many.run(&["tenant", "delete", "default", "--yes"]).expect_code(0);
        let single = many.without_env("STEADING_TENANCY");
        let refused = single.run(&["serve"]).expect_code(78);
        assert!(refused.stderr.contains("default was deleted"), "{refused:?}");
        // As it says: with nothing left it begins anew.
        let many = single.env("STEADING_TENANCY", "multi");
        let _ = many.run(&["tenant", "delete", "acme", "--yes"]).expect_code(0);
        let single = many.without_env("STEADING_TENANCY");
        let server = single.serve();
        assert_eq!(server.client().get(&server.setup_path()).status, 200);
        assert_eq!(server.terminate(), 0);
    }

    fn a_default_that_nobody_owns_can_be_made_ones_own_whoever_owned_the_others(engine: Engine) {
        let home = super::multi(engine);
        let made = home.run_with_input(&["tenant", "create", "acme", "--owner-email", "ada@example.com", "--password-stdin"], super::PASSWORD);
        let _ = made.expect_code(0);
        let _ = home.run(&["tenant", "freeze", "acme"]).expect_code(0);
        let _ = home.run(&["tenant", "archive", "acme", "--yes"]).expect_code(0);
        let single = home.without_env("STEADING_TENANCY");
        let server = single.serve();
        let page = server.client().get(&server.setup_path());
        assert_eq!(page.status, 200);
        assert_eq!(server.client().get("/login").location(), "/setup");
        let _ = single.run(&["setup-url"]).expect_code(0);
        assert_eq!(server.terminate(), 0);
    }

    fn a_default_that_was_deleted_stays_gone(engine: Engine) {
        let home = super::multi(engine);
        create(&home, "acme");
        let _ = home.run(&["tenant", "delete", "default", "--yes"]).expect_code(0);
        let listed = home.run(&["tenant", "list", "--json"]).expect_code(0).json();
        assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
    }
}
