//! Migrations, the schema files that Rust reads, and both engines tell of the same tables; every key of PostgreSQL carries its company.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use diesel::{Connection, PgConnection, SqliteConnection};

use super::catalog::{Catalog, of_postgres, of_sqlite, on_postgres, on_sqlite};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

const PLANES: [&str; 2] = ["control", "tenant"];

fn sqlite(stores: &TestStores, plane: &str) -> SqliteConnection {
    let path = match plane {
        "control" => stores.options.data_dir.join("control.db"),
        _ => stores.file(stores.tenant),
    };
    SqliteConnection::establish(path.to_str().unwrap()).unwrap()
}

fn superuser(stores: &TestStores) -> PgConnection {
    PgConnection::establish(&stores.database.as_ref().unwrap().superuser).unwrap()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// A table of a schema file: its key, and its columns with their types.
type Declared = BTreeMap<String, (Vec<String>, Vec<(String, String)>)>;

fn declared(plane: &str) -> Declared {
    let text = fs::read_to_string(root().join(format!("src/db/schema/{plane}.rs"))).unwrap();
    let mut tables = Declared::new();
    for block in text.split("diesel::table! {").skip(1) {
        let mut lines = block
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with("use "));
        let head = lines.next().unwrap();
        let (name, key) = head.strip_suffix(") {").unwrap().split_once(" (").unwrap();
        let columns = lines.map_while(|line| line.strip_suffix(',')?.split_once(" -> "));
        let columns = columns
            .map(|(name, kind)| (name.to_owned(), kind.to_owned()))
            .collect();
        let key = key.split(", ").map(str::to_owned).collect();
        tables.insert(name.to_owned(), (key, columns));
    }
    assert!(
        tables.len() > 3,
        "the schema file of {plane} reads differently now"
    );
    tables
}

/// What a declared type is called by each engine.
fn engine_type(engine: Engine, declared: &str) -> &'static str {
    let (sqlite, postgres) = match declared {
        "Key" => ("BLOB", "uuid"),
        "Instant" => ("TEXT", "timestamp with time zone"),
        "Text" => ("TEXT", "text"),
        "BigInt" => ("INTEGER", "bigint"),
        "Bool" => ("INTEGER", "boolean"),
        "Binary" => ("BLOB", "bytea"),
        other => panic!("{other}: not a type both engines store alike"),
    };
    if engine == Engine::Sqlite {
        sqlite
    } else {
        postgres
    }
}

#[track_caller]
fn same_as_declared(engine: Engine, plane: &str, catalog: &Catalog) {
    let declared = declared(plane);
    let names =
        |tables: &mut dyn Iterator<Item = &String>| tables.cloned().collect::<BTreeSet<_>>();
    assert_eq!(
        names(&mut catalog.keys()),
        names(&mut declared.keys()),
        "{plane}"
    );
    for (name, table) in catalog {
        let (key, columns) = &declared[name];
        assert_eq!(&table.primary_key, key, "{plane}.{name}");
        let expected: Vec<_> = columns
            .iter()
            .map(|(column, kind)| {
                let inner = kind
                    .strip_prefix("Nullable<")
                    .and_then(|kind| kind.strip_suffix('>'));
                let kind = engine_type(engine, inner.unwrap_or(kind));
                (column.clone(), kind.to_owned(), inner.is_some())
            })
            .collect();
        assert_eq!(table.columns, expected, "{plane}.{name} on {engine:?}");
        assert!(
            table.columns.len() <= 31,
            "{plane}.{name}: diesel is built for 32 columns"
        );
    }
}

#[test]
fn schema_files_say_what_the_migrations_make() {
    let files = TestStores::new(Engine::Sqlite);
    let server = TestStores::new(Engine::Postgres);
    for plane in PLANES {
        let on_sqlite = of_sqlite(&mut sqlite(&files, plane), plane);
        same_as_declared(Engine::Sqlite, plane, &on_sqlite);
        let on_postgres = of_postgres(&mut superuser(&server), plane);
        same_as_declared(Engine::Postgres, plane, &on_postgres);
        for (name, table) in &on_sqlite {
            let other = &on_postgres[name];
            assert_eq!(table.uniques, other.uniques, "{plane}.{name}");
            assert_eq!(table.indexes, other.indexes, "{plane}.{name}");
            assert_eq!(table.foreign_keys, other.foreign_keys, "{plane}.{name}");
        }
        assert_eq!(checks(plane, "sqlite"), checks(plane, "postgres"));
    }
}

