//! The nine checks of a company: each thing that is broken is found by its own check.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};
use serde_json::Value;

use super::{PASSWORD, create, multi};
use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// The checks that do not hold.
fn wrong(home: &Home, slug: &str) -> Vec<String> {
    let told = home.run(&["tenant", "health", slug, "--json"]);
    let told_json = told.json();
    let checks = told_json["checks"].as_array().unwrap();
    assert_eq!(checks.len(), 9);
    let wrong: Vec<String> = checks
        .iter()
        .filter(|check| check["level"] != "good")
        .map(|check| check["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told.code, i32::from(!wrong.is_empty()), "{told:?}");
    wrong
}

crate::on_both_engines! {
    fn a_new_company_is_whole_once_somebody_owns_it(engine: Engine) {
        let home = multi(engine);
        create(&home, "acme");
        assert_eq!(wrong(&home, "acme"), ["owner"]);
        let owner = home.run_with_input(&["user", "create", "ada@example.com", "--role", "owner", "--tenant", "acme", "--password-stdin"], PASSWORD);
        let _ = owner.expect_code(0);
        assert!(wrong(&home, "acme").is_empty());
        let told = home.run(&["tenant", "health", "acme", "-v"]).expect_code(0);
        assert_eq!(told.stdout.lines().count(), 9, "{told:?}");
        let _ = home.run(&["tenant", "health", "nowhere"]).expect_code(1);
    }
}

#[test]
fn each_break_is_found_by_its_own_check() {
    for (statement, expected) in [
        ("DROP INDEX audit_events_action_id", "indexes"),
        ("DROP TRIGGER audit_events_no_update", "triggers"),
        ("DROP TABLE click_days", "tables"),
        (
            "PRAGMA foreign_keys = OFF; UPDATE links SET enrolment_id = zeroblob(16)",
            "foreign_keys",
        ),
    ] {
        let home = multi(Engine::Sqlite);
        let made = home.run_with_input(
            &[
                "tenant",
                "create",
                "acme",
                "--owner-email",
                "ada@example.com",
                "--password-stdin",
                "--json",
            ],
            PASSWORD,
        );
        let made: Value = made.expect_code(0).json();
        let _ = home
            .run(&["demo", "load", "--tenant", "acme", "--yes"])
            .expect_code(0);
        assert!(wrong(&home, "acme").is_empty());
        let file = home
            .data()
            .join(format!("tenants/{}.db", made["id"].as_str().unwrap()));
        let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        conn.batch_execute(statement).unwrap();
        drop(conn);
        assert!(
            wrong(&home, "acme").contains(&expected.to_owned()),
            "{statement}"
        );
    }
}

#[test]
fn a_trigger_or_a_foreign_key_that_went_is_found_on_the_server_too() {
    for (statement, expected, name) in [
        (
            "DROP TRIGGER links_touch ON tenant.links",
            "triggers",
            "links_touch",
        ),
        (
            "ALTER TABLE tenant.links DISABLE TRIGGER links_touch",
            "triggers",
            "links_touch",
        ),
        (
            "ALTER TABLE tenant.links DROP CONSTRAINT links_tenant_id_partner_id_fkey",
            "foreign_keys",
            "links_tenant_id_partner_id_fkey",
        ),
        (
            "ALTER TABLE tenant.enrolments DISABLE TRIGGER ALL",
            "foreign_keys",
            "enrolments_tenant_id_partner_id_fkey",
        ),
    ] {
        let home = multi(Engine::Postgres);
        create(&home, "acme");
        assert_eq!(wrong(&home, "acme"), ["owner"]);
        let mut conn = PgConnection::establish(&home.database.as_ref().unwrap().superuser).unwrap();
        conn.batch_execute(statement).unwrap();
        assert!(
            wrong(&home, "acme").contains(&expected.to_owned()),
            "{statement}"
        );
        for words in [&["tenant", "health", "acme"][..], &["doctor"]] {
            let told = home.run(words).expect_code(1);
            assert!(told.stdout.contains(name), "{statement}: {told:?}");
        }
    }
}

#[test]
fn a_store_that_is_away_is_told_of() {
    let home = multi(Engine::Sqlite);
    create(&home, "acme");
    create(&home, "beta");
    let shown = home
        .run(&["tenant", "show", "acme", "--json"])
        .expect_code(0)
        .json();
    let file = home
        .data()
        .join(format!("tenants/{}.db", shown["id"].as_str().unwrap()));
    let _ = home.run(&["backup", "create"]).expect_code(0);
    std::fs::remove_file(file).unwrap();
    let found = wrong(&home, "acme");
    assert!(
        found.contains(&"store".to_owned()) && found.contains(&"query".to_owned()),
        "{found:?}"
    );
    let told = home.run(&["tenant", "health", "acme"]).expect_code(1);
    assert_eq!(told.stdout.matches("is missing. Put it back").count(), 7);
    assert!(!told.stdout.contains("busy"), "{told:?}");
    assert_eq!(wrong(&home, "beta"), ["owner"]);
    // What it says to do is enough.
    let _ = home
        .run(&["restore", "latest", "--tenant", "acme", "--yes"])
        .expect_code(0);
    assert_eq!(wrong(&home, "acme"), ["owner"]);
}
