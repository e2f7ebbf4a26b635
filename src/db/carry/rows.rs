//! Reading the rows of a table one after another, and writing them in batches.

use diesel::connection::DefaultLoadingMode;
use diesel::pg::PgRowByRowLoadingMode;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Binary, Double, Nullable, Text};
use diesel::sqlite::Sqlite;

use super::Change;
use super::cell::{Cell, FileRow, as_text};
use super::table::{Table, describe, quoted, refers_to_itself};
use crate::db::Conn;
use crate::{Error, Result};

/// Values bound in one statement on SQLite, which takes 32,766.
const BOUND_AT_ONCE: usize = 2_000;
/// Rows of one statement on PostgreSQL.
const ROWS_AT_ONCE: usize = 1_000;

#[derive(QueryableByName)]
struct ServerRow {
    #[diesel(sql_type = Array<Nullable<Text>>)]
    cells: Vec<Option<String>>,
}

/// Hands over every row by its key; those whose `last` columns say nothing come first. On PostgreSQL the tenant plane shows the
/// one company of the transaction, to whichever role asks.
pub(super) fn each(
    conn: &mut Conn,
    plane: &str,
    table: &Table,
    last: &[String],
    take: &mut dyn FnMut(Vec<Cell>) -> Result<()>,
) -> Result<()> {
    let name = quoted(&table.name);
    let mut order: Vec<String> = last
        .iter()
        .map(|column| format!("({} IS NOT NULL)", quoted(column)))
        .collect();
    match conn {
        Conn::Sqlite(conn) => {
            order.extend(table.key.iter().map(|column| quoted(column)));
            let statement = format!(
                "SELECT {} FROM {name} ORDER BY {}",
                table.listed(),
                order.join(", ")
            );
            let rows =
                diesel::sql_query(statement).load_iter::<FileRow, DefaultLoadingMode>(conn)?;
            for row in rows {
                take(row?.0)?;
            }
        }
        Conn::Postgres(conn) => {
            let shown: Vec<String> = table
                .columns
                .iter()
                .zip(&table.kinds)
                .map(|(column, kind)| kind.shown(&quoted(column)))
                .collect();
            order.extend(table.key.iter().map(|column| {
                let is_text = table
                    .place(column)
                    .and_then(|place| table.kinds.get(place))
                    .is_some_and(|kind| *kind == super::cell::Kind::Text);
                // Bytes in their order, as SQLite has it, whatever language the database speaks.
                let order = if is_text { " COLLATE \"C\"" } else { "" };
                format!("{}{order}", quoted(column))
            }));
            let own = if plane == "tenant" {
                " WHERE tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid"
            } else {
                ""
            };
            let statement = format!(
                "SELECT ARRAY[{}]::text[] AS cells FROM {name}{own} ORDER BY {}",
                shown.join(", "),
                order.join(", ")
            );
            let rows =
                diesel::sql_query(statement).load_iter::<ServerRow, PgRowByRowLoadingMode>(conn)?;
            for row in rows {
                let cells = row?.cells.into_iter().zip(&table.kinds);
                take(
                    cells
                        .map(|(text, kind)| kind.cell(text))
                        .collect::<Result<_>>()?,
                )?;
            }
        }
    }
    Ok(())
}

/// A long read is not a hanging one.
pub(super) fn without_time_limit(conn: &mut Conn) -> Result<()> {
    if let Conn::Postgres(conn) = conn {
        diesel::sql_query("SET LOCAL statement_timeout = 0").execute(conn)?;
    }
    Ok(())
}

/// Copies tables, parents first, and says how many rows each has.
pub(super) fn copy(
    from: &mut Conn,
    plane: &str,
    to: &mut Conn,
    tables: &[&str],
    change: Change<'_>,
    told: &dyn Fn(&str, u64),
) -> Result<()> {
    without_time_limit(from)?;
    for name in tables {
        let source = describe(from, plane, name)?;
        let target = describe(to, plane, name)?;
        if source.columns != target.columns {
            return Err(Error::internal(format!(
                "the table {name} has other columns where its rows come from"
            )));
        }
        let last = refers_to_itself(from, name)?;
        let most = match to {
            Conn::Sqlite(_) => (BOUND_AT_ONCE / target.columns.len().max(1)).max(1),
            Conn::Postgres(_) => ROWS_AT_ONCE,
        };
        let mut batch: Vec<Vec<Cell>> = Vec::with_capacity(most);
        let mut count = 0;
        each(from, plane, &source, &last, &mut |mut row| {
            change(&source, &mut row)?;
            batch.push(row);
            count += 1;
            if batch.len() == most {
                insert(to, &target, std::mem::take(&mut batch))?;
                told(name, count);
            }
            Ok(())
        })?;
        insert(to, &target, batch)?;
        told(name, count);
    }
    Ok(())
}

fn insert(to: &mut Conn, table: &Table, rows: Vec<Vec<Cell>>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let name = quoted(&table.name);
    let listed = table.listed();
    match to {
        Conn::Sqlite(conn) => {
            let marks = vec!["?"; table.columns.len()].join(", ");
            let marks = vec![format!("({marks})"); rows.len()].join(", ");
            let statement = format!("INSERT INTO {name} ({listed}) VALUES {marks}");
            let mut query = diesel::sql_query(statement).into_boxed::<Sqlite>();
            for cell in rows.into_iter().flatten() {
                query = match cell {
                    Cell::Null => query.bind::<Nullable<Text>, _>(None::<String>),
                    Cell::Int(value) => query.bind::<BigInt, _>(value),
                    Cell::Real(value) => query.bind::<Double, _>(value),
                    Cell::Text(text) => query.bind::<Text, _>(text),
                    Cell::Bytes(bytes) => query.bind::<Binary, _>(bytes),
                };
            }
            query.execute(conn)?;
        }
        Conn::Postgres(conn) => {
            let mut columns: Vec<Vec<Option<String>>> = vec![Vec::new(); table.columns.len()];
            for row in rows {
                for (column, cell) in columns.iter_mut().zip(row) {
                    column.push(as_text(cell));
                }
            }
            let places = 1..=table.columns.len();
            let arrays: Vec<String> = places.clone().map(|n| format!("${n}::text[]")).collect();
            let names: Vec<String> = places.clone().map(|n| format!("c{n}")).collect();
            let taken: Vec<String> = names
                .iter()
                .zip(&table.kinds)
                .map(|(name, kind)| kind.taken(name))
                .collect();
            let statement = format!(
                "INSERT INTO {name} ({listed}) SELECT {} FROM unnest({}) AS given({})",
                taken.join(", "),
                arrays.join(", "),
                names.join(", ")
            );
            let mut query = diesel::sql_query(statement).into_boxed::<diesel::pg::Pg>();
            for column in columns {
                query = query.bind::<Array<Nullable<Text>>, _>(column);
            }
            query.execute(conn)?;
        }
    }
    Ok(())
}
