//! What a company's store holds against what it should: tables, indexes and triggers by name, foreign keys row by row, steps.

use std::collections::BTreeSet;
use std::sync::Arc;

use diesel::prelude::*;

use super::conn::{Conn, TenantConn};
use super::migrate::{self, Which};
use super::stores::StoreOptions;
use super::tenants::Tenants;
use crate::clock::Clock;
use crate::id::TenantId;
use crate::{Error, Result};

/// What was found in a company's store.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examined {
    /// How many tables it has.
    pub tables: usize,
    /// Tables that should be there and are not.
    pub missing_tables: Vec<String>,
    /// How many indexes it has.
    pub indexes: usize,
    /// Indexes that should be there and are not, or that do not hold.
    pub missing_indexes: Vec<String>,
    /// How many triggers it has.
    pub triggers: usize,
    /// Triggers that should be there and are not, or that are switched off.
    pub missing_triggers: Vec<String>,
    /// Foreign keys that should be there and are not, or that do not hold (PostgreSQL; SQLite keeps them with their tables).
    pub missing_keys: Vec<String>,
    /// Rows that point at nothing, or keys that were never checked.
    pub broken_keys: usize,
}

#[derive(diesel::QueryableByName)]
struct Object {
    #[diesel(sql_type = diesel::sql_types::Text)]
    kind: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

#[derive(diesel::QueryableByName)]
struct Newest {
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    version: Option<String>,
}

const NEWEST: &str = "SELECT max(version) AS version FROM __diesel_schema_migrations";
const ON_SQLITE: &str = "SELECT type AS kind, name FROM sqlite_schema \
    WHERE name NOT LIKE 'sqlite_%' AND name <> '__diesel_schema_migrations' AND type IN ('table', 'index', 'trigger')";
const ON_POSTGRES: &str = "SELECT 'table'::text AS kind, relname::text AS name FROM pg_class \
    WHERE relnamespace = 'tenant'::regnamespace AND relkind IN ('r', 'p') AND relname <> '__diesel_schema_migrations' \
    UNION ALL SELECT 'index', c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid \
    WHERE c.relnamespace = 'tenant'::regnamespace AND i.indisvalid AND i.indisready \
    UNION ALL SELECT 'trigger', t.tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid \
    WHERE c.relnamespace = 'tenant'::regnamespace AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A') \
    UNION ALL SELECT 'key', o.conname::text FROM pg_constraint o WHERE o.connamespace = 'tenant'::regnamespace AND o.contype = 'f' \
    AND (SELECT bool_and(t.tgenabled IN ('O', 'A')) FROM pg_trigger t WHERE t.tgconstraint = o.oid)";
/// Keys that PostgreSQL was told not to check.
const UNCHECKED: &str = "SELECT count(*) AS value FROM pg_constraint \
    WHERE connamespace = 'tenant'::regnamespace AND contype = 'f' AND NOT convalidated";
/// What ends the name of the triggers both engines have.
const ON_BOTH: &str = "_touch";

impl Tenants {
    /// Looks at everything in a company's store. Reads all rows that point at others on SQLite.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn examine(&self, tenant: TenantId) -> Result<Examined> {
        self.scope(tenant)?.read(examine).await
    }

    /// How many rows each table of a company holds, by name.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn count_rows(&self, tenant: TenantId) -> Result<Vec<(String, i64)>> {
        self.scope(tenant)?.read(rows).await
    }

    /// The steps a company's store still lacks. On PostgreSQL only its owner may read the list, so its address is needed there.
    ///
    /// # Errors
    /// Where the store cannot be read.
    pub async fn pending_steps(
        &self,
        tenant: TenantId,
        owner_url: Option<String>,
        clock: Clock,
    ) -> Result<Vec<String>> {
        let data_dir = self
            .files()
            .and_then(|files| files.folder().parent().map(ToOwned::to_owned));
        let options = StoreOptions {
            database_url: owner_url.filter(|_| data_dir.is_none()),
            data_dir: data_dir.unwrap_or_default(),
            owner_url: None,
            listen_url: None,
            statement_cache: false,
            pool: 1,
            clock,
            after_commit: Arc::new(|_, _| {}),
            told: super::told::Told::default(),
        };
        let look = move || migrate::status(&options, Which::Tenant(tenant));
        let reports = tokio::task::spawn_blocking(look)
            .await
            .map_err(|e| Error::Internal(Box::new(e)))?
            .map_err(|e| Error::Internal(Box::new(e)))?;
        Ok(reports.into_iter().flat_map(|one| one.pending).collect())
    }
}

