//! The matrix on SQLite, where each company is a file and the control plane another: every table × every verb × whoever may come.
//! Checks are off where it asks, so that a refusal is a key's or the trail's and nothing else's.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::ForeignKeyViolation;
use diesel::result::Error::DatabaseError;
use diesel::sql_types::BigInt;
use diesel::{SqliteConnection, sql_query};
use steading::db::{Conn, Scope};
use steading::id::TenantId;

use super::catalog::{Catalog, Table, of_sqlite, on_sqlite};
use super::made_up::{insert, key};
use super::matrix::Rule::{self, Grows};
use super::matrix::{FIRST, FRESH, SECOND, Verb, rule};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

const ENGINE: Engine = Engine::Sqlite;
/// The seed of the control plane's rows, which may have names in common with a company's.
const CONTROLS: u32 = 4;
/// Beside its first row each table has one more, this far on, that nothing refers to; it refers to nothing that is there.
const PARENT: u32 = 10;
const NOTHING: u32 = 99;

const VERBS: [Verb; 7] = [
    Verb::Select,
    Verb::Count,
    Verb::Update,
    Verb::Returning,
    Verb::Delete,
    Verb::Insert,
    Verb::Upsert,
];

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// What came of a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Found {
    /// Rows it is about.
    Rows(i64),
    NoTable,
    /// What it refers to is not there.
    NoKey,
    /// The trail lets go of nothing.
    Guarded,
    Refused(String),
}
use Found::{Guarded, NoKey, NoTable, Rows};

/// Who comes to a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// Whoever it belongs to.
    Own,
    /// The other company.
    Other,
    /// The other plane.
    Beyond,
}

/// What must come of it; nothing where both planes have a table of that name, and a row would go into one's own. A company's
/// statement never gets to another file: what it adds is in its own.
fn expected(who: Who, verb: Verb, rule: Rule, is_in_both: bool) -> Option<Found> {
    let changes = matches!(verb, Verb::Update | Verb::Returning | Verb::Delete);
    let adds = matches!(verb, Verb::Insert | Verb::Upsert);
    match who {
        Who::Own if rule == Grows && (changes || verb == Verb::Upsert) => Some(Guarded),
        Who::Own => Some(Rows(1)),
        Who::Other => Some(Rows(i64::from(adds))),
        Who::Beyond if !is_in_both => Some(NoTable),
        Who::Beyond => (!adds).then_some(Rows(0)),
    }
}

/// A table as one of its columns' seeds, where keys lead to `parents`.
fn leading(table: &Table, parents: u32) -> impl Fn(&str) -> Option<u32> {
    let keys: Vec<String> = table
        .foreign_keys
        .iter()
        .flat_map(|key| key.columns.clone())
        .collect();
    move |column| keys.iter().any(|key| key == column).then_some(parents)
}

/// A statement about the row of a seed; what is added refers to `parents`.
fn statement(name: &str, table: &Table, verb: Verb, seed: u32, parents: u32) -> String {
    let row = key(ENGINE, table, seed);
    // Tables of one name in both planes have their keys in common.
    let column = &table.primary_key[0];
    match verb {
        Verb::Select => format!("SELECT 1 AS value FROM {name} WHERE {row}"),
        Verb::Count => format!("SELECT count(*) AS value FROM {name} WHERE {row}"),
        Verb::Update => format!("UPDATE {name} SET {column} = {column} WHERE {row}"),
        Verb::Returning => {
            format!("UPDATE {name} SET {column} = {column} WHERE {row} RETURNING 1 AS value")
        }
        Verb::Delete => format!("DELETE FROM {name} WHERE {row}"),
        Verb::Insert | Verb::ForeignKey => {
            insert(ENGINE, name, table, FRESH, &leading(table, parents), None)
        }
        Verb::Upsert => {
            let again = insert(ENGINE, name, table, seed, &leading(table, parents), None);
            format!("{again} ON CONFLICT DO UPDATE SET {column} = excluded.{column}")
        }
    }
}

/// Runs it in the transaction there is; `keep`: what it did stays.
fn run(conn: &mut Conn, verb: Verb, statement: &str, keep: bool) -> QueryResult<Found> {
    conn.batch_execute("PRAGMA ignore_check_constraints = ON; SAVEPOINT look")?;
    if matches!(verb, Verb::Delete | Verb::Insert) {
        // Whether anything still refers to it, or it to something, is not what is asked; what stays is asked at its end.
        conn.batch_execute("PRAGMA defer_foreign_keys = ON")?;
    }
    let count = |rows: usize| i64::try_from(rows).unwrap();
    let done = match verb {
        Verb::Select | Verb::Returning => sql_query(statement)
            .load::<Number>(conn)
            .map(|rows| count(rows.len())),
        Verb::Count => sql_query(statement)
            .get_result::<Number>(conn)
            .map(|number| number.value),
        _ => sql_query(statement).execute(conn).map(count),
    };
    if !keep {
        conn.batch_execute("ROLLBACK TO look")?;
    }
    conn.batch_execute(
        "RELEASE look; PRAGMA defer_foreign_keys = OFF; PRAGMA ignore_check_constraints = OFF",
    )?;
    Ok(match done {
        Ok(rows) => Rows(rows),
        Err(DatabaseError(ForeignKeyViolation, _)) => NoKey,
        Err(error) => match error.to_string() {
            said if said.starts_with("no such table") => NoTable,
            said if said.contains("append-only") => Guarded,
            said => Found::Refused(said),
        },
    })
}

