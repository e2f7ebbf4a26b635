//! What a store really holds, asked of its catalogue and written so that both engines give the same: `tenant_id` is left out, since
//! only PostgreSQL has it, and types are named as `src/db/schema` names them.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use diesel::{PgConnection, SqliteConnection};

/// One plane's tables.
pub type Catalog = BTreeMap<String, Table>;

#[derive(Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// (name, type, nullable), in order.
    pub columns: Vec<(String, String, bool)>,
    pub primary_key: Vec<String>,
    /// Columns of unique keys and indexes, with the condition of a partial one.
    pub uniques: BTreeSet<(Vec<String>, String)>,
    /// (name, columns, condition).
    pub indexes: BTreeSet<(String, Vec<String>, String)>,
    pub foreign_keys: BTreeSet<ForeignKey>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ForeignKey {
    pub columns: Vec<String>,
    pub table: String,
    pub referred: Vec<String>,
    pub on_delete: String,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    value: String,
}

/// The text column `value` of every row.
pub fn on_sqlite(conn: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let lines: Vec<Line> = sql_query(statement)
        .load(conn)
        .unwrap_or_else(|e| panic!("{statement}: {e}"));
    lines.into_iter().map(|line| line.value).collect()
}

/// The text column `value` of every row.
pub fn on_postgres(conn: &mut PgConnection, statement: &str) -> Vec<String> {
    let lines: Vec<Line> = sql_query(statement)
        .load(conn)
        .unwrap_or_else(|e| panic!("{statement}: {e}"));
    lines.into_iter().map(|line| line.value).collect()
}

fn split(line: &str) -> Vec<String> {
    line.split('|').map(str::to_owned).collect()
}

/// Column names of a list, without the one that only PostgreSQL has.
fn names(list: &str, plane: &str) -> Vec<String> {
    let all = list.split(',').filter(|name| !name.is_empty());
    all.filter(|name| plane == "control" || *name != "tenant_id")
        .map(str::to_owned)
        .collect()
}

/// `(state = 'ready'::text)` and `state = 'ready'` are one condition.
fn condition(text: &str) -> String {
    text.replace("::text", "")
        .replace(['(', ')'], "")
        .trim()
        .to_owned()
}

/// The catalogue of a SQLite file.
pub fn of_sqlite(conn: &mut SqliteConnection, plane: &str) -> Catalog {
    let mut catalog = Catalog::new();
    let tables = on_sqlite(
        conn,
        "SELECT name AS value FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_\\_%' ESCAPE '\\'",
    );
    for name in tables {
        let mut table = Table::default();
        for line in on_sqlite(
            conn,
            &format!(
                "SELECT name || '|' || type || '|' || \"notnull\" AS value FROM pragma_table_xinfo('{name}') ORDER BY cid"
            ),
        ) {
            let parts = split(&line);
            table
                .columns
                .push((parts[0].clone(), parts[1].clone(), parts[2] == "0"));
        }
        table.primary_key = on_sqlite(
            conn,
            &format!(
                "SELECT name AS value FROM pragma_table_xinfo('{name}') WHERE pk > 0 ORDER BY pk"
            ),
        );
        for line in on_sqlite(
            conn,
            &format!(
                "SELECT l.name || '|' || l.\"unique\" || '|' || l.origin || '|' \
                 || (SELECT group_concat(i.name, ',') FROM (SELECT name FROM pragma_index_info(l.name) ORDER BY seqno) i) \
                 || '|' || coalesce((SELECT substr(sql, instr(sql, ' WHERE ') + 7) FROM sqlite_schema s WHERE s.name = l.name AND instr(sql, ' WHERE ') > 0), '') AS value \
                 FROM pragma_index_list('{name}') l"
            ),
        ) {
            let parts = split(&line);
            let columns = names(&parts[3], plane);
            match (parts[1].as_str(), parts[2].as_str()) {
                (_, "pk") => {}
                ("1", _) => drop(table.uniques.insert((columns, condition(&parts[4])))),
                _ => drop(
                    table
                        .indexes
                        .insert((parts[0].clone(), columns, condition(&parts[4]))),
                ),
            }
        }
        for line in on_sqlite(
            conn,
            &format!(
                "SELECT group_concat(\"from\", ',') || '|' || \"table\" || '|' || group_concat(\"to\", ',') || '|' || on_delete AS value \
                 FROM (SELECT * FROM pragma_foreign_key_list('{name}') ORDER BY id, seq) GROUP BY id, \"table\", on_delete"
            ),
        ) {
            let parts = split(&line);
            table.foreign_keys.insert(ForeignKey {
                columns: names(&parts[0], plane),
                table: parts[1].clone(),
                referred: names(&parts[2], plane),
                on_delete: parts[3].clone(),
            });
        }
        catalog.insert(name, table);
    }
    catalog
}

