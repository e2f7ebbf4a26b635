//! `updated_at` moves by itself on every table that has it, and stays what a statement set it to.

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection, SqliteConnection};

use super::catalog::{Catalog, of_postgres, of_sqlite, on_postgres, on_sqlite};
use super::made_up::{insert, key};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;
use crate::on_both_engines;

enum Behind {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Behind {
    /// A plane of these stores, with nothing in the way of made-up rows.
    fn of(stores: &TestStores, plane: &str) -> Self {
        if let Some(urls) = &stores.database {
            let mut conn = PgConnection::establish(&urls.superuser).unwrap();
            let drops = on_postgres(
                &mut conn,
                &format!(
                    "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname) || ' CASCADE' AS value \
                     FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = '{plane}'::regnamespace"
                ),
            );
            conn.batch_execute(&drops.join("; ")).unwrap();
            conn.batch_execute(&format!("SET search_path TO {plane}"))
                .unwrap();
            return Self::Postgres(conn);
        }
        let path = match plane {
            "control" => stores.options.data_dir.join("control.db"),
            _ => stores.file(stores.tenant),
        };
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
        Self::Sqlite(conn)
    }

    fn catalog(&mut self, plane: &str) -> Catalog {
        match self {
            Self::Sqlite(conn) => of_sqlite(conn, plane),
            Self::Postgres(conn) => of_postgres(conn, plane),
        }
    }

    fn run(&mut self, statement: &str) {
        match self {
            Self::Sqlite(conn) => conn.batch_execute(statement),
            Self::Postgres(conn) => conn.batch_execute(statement),
        }
        .unwrap_or_else(|e| panic!("{statement}: {e}"));
    }

    fn text(&mut self, question: &str) -> String {
        match self {
            Self::Sqlite(conn) => on_sqlite(conn, question),
            Self::Postgres(conn) => on_postgres(conn, question),
        }
        .remove(0)
    }
}

on_both_engines! {
    fn a_change_moves_the_time_of_every_table_that_has_one(stores: TestStores) {
        let engine = stores.engine;
        let mut seen = 0;
        for plane in ["control", "tenant"] {
            let mut behind = Behind::of(&stores, plane);
            for (name, table) in behind.catalog(plane) {
                let has = |column: &str| table.columns.iter().any(|(name, ..)| name == column);
                if !has("updated_at") {
                    continue;
                }
                seen += 1;
                let tenant = (plane == "tenant" && engine == Engine::Postgres).then(|| stores.tenant.uuid().to_string());
                behind.run(&insert(engine, &name, &table, 1, &|_| None, tenant.as_deref()));
                let row = key(engine, &table, 1);
                let at = match engine {
                    Engine::Sqlite => format!("SELECT updated_at AS value FROM {name} WHERE {row}"),
                    Engine::Postgres => {
                        format!("SELECT to_char(updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') AS value FROM {name} WHERE {row}")
                    }
                };
                let before = behind.text(&at);
                assert_eq!(before, "2026-01-01T00:00:00.000000Z");
                let other = table.columns.iter().map(|(name, ..)| name).find(|name| !table.primary_key.contains(name) && *name != "updated_at").unwrap();
                behind.run(&format!("UPDATE {name} SET {other} = {other} WHERE {row}"));
                let after = behind.text(&at);
                assert!(after > before && after.len() == before.len() && after.ends_with('Z'), "{plane}.{name}: {before} {after}");
                // Whoever sets it is believed.
                behind.run(&format!("UPDATE {name} SET updated_at = '2026-02-02T00:00:00.000000Z' WHERE {row}"));
                assert_eq!(behind.text(&at), "2026-02-02T00:00:00.000000Z", "{plane}.{name}");
            }
        }
        assert!(seen > 15, "only {seen} tables have one");
    }
}
