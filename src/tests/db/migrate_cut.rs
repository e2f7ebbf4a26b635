//! A migration that is cut off from its PostgreSQL in the middle of a statement, at points spread over all it does: the next one
//! takes it up where it was. And every step is one transaction with its place in the list, whatever it does.

use std::cell::Cell;
use std::fs;

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use steading::db::migrate::{self, Direction, MigrateError, Which};

use super::catalog::on_postgres;
use super::migrate::{dump, up};
use crate::harness::engine::Engine;
use crate::harness::postgres::fresh_database;
use crate::harness::stores::TestStores;

/// How often it is cut off.
const CUTS: i64 = 25;

/// Every statement that changes a schema or the list of steps counts itself, whatever becomes of its transaction, and the one whose
/// turn it is ends its own connection before it has done anything. What is not undone says in which transaction it was.
const TRAP: &str = "
    CREATE SCHEMA trap;
    CREATE SEQUENCE trap.statements;
    CREATE TABLE trap.turn (number bigint);
    INSERT INTO trap.turn VALUES (0);
    CREATE TABLE trap.seen (transaction xid8, is_place boolean);
    CREATE FUNCTION trap.count() RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        IF nextval('trap.statements') = (SELECT number FROM trap.turn) THEN
            PERFORM pg_terminate_backend(pg_backend_pid());
            PERFORM pg_sleep(60);
        END IF;
    END $$;
    CREATE FUNCTION trap.shape() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        PERFORM trap.count();
        -- The list itself is made before there is a step, and rights are given beside them.
        IF tg_tag ~ ' (TABLE|INDEX)$' AND current_query() NOT LIKE '%__diesel_schema_migrations%' THEN
            INSERT INTO trap.seen VALUES (pg_current_xact_id(), false);
        END IF;
    END $$;
    CREATE FUNCTION trap.place() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        PERFORM trap.count();
        INSERT INTO trap.seen VALUES (pg_current_xact_id(), true);
        RETURN NULL;
    END $$;
    DO $$
    DECLARE list regclass;
    BEGIN
        FOR list IN SELECT oid FROM pg_class WHERE relname = '__diesel_schema_migrations' LOOP
            EXECUTE format('CREATE TRIGGER trap BEFORE INSERT OR DELETE ON %s EXECUTE FUNCTION trap.place()', list);
        END LOOP;
    END $$;
    CREATE EVENT TRIGGER trap ON ddl_command_start EXECUTE FUNCTION trap.shape();";

/// Transactions that changed a schema without taking exactly one place of the list with it.
const APART: &str = "SELECT transaction::text AS value FROM trap.seen GROUP BY transaction \
                     HAVING count(*) FILTER (WHERE is_place) <> 1 ORDER BY transaction";

type Act<'a> = &'a dyn Fn() -> Result<(), String>;

