//! A migration that is cut off from its PostgreSQL in the middle of a statement, at points spread over all it does: the next one
//! takes it up where it was.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use steading::db::migrate::{self, Direction, MigrateError, Which};

use super::catalog::on_postgres;
use super::migrate::{dump, up};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

/// How often it is cut off.
const CUTS: i64 = 25;

/// Every statement that changes a schema counts itself, whatever becomes of its transaction, and the one whose turn it is ends
/// its own connection before it has done anything.
const TRAP: &str = "
    CREATE SCHEMA trap;
    CREATE SEQUENCE trap.statements;
    CREATE TABLE trap.turn (number bigint);
    INSERT INTO trap.turn VALUES (0);
    CREATE FUNCTION trap.spring() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        IF nextval('trap.statements') = (SELECT number FROM trap.turn) THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
            PERFORM pg_sleep(60);
        END IF;
    END $$;
    CREATE EVENT TRIGGER trap ON ddl_command_start EXECUTE FUNCTION trap.spring();";

/// Everything back, and everything forward again.
fn there_and_back(stores: &TestStores) -> Result<(), MigrateError> {
    loop {
        let reports = migrate::run(&stores.options, Which::All, Direction::Down)?;
        if reports.iter().all(|report| report.applied.is_empty()) {
            break;
        }
    }
    migrate::run(&stores.options, Which::All, Direction::Up).map(drop)
}

#[test]
fn a_migration_cut_off_from_its_server_is_taken_up_where_it_was() {
    let stores = TestStores::new(Engine::Postgres);
    let before = dump(&stores);
    let steps = up(&stores.options);
    let mut superuser =
        PgConnection::establish(&stores.database.as_ref().unwrap().superuser).unwrap();
    superuser.batch_execute(TRAP).unwrap();
    there_and_back(&stores).unwrap();
    let counted = on_postgres(
        &mut superuser,
        "SELECT last_value::text AS value FROM trap.statements",
    );
    let statements: i64 = counted[0].parse().unwrap();
    assert!(statements > 4 * CUTS, "only {statements} statements");
    let mut halfway = 0;
    for cut in 1..=CUTS {
        let turn = statements * cut / CUTS;
        let set = |number: i64| {
            format!(
                "SELECT setval('trap.statements', 1, false); UPDATE trap.turn SET number = {number}"
            )
        };
        superuser.batch_execute(&set(turn)).unwrap();
        let ended = there_and_back(&stores);
        assert!(
            ended.is_err(),
            "statement {turn} of {statements} was not met"
        );
        superuser.batch_execute(&set(0)).unwrap();
        let found = migrate::status(&stores.options, Which::All).unwrap();
        halfway += usize::from(
            found
                .iter()
                .any(|report| !report.applied.is_empty() && !report.pending.is_empty()),
        );
        assert_eq!(up(&stores.options), steps, "statement {turn}");
        assert_eq!(dump(&stores), before, "statement {turn}");
    }
    assert!(
        halfway > 5,
        "only {halfway} cuts left a store between two steps"
    );
}
