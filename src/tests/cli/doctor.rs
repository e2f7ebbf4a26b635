//! `steading doctor`: a new instance is well; one whose database gives more away is not served, and told of.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::harness::company::owned;
use crate::harness::engine::Engine;
use crate::harness::process::Home;
use crate::on_both_engines;

fn levels(home: &Home, level: &str) -> Vec<String> {
    let lines = home.run(&["doctor", "--json"]).json();
    let lines = lines.as_array().unwrap();
    lines
        .iter()
        .filter(|line| line["level"] == level)
        .map(|line| line["finding"].as_str().unwrap().to_owned())
        .collect()
}

on_both_engines! {
    fn a_new_instance_is_well(engine: Engine) {
        let home = owned(engine);
        // Nothing there yet: told, and nothing made.
        assert!(!home.data().join("control.db").exists());
        home.run(&["doctor"]).expect_code(0);
        let server = home.serve();
        home.run(&["doctor", "--json"]).expect_code(0);
        assert_eq!(levels(&home, "bad"), [""; 0]);
        assert_eq!(server.terminate(), 0);
        let alone = home.run(&["doctor"]).expect_code(0);
        assert!(alone.stdout.contains("Every store is at this version."), "{}", alone.stdout);
    }
}

#[test]
fn a_database_that_gives_more_away_is_not_served() {
    let home = owned(Engine::Postgres);
    assert_eq!(home.serve().terminate(), 0);
    let mut behind = PgConnection::establish(&home.database.as_ref().unwrap().superuser).unwrap();
    behind
        .batch_execute("GRANT SELECT ON control.users TO steading_app")
        .unwrap();
    let refused = home.run(&["serve"]).expect_code(78);
    assert!(
        refused
            .stderr
            .contains("steading_app has SELECT on control.users."),
        "{}",
        refused.stderr
    );
    let told = home.run(&["doctor", "--json"]).expect_code(1);
    assert!(
        told.stdout
            .contains("steading_app has SELECT on control.users."),
        "{}",
        told.stdout
    );
    behind.batch_execute("REVOKE SELECT ON control.users FROM steading_app; ALTER TABLE tenant.partners ALTER tenant_id DROP DEFAULT").unwrap();
    // What only breaks something is told of and served.
    assert_eq!(home.serve().terminate(), 0);
    home.run(&["doctor"]).expect_code(1);
    behind.batch_execute("ALTER TABLE tenant.partners ALTER tenant_id SET DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid").unwrap();
    home.run(&["doctor"]).expect_code(0);
}

#[test]
fn one_login_for_everything_is_seen_to_where_many_are_served() {
    let home = Home::new(Engine::Postgres);
    let owner = home.database.as_ref().unwrap().owner.clone();
    let home = home
        .env("STEADING_DATABASE__URL", &owner)
        .env("STEADING_TENANCY", "multi")
        .without_env("STEADING_DATABASE__OWNER_URL");
    home.run(&["migrate", "up", "--yes"]).expect_code(0);
    let told = home.run(&["doctor", "--strict"]).expect_code(1);
    assert!(
        told.stdout
            .contains("Requests come in by the login that owns the tables."),
        "{}",
        told.stdout
    );
    home.run(&["doctor"]).expect_code(0);
}