/// The checks of all migrations, table by table, in words. Those of a single column are what SQLite needs for a boolean.
fn checks(plane: &str, engine: &str) -> BTreeSet<(String, String)> {
    let mut checks = BTreeSet::new();
    for name in migrations(plane, engine) {
        let path = root().join(format!("migrations/{plane}/{engine}/{name}/up.sql"));
        let mut table = String::new();
        for line in fs::read_to_string(path).unwrap().lines() {
            if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
                table = rest.trim_end_matches(" (").to_owned();
            }
            if let Some(check) = line.trim().strip_prefix("CHECK ") {
                checks.insert((table.clone(), check.trim_end_matches(',').to_owned()));
            }
        }
    }
    checks
}

fn migrations(plane: &str, engine: &str) -> BTreeSet<String> {
    let folder = root().join(format!("migrations/{plane}/{engine}"));
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn both_engines_take_the_same_steps_both_ways() {
    for plane in PLANES {
        assert_eq!(migrations(plane, "sqlite"), migrations(plane, "postgres"));
        for engine in ["sqlite", "postgres"] {
            for name in migrations(plane, engine) {
                for way in ["up.sql", "down.sql"] {
                    let path = root().join(format!("migrations/{plane}/{engine}/{name}/{way}"));
                    assert!(!fs::read_to_string(path).unwrap().trim().is_empty());
                }
            }
        }
    }
}

/// Each foreign key is the beginning of an index, or the deletion of what it refers to walks the whole table.
#[test]
fn every_foreign_key_is_indexed() {
    let files = TestStores::new(Engine::Sqlite);
    for plane in PLANES {
        // The other engine's keys and indexes are the same: another test.
        for (name, table) in of_sqlite(&mut sqlite(&files, plane), plane) {
            for key in &table.foreign_keys {
                let begins = |columns: &[String]| columns.starts_with(&key.columns);
                let set = format!("{} IS NOT NULL", key.columns[0]);
                let indexed = begins(&table.primary_key)
                    || table
                        .uniques
                        .iter()
                        .any(|(columns, only)| begins(columns) && only.is_empty())
                    || table.indexes.iter().any(|(_, columns, only)| {
                        begins(columns) && (only.is_empty() || *only == set)
                    });
                assert!(
                    indexed,
                    "{plane}.{name}: no index begins with {:?}",
                    key.columns
                );
            }
        }
    }
}

#[test]
fn every_table_of_sqlite_is_strict() {
    let files = TestStores::new(Engine::Sqlite);
    for plane in PLANES {
        let loose = on_sqlite(
            &mut sqlite(&files, plane),
            "SELECT name AS value FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0 \
             AND name NOT LIKE 'sqlite_%' AND name <> '__diesel_schema_migrations'",
        );
        assert!(loose.is_empty(), "{plane}: {loose:?}");
    }
}

#[test]
fn every_table_of_a_company_keeps_others_out() {
    let server = TestStores::new(Engine::Postgres);
    let mut conn = superuser(&server);
    let tables = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
                  WHERE n.nspname = 'tenant' AND c.relkind = 'r' AND c.relname <> '__diesel_schema_migrations'";
    let tables_of = format!("SELECT c.oid, c.relname {tables}");
    let all = on_postgres(&mut conn, &format!("SELECT c.relname AS value {tables}"));
    assert!(all.len() > 10);

    let setting = "(NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::uuid";
    // Each asks for the tables that break one rule.
    let own = format!("(tenant_id = {setting})");
    for (rule, broken) in [
        (
            "tenant_id is there, required, and filled by the scope",
            format!(
                "SELECT c.relname AS value {tables} AND NOT EXISTS (SELECT 1 FROM pg_attribute a \
                 JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE a.attrelid = c.oid AND a.attname = 'tenant_id' \
                 AND a.attnotnull AND a.atttypid = 'uuid'::regtype AND pg_get_expr(d.adbin, d.adrelid) = '{setting}')"
            ),
        ),
        (
            "row-level security is on, for the owner too",
            format!("SELECT c.relname AS value {tables} AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"),
        ),
        (
            "requests see and write their company's rows alone",
            format!(
                "SELECT c.relname AS value {tables} AND NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.schemaname = 'tenant' \
                 AND p.tablename = c.relname AND p.roles = ARRAY['steading_app']::name[] AND p.cmd = 'ALL' AND p.permissive = 'PERMISSIVE' \
                 AND p.qual = '{own}' AND p.with_check = '{own}')"
            ),
        ),
        (
            "the owner sees all by a policy of its own, and there is no third",
            format!(
                "SELECT c.relname AS value {tables} AND (SELECT count(*) FILTER (WHERE p.roles = ARRAY['steading_owner']::name[] AND p.qual = 'true') * 10 \
                 + count(*) FROM pg_policies p WHERE p.schemaname = 'tenant' AND p.tablename = c.relname) <> 12"
            ),
        ),
        (
            "unique keys and indexes begin with the company",
            format!(
                "SELECT c.relname || ' ' || i.indexrelid::regclass AS value FROM pg_index i JOIN ({tables_of}) c ON c.oid = i.indrelid \
                 JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0] WHERE a.attname <> 'tenant_id'"
            ),
        ),
        (
            "foreign keys hold the company on both sides",
            format!(
                "SELECT o.conname AS value FROM pg_constraint o JOIN ({tables_of}) c ON c.oid = o.conrelid \
                 JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = o.conkey[1] \
                 JOIN pg_attribute b ON b.attrelid = o.confrelid AND b.attnum = o.confkey[1] \
                 WHERE o.contype = 'f' AND NOT (a.attname = 'tenant_id' AND b.attname = 'tenant_id')"
            ),
        ),
        (
            "no view, sequence or function looks past the policies",
            "SELECT c.relname AS value FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname IN ('tenant', 'control') AND c.relkind NOT IN ('r', 'i') \
             UNION ALL SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname IN ('tenant', 'control', 'public') AND (p.proname <> 'touch' OR p.prosecdef)"
                .to_owned(),
        ),
        (
            "everything belongs to the owner role",
            "SELECT c.relname AS value FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             WHERE n.nspname IN ('tenant', 'control') AND c.relowner <> 'steading_owner'::regrole"
                .to_owned(),
        ),
        (
            "each plane's role has nothing in the other's schema, nor in the list of migrations",
            "SELECT r.role || ' ' || c.oid::regclass AS value FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN (VALUES ('steading_app', 'control'), ('steading_control', 'tenant')) r(role, schema) \
             ON n.nspname = r.schema OR c.relname = '__diesel_schema_migrations' \
             WHERE n.nspname IN ('tenant', 'control') AND c.relkind = 'r' AND has_table_privilege(r.role, c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')"
                .to_owned(),
        ),
        (
            "the trail can be added to and read, nothing else",
            "SELECT r.role AS value FROM (VALUES ('steading_app', 'tenant.audit_events'), ('steading_control', 'control.audit_events')) r(role, name) \
             WHERE has_table_privilege(r.role, r.name, 'UPDATE, DELETE, TRUNCATE') OR NOT has_table_privilege(r.role, r.name, 'INSERT')"
                .to_owned(),
        ),
        (
            "request roles are nobody special",
            "SELECT rolname::text AS value FROM pg_roles WHERE rolname IN ('steading_app', 'steading_control', 'steading_request') \
             AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)"
                .to_owned(),
        ),
    ] {
        let broken = on_postgres(&mut conn, &broken);
        assert!(broken.is_empty(), "{rule}: {broken:?}");
    }
}

#[test]
fn the_request_login_may_make_nothing() {
    let server = TestStores::new(Engine::Postgres);
    for role in ["steading_request", "steading_app", "steading_control"] {
        for statement in [
            "CREATE TABLE tenant.mine (a int)",
            "CREATE TABLE control.mine (a int)",
            "CREATE TABLE public.mine (a int)",
            "CREATE TEMP TABLE mine (a int)",
            "CREATE SCHEMA mine",
            "CREATE ROLE mine",
            "SELECT set_config('app.tenant_id', '00000000-0000-0000-0000-000000000000', true)",
            "DO $$ BEGIN END $$",
            "CREATE FUNCTION public.mine() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
            "SELECT lo_create(0)",
            "SELECT pg_read_file('/etc/passwd')",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ] {
            use diesel::connection::SimpleConnection;
            let mut conn =
                PgConnection::establish(&server.database.as_ref().unwrap().request).unwrap();
            if role != "steading_request" {
                conn.batch_execute(&format!("SET ROLE {role}")).unwrap();
            }
            let refused = conn.batch_execute(statement).unwrap_err().to_string();
            assert!(
                refused.contains("permission denied") || refused.contains("must be superuser"),
                "{role}: {statement}: {refused}"
            );
        }
    }
}
