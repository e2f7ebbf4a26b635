//! The matrix on SQLite, where each company is a file: no statement of one company is about a row of another's.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::{SqliteConnection, sql_query};
use steading::db::{Conn, Scope};

use super::catalog::of_sqlite;
use super::made_up::{insert, key};
use super::matrix::Rule::Grows;
use super::matrix::{Cell, FIRST, FRESH, SECOND, Verb, rule};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

/// What a scope's own statement does: rows it is about, or a refusal.
async fn in_scope(scope: &Scope, statement: String) -> Cell {
    let done = scope
        .write(move |c| Ok(sql_query(&statement).execute(c.db())?))
        .await;
    done.ok().map(|rows| i64::try_from(rows).unwrap())
}

#[tokio::test]
async fn every_cell_is_what_its_rule_says_on_sqlite() {
    let stores = TestStores::new(Engine::Sqlite);
    let (other, scope) = stores.another_tenant();
    let engine = Engine::Sqlite;
    let open = |tenant| {
        let mut conn = SqliteConnection::establish(stores.file(tenant).to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
        conn
    };
    let mut first = open(stores.tenant);
    let catalog = of_sqlite(&mut first, "tenant");
    for (name, table) in &catalog {
        for (conn, seed) in [(&mut first, FIRST), (&mut open(other), SECOND)] {
            conn.batch_execute(&insert(engine, name, table, seed, &|_| None, None))
                .unwrap();
        }
    }
    let everything = |conn: &mut SqliteConnection| {
        let all = |name: &String| format!("SELECT '{name}' || count(*) AS value FROM {name}");
        super::catalog::on_sqlite(
            conn,
            &catalog
                .keys()
                .map(all)
                .collect::<Vec<_>>()
                .join(" UNION ALL "),
        )
    };
    let before = everything(&mut first);
    let mut wrong = Vec::new();
    for (name, table) in &catalog {
        let rule = rule(&format!("tenant.{name}"));
        let row = key(engine, table, FIRST);
        let column = &table.columns.last().unwrap().0;
        let statements = [
            (
                Verb::Update,
                format!("UPDATE {name} SET {column} = {column} WHERE {row}"),
            ),
            (
                Verb::Returning,
                format!("UPDATE {name} SET {column} = {column} WHERE {row} RETURNING {column}"),
            ),
            (Verb::Delete, format!("DELETE FROM {name} WHERE {row}")),
        ];
        let select = format!("SELECT * FROM {name} WHERE {row}");
        for (verb, statement) in [(Verb::Select, select)].into_iter().chain(statements) {
            // The other company's file has no such row; whether the trail would let go of one is told by its own test.
            let cell = in_scope(&scope, statement.clone()).await;
            if cell != Some(0) && !(rule == Grows && cell.is_none()) {
                wrong.push(format!("{name} {verb:?} Other: {cell:?}"));
            }
            let there: Result<usize, _> = stores
                .stores
                .control
                .write(move |c| {
                    let Conn::Sqlite(_) = c.db() else {
                        panic!("not a file")
                    };
                    Ok(sql_query(&statement).execute(c.db())?)
                })
                .await;
            // The planes have a few names in common; a row of the company is in none of the control plane's tables.
            if !matches!(there, Ok(0) | Err(_)) {
                wrong.push(format!("{name} {verb:?} Control: {there:?}"));
            }
        }
        for asked in &table.foreign_keys {
            let seed = |column: &str| {
                let named = |key: &super::catalog::ForeignKey| {
                    key.columns.iter().any(|name| name == column)
                };
                if named(asked) {
                    Some(FIRST)
                } else {
                    table.foreign_keys.iter().any(named).then_some(SECOND)
                }
            };
            let cell = in_scope(&scope, insert(engine, name, table, FRESH, &seed, None)).await;
            if cell.is_some() {
                wrong.push(format!("{name} {:?} Other: {cell:?}", asked.columns));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(everything(&mut first), before);
}
