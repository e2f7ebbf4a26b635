//! A PostgreSQL database as operators set it up: addresses, logins, others that work on it. What does not fit is refused with the
//! way on, and nothing is done.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{PgConnection, sql_query};

use crate::harness::company::owned;
use crate::harness::engine::Engine;
use crate::harness::eventually;
use crate::harness::process::Home;

/// What `steading migrate` locks while it works: "steading" as a number.
const LOCK: i64 = 0x7374_6561_6469_6e67;

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = diesel::sql_types::Bool)]
    is_so: bool,
}

fn behind(home: &Home) -> PgConnection {
    PgConnection::establish(&home.database.as_ref().unwrap().superuser).unwrap()
}

fn is_so(conn: &mut PgConnection, question: &str) -> bool {
    let answer: Answer = sql_query(format!("SELECT {question} AS is_so"))
        .get_result(conn)
        .unwrap();
    answer.is_so
}

#[test]
fn two_addresses_of_two_databases_are_refused() {
    let (home, other) = (owned(Engine::Postgres), owned(Engine::Postgres));
    for home in [&home, &other] {
        home.run(&["migrate", "up"]).expect_code(0);
    }
    let home = home.env(
        "STEADING_DATABASE__URL",
        &other.database.as_ref().unwrap().request,
    );
    for words in [&["serve"][..], &["migrate", "up"], &["migrate", "status"]] {
        let refused = home.run(words).expect_code(78);
        assert!(
            refused.stderr.contains("two different databases"),
            "{refused:?}"
        );
    }
    let told = home.run(&["doctor"]).expect_code(1);
    assert!(told.stdout.contains("two different databases"), "{told:?}");
}

#[test]
fn a_login_that_may_not_become_the_owner_is_named_with_the_way_on() {
    let home = owned(Engine::Postgres);
    let urls = home.database.clone().unwrap();
    let way = "the login steading_request may not become steading_owner";
    // The one address is that of requests, on a database nobody has migrated and on one that is.
    let home = home.env("STEADING_DATABASE__OWNER_URL", &urls.request);
    let refused = home.run(&["serve"]).expect_code(78);
    assert!(
        refused.stderr.contains(way) && refused.stderr.contains("set database.owner_url"),
        "{refused:?}"
    );
    let home = home.env("STEADING_DATABASE__OWNER_URL", &urls.owner);
    home.run(&["migrate", "up"]).expect_code(0);
    let swapped = home
        .env("STEADING_DATABASE__OWNER_URL", &urls.request)
        .env("STEADING_DATABASE__URL", &urls.owner);
    for words in [&["serve"][..], &["migrate", "up"], &["migrate", "check"]] {
        let refused = swapped.run(words).expect_code(78);
        assert!(refused.stderr.contains(way), "{refused:?}");
    }
}

#[test]
fn a_command_that_reads_runs_no_step_of_a_database_others_may_serve() {
    let home = owned(Engine::Postgres);
    home.run(&["user", "list"]).expect_code(78);
    home.run(&["migrate", "up"]).expect_code(0);
    home.run(&["migrate", "down", "--all-tenants", "--yes"])
        .expect_code(0);
    for words in [
        &["tenant", "list"][..],
        &["user", "list"],
        &["key", "create", "--name", "shop", "--scopes", "*"],
    ] {
        let refused = home.run(words).expect_code(78);
        assert!(
            refused.stderr.contains("steading migrate up"),
            "{refused:?}"
        );
    }
    home.run(&["migrate", "check"]).expect_code(1);
    home.run(&["migrate", "up"]).expect_code(0);
    home.run(&["tenant", "list"]).expect_code(0);
    // A folder is the command's own.
    let home = owned(Engine::Sqlite);
    home.run(&["user", "create", "ada@example.com", "--role", "owner"]);
    home.run(&["migrate", "up"]).expect_code(0);
    home.run(&["migrate", "down", "--control-only", "--yes"])
        .expect_code(0);
    home.run(&["tenant", "list"]).expect_code(0);
}

#[test]
fn who_waits_for_another_that_migrates_says_so() {
    let home = owned(Engine::Postgres);
    let mut other = behind(&home);
    other
        .batch_execute(&format!("SELECT pg_advisory_lock({LOCK})"))
        .unwrap();
    let waiting = home.start_command(home.command(["migrate", "up"]));
    waiting
        .stderr
        .wait_for("word of the one it waits for", |line| {
            (line.contains("Another process migrates this database")
                && line.contains("of the server"))
            .then_some(())
        });
    other
        .batch_execute(&format!("SELECT pg_advisory_unlock({LOCK})"))
        .unwrap();
    assert_eq!(waiting.wait(), 0);
}

#[test]
fn a_newer_database_keeps_the_grants_it_has() {
    let home = owned(Engine::Postgres);
    home.run(&["migrate", "up"]).expect_code(0);
    let mut behind = behind(&home);
    behind
        .batch_execute(
            "REVOKE USAGE ON SCHEMA tenant FROM steading_app; INSERT INTO tenant.__diesel_schema_migrations (version) VALUES ('99990101000001')",
        )
        .unwrap();
    let refused = home.run(&["migrate", "up"]).expect_code(78);
    assert!(refused.stderr.contains("newer"), "{refused:?}");
    assert!(!is_so(
        &mut behind,
        "has_schema_privilege('steading_app', 'tenant', 'USAGE')"
    ));
}

#[test]
fn no_step_is_taken_back_under_a_server() {
    let home = owned(Engine::Postgres);
    let server = home.serve();
    let mut behind = behind(&home);
    let serves = "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'steading serve')";
    eventually("it listens", || is_so(&mut behind, serves).then_some(()));
    let words = ["migrate", "down", "--all-tenants", "--yes"];
    let refused = home.run(&words).expect_code(75);
    assert!(
        refused.stderr.contains("steading serve runs"),
        "{refused:?}"
    );
    home.run(&["migrate", "check"]).expect_code(0);
    assert_eq!(server.terminate(), 0);
    eventually("it is gone", || (!is_so(&mut behind, serves)).then_some(()));
    home.run(&words).expect_code(0);
}