/// The newest step in place in a company's store. On PostgreSQL the list is its owner's alone; a server that runs there brought the
/// one schema of all companies to its own newest step before it opened a door.
///
/// # Errors
/// Where the store cannot be read.
pub fn schema_version(c: &mut TenantConn<'_>) -> Result<Option<String>> {
    match c.db() {
        Conn::Sqlite(conn) => Ok(diesel::sql_query(NEWEST)
            .get_result::<Newest>(conn)?
            .version),
        Conn::Postgres(_) => Ok(migrate::newest_of_companies()),
    }
}

fn examine(c: &mut TenantConn<'_>) -> Result<Examined> {
    let expected = migrate::expected_objects()?;
    match c.db() {
        Conn::Sqlite(conn) => {
            let found: Vec<Object> = diesel::sql_query(ON_SQLITE).load(conn)?;
            let broken: Count =
                diesel::sql_query("SELECT count(*) AS value FROM pragma_foreign_key_check")
                    .get_result(conn)?;
            Ok(compared(&found, &expected, broken.value))
        }
        Conn::Postgres(conn) => {
            let found: Vec<Object> = diesel::sql_query(ON_POSTGRES).load(conn)?;
            let unchecked: Count = diesel::sql_query(UNCHECKED).get_result(conn)?;
            let mut examined = compared(&found, &expected, unchecked.value);
            // What the others guard on SQLite, a grant guards here.
            examined
                .missing_triggers
                .retain(|name| name.ends_with(ON_BOTH));
            let holds = |key: &String| {
                found
                    .iter()
                    .any(|one| one.kind == "key" && one.name == *key)
            };
            examined.missing_keys = migrate::expected_keys()?
                .into_iter()
                .filter_map(|key| key.strip_prefix("tenant.").map(ToOwned::to_owned))
                .filter(|key| !holds(key))
                .collect();
            Ok(examined)
        }
    }
}

fn rows(c: &mut TenantConn<'_>) -> Result<Vec<(String, i64)>> {
    let found: Vec<Object> = match c.db() {
        Conn::Sqlite(conn) => diesel::sql_query(ON_SQLITE).load(conn)?,
        Conn::Postgres(conn) => diesel::sql_query(ON_POSTGRES).load(conn)?,
    };
    let mut tables: Vec<String> = found
        .into_iter()
        .filter(|one| one.kind == "table")
        .map(|one| one.name)
        .collect();
    tables.sort();
    let mut counted = Vec::new();
    for table in tables {
        let name = table.replace('"', "\"\"");
        let count = diesel::sql_query(format!("SELECT count(*) AS value FROM \"{name}\""));
        let count: Count = match c.db() {
            Conn::Sqlite(conn) => count.get_result(conn)?,
            Conn::Postgres(conn) => count.get_result(conn)?,
        };
        counted.push((table, count.value));
    }
    Ok(counted)
}

fn compared(found: &[Object], expected: &[(String, String)], broken_keys: i64) -> Examined {
    let of = |kind: &str| -> BTreeSet<&str> {
        found
            .iter()
            .filter(|one| one.kind == kind)
            .map(|one| one.name.as_str())
            .collect()
    };
    let missing = |kind: &str, there: &BTreeSet<&str>| -> Vec<String> {
        expected
            .iter()
            .filter(|(of_kind, name)| of_kind == kind && !there.contains(name.as_str()))
            .map(|(_, name)| name.clone())
            .collect()
    };
    let (tables, indexes, triggers) = (of("table"), of("index"), of("trigger"));
    Examined {
        missing_tables: missing("table", &tables),
        missing_indexes: missing("index", &indexes),
        missing_triggers: missing("trigger", &triggers),
        tables: tables.len(),
        indexes: indexes.len(),
        triggers: triggers.len(),
        missing_keys: Vec::new(),
        broken_keys: usize::try_from(broken_keys).unwrap_or(usize::MAX),
    }
}

/// Names in a file that has every step, for [`migrate::expected_objects`].
pub(super) fn objects(conn: &mut SqliteConnection) -> QueryResult<Vec<(String, String)>> {
    let found: Vec<Object> = diesel::sql_query(ON_SQLITE).load(conn)?;
    Ok(found.into_iter().map(|one| (one.kind, one.name)).collect())
}

/// The foreign keys of a file that has every step as PostgreSQL names them, for [`migrate::expected_keys`].
pub(super) fn keys(
    conn: &mut SqliteConnection,
    before: &str,
    company: &str,
) -> QueryResult<Vec<String>> {
    let found: Vec<Object> = diesel::sql_query(
        "SELECT 'key' AS kind, name || '_' || $1 || group_concat(\"from\", '_') || '_fkey' AS name FROM \
         (SELECT m.name, f.id, f.\"from\" FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' ORDER BY m.name, f.id, f.seq) \
         GROUP BY name, id",
    )
    .bind::<diesel::sql_types::Text, _>(company)
    .load(conn)?;
    Ok(found
        .into_iter()
        .map(|one| format!("{before}{}", one.name))
        .collect())
}
