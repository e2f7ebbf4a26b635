//! Where no instance stands, looking makes none; what may be the first step does.

use crate::harness::engine::Engine;
use crate::harness::process::Home;
use crate::on_both_engines;

/// Tables of the control plane's store.
fn is_made(home: &Home) -> bool {
    match &home.database {
        None => home.data().exists(),
        Some(urls) => {
            use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};
            #[derive(diesel::QueryableByName)]
            struct Count {
                #[diesel(sql_type = diesel::sql_types::BigInt)]
                many: i64,
            }
            let mut conn = PgConnection::establish(&urls.superuser).unwrap();
            let found: Count = sql_query(
                "SELECT count(*) AS many FROM pg_tables WHERE schemaname IN ('control', 'tenant')",
            )
            .get_result(&mut conn)
            .unwrap();
            found.many > 0 || home.data().exists()
        }
    }
}

on_both_engines! {
    fn looking_makes_nothing(engine: Engine) {
        let home = Home::new(engine);
        for command in [
            &["user", "list"][..],
            &["key", "list", "--json"],
            &["audit", "list"],
            &["audit", "export"],
            &["jobs", "list"],
            &["jobs", "run", "--dry-run"],
            &["tenant", "list"],
            &["tenant", "show"],
            &["setup-url"],
            &["demo", "load", "--dry-run"],
            &["key", "create", "--name", "a", "--scopes", "*", "--dry-run"],
            &["user", "disable", "ada@example.com"],
            &["migrate", "status"],
            &["migrate", "check"],
            &["migrate", "version", "--json"],
        ] {
            let refused = home.run(command).expect_code(78);
            assert!(refused.stdout.is_empty(), "{command:?}: {refused:?}");
            assert!(refused.stderr.starts_with("steading: There is no Steading in "), "{command:?}: {}", refused.stderr);
            assert!(refused.stderr.contains("--data-dir"), "{command:?}: {}", refused.stderr);
            assert!(!is_made(&home), "{command:?}");
        }
        let would = home.run(&["migrate", "up", "--dry-run"]).expect_code(0);
        assert!(would.stdout.contains("control") && would.stdout.contains("run"), "{}", would.stdout);
        assert!(!is_made(&home));

        home.run(&["key", "create", "--name", "shop", "--scopes", "*"]).expect_code(0);
        assert!(is_made(&home));
        home.run(&["user", "list"]).expect_code(0);
        let none = home.run(&["migrate", "up", "--dry-run"]).expect_code(0);
        assert_eq!(none.stdout, "");
        let back = home.run(&["migrate", "down", "--dry-run", "--json"]).expect_code(0).json();
        let stores = back.as_array().unwrap();
        assert!(stores.iter().all(|store| store["take_back"].as_array().unwrap().len() == 1), "{back}");
        home.run(&["migrate", "check"]).expect_code(0);
    }

    fn what_serve_refuses_check_refuses_and_nothing_is_made(engine: Engine) {
        let weak = Home::new(engine)
            .env("STEADING_BOOTSTRAP__OWNER_EMAIL", "ada@example.com")
            .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", "hunter2");
        let ring = Home::new(engine).env("STEADING_KEYS__RING", "a:notbase64");
        for (home, named) in [(&weak, "bootstrap.owner_password"), (&ring, "keys.ring")] {
            for command in [&["config", "check"][..], &["serve"]] {
                let refused = home.run(command).expect_code(78);
                assert!(refused.stderr.contains(named), "{command:?}: {}", refused.stderr);
                assert!(!refused.stderr.contains("hunter2") && !refused.stderr.contains("notbase64"));
                if engine == Engine::Sqlite {
                    assert!(!is_made(home), "{command:?}");
                }
            }
            let told = home.run(&["config", "check", "--json"]).expect_code(78).json();
            assert_eq!(told["ok"], false);
            assert!(told["problems"][0].as_str().unwrap().contains(named), "{told}");
        }
    }
}

#[test]
fn a_first_password_counts_only_while_there_is_nobody() {
    let home = Home::new(Engine::Sqlite);
    assert_eq!(home.serve().terminate(), 0);
    let made = [
        "user",
        "create",
        "ada@example.com",
        "--role",
        "owner",
        "--password-stdin",
    ];
    home.run_with_input(&made, "a sentence that is long enough")
        .expect_code(0);
    let home = home
        .env("STEADING_BOOTSTRAP__OWNER_EMAIL", "ada@example.com")
        .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", "hunter2");
    home.run(&["config", "check"]).expect_code(0);
    assert_eq!(home.serve().terminate(), 0);
}

#[test]
fn the_banner_names_the_folder_a_new_link_is_had_from() {
    let home = Home::new(Engine::Sqlite).without_env("STEADING_DATA_DIR");
    let file = home.path().join("my own.toml");
    std::fs::write(&file, "").unwrap();
    let server = home.start_command(home.command([
        "serve",
        "--data-dir",
        "elsewhere",
        "--config",
        "my own.toml",
    ]));
    server.wait_until_ready();
    let hint = server.stderr.wait_for("the hint", |line| {
        line.contains("a new link:").then(|| line.to_owned())
    });
    let told = "steading setup-url --config 'my own.toml' --data-dir elsewhere";
    assert!(hint.contains(told), "{hint}");
    let arguments = [
        "setup-url",
        "--config",
        "my own.toml",
        "--data-dir",
        "elsewhere",
    ];
    home.run(&arguments).expect_code(0);
}

#[test]
fn a_new_step_begins_in_both_engines_and_only_in_the_source() {
    let home = Home::new(Engine::Sqlite);
    let create = ["migrate", "create", "coupons", "--json"];
    home.run(&create).expect_code(73);
    for folder in ["sqlite/20991231000007_late", "postgres"] {
        std::fs::create_dir_all(home.path().join("migrations/tenant").join(folder)).unwrap();
    }
    home.run(&["migrate", "create", "Coupons!"]).expect_code(2);
    let would = home
        .run(&[&create[..], &["--dry-run"]].concat())
        .expect_code(0);
    let sqlite = "migrations/tenant/sqlite/20991231000008_coupons";
    assert!(!home.path().join(sqlite).exists());
    let made = home.run(&create).expect_code(0);
    assert_eq!(made.stdout, would.stdout);
    let postgres = sqlite.replace("sqlite", "postgres");
    assert_eq!(made.json(), serde_json::json!([sqlite, postgres]));
    for folder in [sqlite, &postgres] {
        for file in ["up.sql", "down.sql"] {
            assert!(
                home.path().join(folder).join(file).is_file(),
                "{folder}/{file}"
            );
        }
    }
    assert!(!home.data().exists());
}
