//! What a table looks like: its columns by name, and the order of its rows.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::cell::Kind;
use crate::db::Conn;
use crate::{Error, Result};

/// A table, without the column that PostgreSQL tells companies apart by.
#[derive(Debug, Clone)]
pub struct Table {
    /// Its name.
    pub name: String,
    /// Its columns, by name.
    pub columns: Vec<String>,
    /// How PostgreSQL keeps them; nothing where a file does.
    pub(super) kinds: Vec<Kind>,
    /// Its key, in order.
    pub(super) key: Vec<String>,
}

impl Table {
    /// The place of a column in a row.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|known| known == column)
    }

    /// Its columns in a statement.
    pub(super) fn listed(&self) -> String {
        let names: Vec<String> = self.columns.iter().map(|name| quoted(name)).collect();
        names.join(", ")
    }
}

/// A name in a statement.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[derive(QueryableByName)]
struct FileColumn {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    place: i64,
}

#[derive(QueryableByName)]
struct ServerColumn {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    kind: String,
    #[diesel(sql_type = BigInt)]
    place: i64,
}

const ON_SERVER: &str = "SELECT a.attname::text AS name, format_type(a.atttypid, NULL) AS kind, \
    coalesce(array_position(i.indkey::int2[], a.attnum), -1)::bigint AS place \
    FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary \
    WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped \
    AND NOT ($2 = 'tenant' AND a.attname = 'tenant_id') ORDER BY a.attname COLLATE \"C\"";

/// A table as the store behind `conn` has it.
pub(super) fn describe(conn: &mut Conn, plane: &str, name: &str) -> Result<Table> {
    let (columns, kinds, mut keyed) = match conn {
        Conn::Sqlite(conn) => {
            let mut found: Vec<FileColumn> = diesel::sql_query(
                "SELECT name, CASE pk WHEN 0 THEN -1 ELSE pk END AS place FROM pragma_table_info($1)",
            )
            .bind::<Text, _>(name)
            .load(conn)?;
            found.sort_by(|a, b| a.name.cmp(&b.name));
            let key = found.iter().map(|c| (c.place, c.name.clone())).collect();
            let names = found.into_iter().map(|c| c.name).collect();
            (names, Vec::new(), key)
        }
        Conn::Postgres(conn) => {
            let found: Vec<ServerColumn> = diesel::sql_query(ON_SERVER)
                .bind::<Text, _>(format!("{plane}.{name}"))
                .bind::<Text, _>(plane)
                .load(conn)?;
            let kinds = found
                .iter()
                .map(|c| Kind::of(&c.kind))
                .collect::<Result<Vec<_>>>()?;
            let key: Vec<(i64, String)> = found.iter().map(|c| (c.place, c.name.clone())).collect();
            let names: Vec<String> = found.into_iter().map(|c| c.name).collect();
            (names, kinds, key)
        }
    };
    keyed.retain(|(place, _)| *place >= 0);
    keyed.sort();
    if keyed.is_empty() {
        return Err(Error::internal(format!("there is no table {name}")));
    }
    Ok(Table {
        name: name.to_owned(),
        columns,
        kinds,
        key: keyed.into_iter().map(|(_, name)| name).collect(),
    })
}

/// Columns that refer to rows of the same table: those rows go first.
pub(super) fn refers_to_itself(conn: &mut Conn, name: &str) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct From {
        #[diesel(sql_type = Text)]
        column: String,
    }
    let Conn::Sqlite(conn) = conn else {
        return Ok(Vec::new());
    };
    let found: Vec<From> = diesel::sql_query(
        "SELECT \"from\" AS \"column\" FROM pragma_foreign_key_list($1) WHERE lower(\"table\") = lower($1)",
    )
    .bind::<Text, _>(name)
    .load(conn)?;
    Ok(found.into_iter().map(|from| from.column).collect())
}

/// Every table of a file of ours, parents first; not the list of steps, nor what the file says of itself.
pub(super) fn every(conn: &mut SqliteConnection) -> Result<Vec<String>> {
    #[derive(QueryableByName)]
    struct Name {
        #[diesel(sql_type = Text)]
        name: String,
    }
    #[derive(QueryableByName)]
    struct Edge {
        #[diesel(sql_type = Text)]
        child: String,
        #[diesel(sql_type = Text)]
        parent: String,
    }
    let names: Vec<Name> = diesel::sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name NOT LIKE '\\_%' ESCAPE '\\' ORDER BY name",
    )
    .load(conn)?;
    let edges: Vec<Edge> = diesel::sql_query(
        "SELECT DISTINCT t.name AS child, f.\"table\" AS parent FROM sqlite_schema t \
         JOIN pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND f.\"table\" <> t.name",
    )
    .load(conn)?;
    let mut waiting: Vec<String> = names.into_iter().map(|one| one.name).collect();
    let mut ordered: Vec<String> = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let (ready, rest): (Vec<String>, Vec<String>) = waiting.into_iter().partition(|name| {
            edges
                .iter()
                .filter(|edge| edge.child == *name)
                .all(|edge| ordered.contains(&edge.parent))
        });
        if ready.is_empty() {
            return Err(Error::internal("tables refer to each other in a circle"));
        }
        ordered.extend(ready);
        waiting = rest;
    }
    Ok(ordered)
}
