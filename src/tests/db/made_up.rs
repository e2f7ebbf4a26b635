//! Rows for every table there is, made from the catalogue alone: every id of a row is its seed, so that rows of one seed refer to
//! each other whatever the tables are.

use super::catalog::Table;
use crate::harness::engine::Engine;

/// A value of this type, told by the seed.
pub fn literal(engine: Engine, kind: &str, column: &str, seed: u32) -> String {
    let is_time = column.ends_with("_at") || column == "at" || column.ends_with("_until");
    match (engine, kind) {
        (_, "uuid") => format!("'00000000-0000-7000-8000-0000{seed:08x}'"),
        (_, "timestamp with time zone") => "'2026-01-01T00:00:00.000000Z'".to_owned(),
        (_, "boolean") => "true".to_owned(),
        (_, "bytea") => format!("'\\x{seed:08x}'"),
        (_, "BLOB") => format!("x'00000000000070008000{seed:012x}'"),
        (_, "TEXT") if is_time => "'2026-01-01T00:00:00.000000Z'".to_owned(),
        (_, "text" | "TEXT") => format!("'row {seed}'"),
        (_, "bigint" | "INTEGER") => seed.to_string(),
        _ => panic!("{kind}: no made-up value of this type"),
    }
}

/// The condition that finds the row of a seed by its key.
pub fn key(engine: Engine, table: &Table, seed: u32) -> String {
    let of = |name: &String| {
        let kind = &table
            .columns
            .iter()
            .find(|(column, ..)| column == name)
            .unwrap()
            .1;
        format!("{name} = {}", literal(engine, kind, name, seed))
    };
    table
        .primary_key
        .iter()
        .map(of)
        .collect::<Vec<_>>()
        .join(" AND ")
}

/// Adds the row of a seed, whose columns `as_other` names have the values of another seed. `tenant` is the company, where the table
/// has that column and the scope does not fill it in.
pub fn insert(
    engine: Engine,
    name: &str,
    table: &Table,
    seed: u32,
    as_other: &dyn Fn(&str) -> Option<u32>,
    tenant: Option<&str>,
) -> String {
    let (mut names, mut values) = (Vec::new(), Vec::new());
    if let Some(tenant) = tenant {
        names.push("tenant_id".to_owned());
        values.push(format!("'{tenant}'"));
    }
    for (column, kind, _) in &table.columns {
        names.push(column.clone());
        values.push(literal(
            engine,
            kind,
            column,
            as_other(column).unwrap_or(seed),
        ));
    }
    format!(
        "INSERT INTO {name} ({}) VALUES ({})",
        names.join(", "),
        values.join(", ")
    )
}