/// The catalogue of a PostgreSQL schema.
pub fn of_postgres(conn: &mut PgConnection, plane: &str) -> Catalog {
    let mut catalog = Catalog::new();
    for line in on_postgres(
        conn,
        &format!(
            "SELECT c.table_name || '|' || c.column_name || '|' || c.data_type || '|' || c.is_nullable AS value \
             FROM information_schema.columns c WHERE c.table_schema = '{plane}' AND c.table_name NOT LIKE '\\_\\_%' \
             ORDER BY c.table_name, c.ordinal_position"
        ),
    ) {
        let parts = split(&line);
        let table = catalog.entry(parts[0].clone()).or_default();
        if plane == "control" || parts[1] != "tenant_id" {
            table
                .columns
                .push((parts[1].clone(), parts[2].clone(), parts[3] == "YES"));
        }
    }
    for line in on_postgres(
        conn,
        &format!(
            "SELECT t.relname || '|' || i.relname || '|' || x.indisprimary || '|' || x.indisunique || '|' \
             || (SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest(x.indkey::int[]) WITH ORDINALITY k(number, place) \
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.number) \
             || '|' || coalesce(pg_get_expr(x.indpred, x.indrelid), '') AS value \
             FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid \
             JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = '{plane}' AND t.relname NOT LIKE '\\_\\_%'"
        ),
    ) {
        let parts = split(&line);
        let table = catalog.get_mut(&parts[0]).unwrap();
        let columns = names(&parts[4], plane);
        match (parts[2].as_str(), parts[3].as_str()) {
            ("true", _) => table.primary_key = columns,
            (_, "true") => drop(table.uniques.insert((columns, condition(&parts[5])))),
            _ => drop(
                table
                    .indexes
                    .insert((parts[1].clone(), columns, condition(&parts[5]))),
            ),
        }
    }
    for line in on_postgres(
        conn,
        &format!(
            "SELECT t.relname || '|' || {from} || '|' || r.relname || '|' || {to} || '|' \
             || CASE c.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE c.confdeltype::text END AS value \
             FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid \
             JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname = '{plane}' AND c.contype = 'f'",
            from = columns_of("c.conkey", "c.conrelid"),
            to = columns_of("c.confkey", "c.confrelid"),
        ),
    ) {
        let parts = split(&line);
        catalog
            .get_mut(&parts[0])
            .unwrap()
            .foreign_keys
            .insert(ForeignKey {
                columns: names(&parts[1], plane),
                table: parts[2].clone(),
                referred: names(&parts[3], plane),
                on_delete: parts[4].clone(),
            });
    }
    catalog
}

fn columns_of(numbers: &str, table: &str) -> String {
    format!(
        "(SELECT string_agg(a.attname, ',' ORDER BY k.place) FROM unnest({numbers}) WITH ORDINALITY k(number, place) \
         JOIN pg_attribute a ON a.attrelid = {table} AND a.attnum = k.number)"
    )
}

/// Everything a SQLite file says of its shape.
pub fn dump_sqlite(conn: &mut SqliteConnection) -> Vec<String> {
    on_sqlite(
        conn,
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS value FROM sqlite_schema WHERE name NOT LIKE '\\_\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite_autoindex___diesel%' ORDER BY 1",
    )
}

/// Everything a PostgreSQL schema says of its shape, rights and policies included.
pub fn dump_postgres(conn: &mut PgConnection, plane: &str) -> Vec<String> {
    let of = "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname =";
    let mut lines = on_postgres(
        conn,
        &format!(
            "SELECT 'table ' || c.relname || ' ' || c.relkind::text || c.relrowsecurity::text || c.relforcerowsecurity::text || coalesce(c.relacl::text, '') AS value \
             FROM pg_class c {of} '{plane}' AND c.relkind <> 'i' AND c.relname NOT LIKE '\\_\\_%' \
             UNION ALL SELECT 'column ' || c.relname || (row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum))::text || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || a.attnotnull::text \
                 || coalesce(pg_get_expr(d.adbin, d.adrelid), '') \
             FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
                 {of} '{plane}' AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind = 'r' AND c.relname NOT LIKE '\\_\\_%' \
             UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = '{plane}' AND tablename NOT LIKE '\\_\\_%' \
             UNION ALL SELECT 'constraint ' || c.relname || ' ' || o.conname || ' ' || pg_get_constraintdef(o.oid) \
                 FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid {of} '{plane}' AND c.relname NOT LIKE '\\_\\_%' \
             UNION ALL SELECT 'trigger ' || pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid {of} '{plane}' AND NOT t.tgisinternal \
             UNION ALL SELECT 'policy ' || p::text FROM pg_policies p WHERE p.schemaname = '{plane}'"
        ),
    );
    lines.sort();
    lines
}