/// Two companies and the control plane, with rows in every table.
struct World {
    stores: TestStores,
    other: TenantId,
    scope: Scope,
    tenant: Catalog,
    control: Catalog,
}

impl World {
    fn new() -> Self {
        let stores = TestStores::new(ENGINE);
        let (other, scope) = stores.another_tenant();
        let mut world = Self {
            tenant: Catalog::new(),
            control: Catalog::new(),
            stores,
            other,
            scope,
        };
        world.tenant = of_sqlite(&mut world.file(Some(world.stores.tenant)), "tenant");
        world.control = of_sqlite(&mut world.file(None), "control");
        for (company, catalog, seed) in [
            (Some(world.stores.tenant), &world.tenant, FIRST),
            (Some(other), &world.tenant, SECOND),
            (None, &world.control, CONTROLS),
        ] {
            let mut conn = world.file(company);
            for (name, table) in catalog {
                let parent = leading(table, NOTHING);
                for row in [
                    insert(ENGINE, name, table, seed, &|_| None, None),
                    insert(ENGINE, name, table, seed + PARENT, &parent, None),
                ] {
                    conn.batch_execute(&row)
                        .unwrap_or_else(|e| panic!("{row}: {e}"));
                }
            }
        }
        world
    }

    /// A company's file, or the control plane's, without any rule.
    fn file(&self, company: Option<TenantId>) -> SqliteConnection {
        let path = company.map_or_else(
            || self.stores.options.data_dir.join("control.db"),
            |company| self.stores.file(company),
        );
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON").unwrap();
        conn
    }

    /// Every value of every row.
    fn everything(&self, company: Option<TenantId>) -> Vec<String> {
        let mut conn = self.file(company);
        let catalog = company.map_or(&self.control, |_| &self.tenant);
        let rows = |(name, table): (&String, &Table)| {
            let values: Vec<String> = table
                .columns
                .iter()
                .map(|(column, ..)| format!("quote({column})"))
                .collect();
            let values = values.join(" || ' ' || ");
            on_sqlite(
                &mut conn,
                &format!("SELECT '{name} ' || {values} AS value FROM {name} ORDER BY 1"),
            )
        };
        catalog.iter().flat_map(rows).collect()
    }

    /// What a company's scope finds, or the control plane's (`None`).
    async fn found(
        &self,
        scope: Option<&Scope>,
        verb: Verb,
        statement: String,
        keep: bool,
    ) -> Found {
        let done = match scope {
            Some(scope) => {
                scope
                    .write(move |c| Ok(run(c.db(), verb, &statement, keep)?))
                    .await
            }
            None => {
                let control = &self.stores.stores.control;
                control
                    .write(move |c| Ok(run(c.db(), verb, &statement, keep)?))
                    .await
            }
        };
        done.unwrap_or_else(|error| Found::Refused(error.to_string()))
    }