/// What is wrong with steps that all are in place: everything is taken back and run again, once in peace and then cut off at so many
/// points, and each time `up` must bring it to the end and to the same shape.
fn faults(
    superuser: &mut PgConnection,
    there_and_back: Act<'_>,
    up: Act<'_>,
    shape: &dyn Fn() -> Vec<String>,
) -> Vec<String> {
    superuser.batch_execute(TRAP).unwrap();
    let before = shape();
    there_and_back().unwrap();
    let apart = on_postgres(superuser, APART);
    let mut faults: Vec<String> = apart
        .iter()
        .map(|number| format!("transaction {number} is not one step with its place"))
        .collect();
    let counted = "SELECT last_value::text AS value FROM trap.statements";
    let statements: i64 = on_postgres(superuser, counted)[0].parse().unwrap();
    let cuts = CUTS.min(statements);
    for cut in 1..=cuts {
        let turn = statements * cut / cuts;
        let mut set = |number: i64| {
            let set = format!(
                "SELECT setval('trap.statements', 1, false); UPDATE trap.turn SET number = {number}"
            );
            superuser.batch_execute(&set).unwrap();
        };
        set(turn);
        if there_and_back().is_ok() {
            faults.push(format!("statement {turn} of {statements} was not met"));
        }
        set(0);
        if let Err(why) = up() {
            faults.push(format!("statement {turn} of {statements}: {why}"));
            // From here on nothing can be said of the others.
            break;
        }
        if shape() != before {
            faults.push(format!("statement {turn} of {statements}: another shape"));
        }
    }
    faults
}

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
    let steps = up(&stores.options);
    let mut superuser =
        PgConnection::establish(&stores.database.as_ref().unwrap().superuser).unwrap();
    let halfway = Cell::new(0);
    let faults = faults(
        &mut superuser,
        &|| there_and_back(&stores).map_err(|error| error.to_string()),
        &|| {
            let found = migrate::status(&stores.options, Which::All).unwrap();
            let is_between = found
                .iter()
                .any(|report| !report.applied.is_empty() && !report.pending.is_empty());
            halfway.set(halfway.get() + usize::from(is_between));
            let reached = migrate::run(&stores.options, Which::All, Direction::Up);
            match reached.map_err(|error| error.to_string())? == steps {
                true => Ok(()),
                false => Err("other steps".to_owned()),
            }
        },
        &|| dump(&stores),
    );
    assert_eq!(faults, [""; 0]);
    assert!(
        halfway.get() > 5,
        "only {} cuts left a store between two steps",
        halfway.get()
    );
}

/// What is found wrong with three made-up steps in a database of their own, the second of them as given.
fn faults_of(up_sql: &str, metadata: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let steps = [
        ("1_a", "CREATE TABLE a (id int);", "DROP TABLE a;", ""),
        ("2_b", up_sql, "DROP TABLE c; DROP TABLE b;", metadata),
        ("3_d", "CREATE TABLE d (id int);", "DROP TABLE d;", ""),
    ];
    for (name, up, down, metadata) in steps {
        let step = folder.path().join(name);
        fs::create_dir(&step).unwrap();
        let files = [
            ("up.sql", up),
            ("down.sql", down),
            ("metadata.toml", metadata),
        ];
        for (file, text) in files.into_iter().filter(|(_, text)| !text.is_empty()) {
            fs::write(step.join(file), text).unwrap();
        }
    }
    let database = fresh_database();
    let source = || FileBasedMigrations::from_path(folder.path()).unwrap();
    let open = || PgConnection::establish(&database.superuser).unwrap();
    let up = || {
        let ran = open().run_pending_migrations(source()).map(drop);
        ran.map_err(|error| error.to_string())
    };
    let there_and_back = || {
        let back = open().revert_all_migrations(source()).map(drop);
        back.map_err(|error| error.to_string()).and_then(|()| up())
    };
    let shape = || {
        let tables =
            "SELECT tablename::text AS value FROM pg_tables WHERE schemaname = 'public' ORDER BY 1";
        on_postgres(&mut open(), tables)
    };
    up().unwrap();
    faults(&mut open(), &there_and_back, &up, &shape)
}

#[test]
fn steps_that_are_not_one_transaction_are_seen() {
    let whole = "CREATE TABLE b (id int); CREATE TABLE c (id int);";
    assert_eq!(faults_of(whole, ""), [""; 0]);
    let ends_in_the_middle = "CREATE TABLE b (id int); COMMIT; BEGIN; CREATE TABLE c (id int);";
    for (up, metadata) in [
        (ends_in_the_middle, ""),
        // Its place in the list is taken in a transaction of its own.
        (whole, "run_in_transaction = false"),
    ] {
        let faults = faults_of(up, metadata);
        for what in ["transaction ", "statement "] {
            let is_seen = faults.iter().any(|fault| fault.starts_with(what));
            assert!(is_seen, "{up} {metadata}: {faults:?}");
        }
    }
}
