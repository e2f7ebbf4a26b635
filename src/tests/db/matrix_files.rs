//! The matrix on SQLite, where each company is a file: no statement of one company is about a row of another's.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::{SqliteConnection, sql_query};
use steading::db::{Conn, Scope};
use steading::id::TenantId;

use super::catalog::of_sqlite;
use super::made_up::{insert, key};
use super::matrix::Rule::Grows;
use super::matrix::{Cell, FIRST, FRESH, SECOND, Verb, rule};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// What a scope's own statement does: rows it is about, or a refusal.
async fn in_scope(scope: &Scope, statement: String) -> Cell {
    let done = scope
        .write(move |c| Ok(sql_query(&statement).execute(c.db())?))
        .await;
    done.ok().map(|rows| i64::try_from(rows).unwrap())
}

/// How many rows a scope's own query finds.
async fn found_in(scope: &Scope, query: String) -> Cell {
    let found = scope.read(move |c| Ok(sql_query(&query).get_result::<Number>(c.db())?));
    found.await.ok().map(|number| number.value)
}

/// Every cell that is not as its table's rule says, and whether the first company's rows changed. `plant` is run once both
/// companies have their rows.
async fn wrong(plant: impl AsyncFnOnce(&TestStores, TenantId)) -> Vec<String> {
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
    plant(&stores, other).await;
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
        let query = format!("SELECT count(*) AS value FROM {name} WHERE {row}");
        let cell = found_in(&scope, query).await;
        if cell != Some(0) {
            wrong.push(format!("{name} {:?} Other: {cell:?}", Verb::Select));
        }
        for (verb, statement) in statements {
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
    let after = everything(&mut first);
    if after != before {
        wrong.push(format!("{after:?}, not {before:?}"));
    }
    wrong
}

#[tokio::test]
async fn every_cell_is_what_its_rule_says_on_sqlite() {
    let wrong = wrong(async |_, _| {}).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn the_matrix_sees_a_neighbours_file() {
    let wrong = wrong(async |stores, other| {
        stores.put_file_in_place_of(stores.tenant, other).await;
    })
    .await;
    for told in [
        "links Select Other: Some(1)",
        "links Update Other: Some(1)",
        "links Returning Other: Some(1)",
        "links Delete Other: Some(1)",
    ] {
        assert!(wrong.iter().any(|one| one == told), "{told}: {wrong:?}");
    }
}