    /// Every cell that is not as its table's rule says, and whether anything changed that should not. `plant` is run once all have
    /// their rows.
    async fn wrong(&self, plant: impl AsyncFnOnce(&Self)) -> (Vec<String>, usize) {
        let first = Some(self.stores.tenant);
        let before = (self.everything(first), self.everything(None));
        plant(self).await;
        // Before anything of the other company's stays.
        let (mut wrong, mut cells) = self.wrong_keys().await;
        let (own, other) = (Some(&self.stores.scope), Some(&self.scope));
        for (verb, (name, table)) in VERBS
            .iter()
            .flat_map(|verb| self.tenant.iter().map(move |table| (*verb, table)))
        {
            let is_in_both = self.control.contains_key(name);
            for (who, scope, parents) in [
                (Who::Own, own, FIRST + PARENT),
                (Who::Other, other, SECOND + PARENT),
                (Who::Beyond, None, CONTROLS + PARENT),
            ] {
                let Some(should) = expected(who, verb, rule(&format!("tenant.{name}")), is_in_both)
                else {
                    continue;
                };
                // One's own row is found by its key, with what it refers to.
                let parents = if who == Who::Own && verb == Verb::Upsert {
                    FIRST
                } else {
                    parents
                };
                let text = statement(name, table, verb, FIRST, parents);
                // What the other company does stays, so that what it did is seen.
                let found = self.found(scope, verb, text, who == Who::Other).await;
                cells += 1;
                if found != should {
                    wrong.push(format!(
                        "{name} {verb:?} {who:?}: {found:?}, not {should:?}"
                    ));
                }
            }
        }
        for (verb, (name, table)) in VERBS
            .iter()
            .flat_map(|verb| self.control.iter().map(move |table| (*verb, table)))
        {
            let is_in_both = self.tenant.contains_key(name);
            for (who, scope) in [(Who::Own, None), (Who::Beyond, own), (Who::Beyond, other)] {
                let Some(should) =
                    expected(who, verb, rule(&format!("control.{name}")), is_in_both)
                else {
                    continue;
                };
                let parents = if verb == Verb::Insert {
                    FRESH
                } else {
                    CONTROLS
                };
                let text = statement(name, table, verb, CONTROLS, parents);
                let found = self.found(scope, verb, text, who != Who::Own).await;
                cells += 1;
                if found != should {
                    wrong.push(format!(
                        "control.{name} {verb:?} {who:?}: {found:?}, not {should:?}"
                    ));
                }
            }
        }
        let after = (self.everything(first), self.everything(None));
        for (before, after) in [(before.0, after.0), (before.1, after.1)] {
            for row in after.iter().filter(|row| !before.contains(row)) {
                wrong.push(format!("is there now: {row}"));
            }
            for row in before.iter().filter(|row| !after.contains(row)) {
                wrong.push(format!("is gone: {row}"));
            }
        }
        (wrong, cells)
    }

    /// Each key leads to a row of one's own, and to none of the first company's.
    async fn wrong_keys(&self) -> (Vec<String>, usize) {
        let (mut wrong, mut cells) = (Vec::new(), 0);
        for (name, table) in &self.tenant {
            for asked in &table.foreign_keys {
                for (to, should) in [(SECOND + PARENT, Rows(1)), (FIRST, NoKey)] {
                    let own = leading(table, SECOND + PARENT);
                    let seed = |column: &str| {
                        let is_asked = asked.columns.iter().any(|name| name == column);
                        if is_asked { Some(to) } else { own(column) }
                    };
                    let row = insert(ENGINE, name, table, FRESH, &seed, None);
                    let found = self
                        .found(Some(&self.scope), Verb::ForeignKey, row, false)
                        .await;
                    cells += 1;
                    if found != should {
                        wrong.push(format!(
                            "{name} {:?} to {to}: {found:?}, not {should:?}",
                            asked.columns
                        ));
                    }
                }
            }
        }
        (wrong, cells)
    }
}

#[tokio::test]
async fn every_cell_is_what_its_rule_says_on_sqlite() {
    let world = World::new();
    let (wrong, cells) = world.wrong(async |_| {}).await;
    assert!(
        wrong.is_empty(),
        "{} of {cells}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(cells > 700, "only {cells} cells");
}

/// A key is taken out of a table, as a migration that forgot it would have made it.
const KEYLESS: &str = "PRAGMA writable_schema = ON; \
    UPDATE sqlite_schema SET sql = replace(sql, 'FOREIGN KEY (partner_id) REFERENCES partners (id),', '') WHERE name = 'links'; \
    PRAGMA writable_schema = RESET";

#[tokio::test]
async fn the_matrix_sees_a_neighbours_file() {
    let world = World::new();
    let (wrong, _) = world
        .wrong(async |world| {
            let own = world.stores.tenant;
            world.stores.put_file_in_place_of(own, world.other).await;
        })
        .await;
    for verb in ["Select", "Count", "Update", "Returning", "Delete"] {
        let told = format!("links {verb} Other: Rows(1), not Rows(0)");
        assert!(wrong.contains(&told), "{told}: {wrong:?}");
    }
}

#[tokio::test]
async fn the_matrix_sees_what_is_missing_in_a_file() {
    for (fault, is_own, told) in [
        (
            KEYLESS,
            false,
            "links [\"partner_id\"] to 1: Rows(1), not NoKey",
        ),
        // As many rows as before.
        (
            "UPDATE links SET label = 'planted'",
            true,
            "is there now: links ",
        ),
        (
            "DROP TRIGGER audit_events_no_delete",
            true,
            "audit_events Delete Own: Rows(1), not Guarded",
        ),
        (
            "CREATE TABLE users (id BLOB)",
            false,
            "control.users Select Beyond: Rows(0), not NoTable",
        ),
    ] {
        let world = World::new();
        let (wrong, _) = world
            .wrong(async |world| {
                let company = if is_own {
                    world.stores.tenant
                } else {
                    world.other
                };
                world.file(Some(company)).batch_execute(fault).unwrap();
            })
            .await;
        assert!(
            wrong.iter().any(|one| one.starts_with(told)),
            "{fault}: {wrong:?}"
        );
    }
}
