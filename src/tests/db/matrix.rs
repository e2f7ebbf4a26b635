//! Every table × every verb × everybody who may come: each cell is what one rule for the table says. A table without a rule fails.

use std::collections::BTreeMap;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::result::DatabaseErrorKind::UniqueViolation;
use diesel::result::Error::DatabaseError;
use diesel::sql_types::BigInt;
use diesel::{PgConnection, sql_query};

use super::catalog::{Catalog, Table, of_postgres, on_postgres};
use super::made_up::{insert, key};
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

/// What a table's own plane may do with its rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Everything.
    Whole,
    /// Add and read.
    Grows,
}
use Rule::{Grows, Whole};

/// **A new table needs a line here.**
const RULES: &[(&str, Rule)] = &[
    ("control.api_keys", Whole),
    ("control.arrivals", Whole),
    ("control.audit_events", Grows),
    ("control.data_keys", Whole),
    ("control.domains", Whole),
    ("control.entitlements", Whole),
    ("control.idempotency_keys", Whole),
    ("control.jobs", Whole),
    ("control.mails", Whole),
    ("control.memberships", Whole),
    ("control.one_times", Whole),
    ("control.operator_keys", Whole),
    ("control.operator_sessions", Whole),
    ("control.operators", Whole),
    ("control.projects", Whole),
    ("control.sessions", Whole),
    ("control.signup_blocks", Whole),
    ("control.signups", Whole),
    ("control.tenants", Whole),
    ("control.users", Whole),
    ("tenant.adjustments", Whole),
    ("tenant.attributions", Whole),
    ("tenant.audit_events", Grows),
    ("tenant.click_days", Whole),
    ("tenant.clicks", Whole),
    ("tenant.commissions", Whole),
    ("tenant.customers", Whole),
    ("tenant.enrolments", Whole),
    ("tenant.events", Whole),
    ("tenant.idempotency_keys", Whole),
    ("tenant.identities", Whole),
    ("tenant.jobs", Whole),
    ("tenant.links", Whole),
    ("tenant.mails", Whole),
    ("tenant.partners", Whole),
    ("tenant.payout_batches", Whole),
    ("tenant.payouts", Whole),
    ("tenant.programs", Whole),
    ("tenant.settings", Whole),
];

pub(super) fn rule(table: &str) -> Rule {
    let found = RULES.iter().find(|(name, _)| *name == table);
    found
        .unwrap_or_else(|| panic!("{table} has no rule in db/matrix.rs"))
        .1
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verb {
    Select,
    Count,
    Insert,
    Update,
    Delete,
    Upsert,
    Returning,
    ForeignKey,
}
const VERBS: [Verb; 8] = [
    Verb::Select,
    Verb::Count,
    Verb::Insert,
    Verb::Update,
    Verb::Delete,
    Verb::Upsert,
    Verb::Returning,
    Verb::ForeignKey,
];

/// Who comes, to rows of the first company or of the control plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    /// A request of the first company.
    Own,
    /// A request of the second one.
    Other,
    /// A request that named no company.
    Nobody,
    /// The control plane.
    Control,
    /// The owner: migrations and operator reports.
    Owner,
    /// The login of requests, which became nobody yet.
    Login,
}
const EVERYBODY: [Who; 6] = [
    Who::Own,
    Who::Other,
    Who::Nobody,
    Who::Control,
    Who::Owner,
    Who::Login,
];

/// How many rows it is about, or a refusal.
pub(super) type Cell = Option<i64>;

fn expected(plane: &str, rule: Rule, verb: Verb, who: Who) -> Cell {
    let changes = matches!(verb, Verb::Update | Verb::Delete | Verb::Returning);
    let may_change = rule == Whole
        || matches!(
            verb,
            Verb::Select | Verb::Count | Verb::Insert | Verb::ForeignKey
        );
    let at_home = |may: bool| may.then_some(1);
    match (plane, who) {
        (_, Who::Owner) => Some(1),
        ("tenant", Who::Own) | ("control", Who::Control) => at_home(may_change),
        ("tenant", Who::Other | Who::Nobody) => match verb {
            Verb::Select | Verb::Count => Some(0),
            _ if changes && rule == Whole => Some(0),
            _ => None,
        },
        _ => None,
    }
}

pub(super) const FIRST: u32 = 1;
pub(super) const SECOND: u32 = 2;
pub(super) const FRESH: u32 = 3;

/// A statement about the first company's row.
fn statement(name: &str, table: &Table, verb: Verb, tenant: Option<&str>) -> String {
    let engine = Engine::Postgres;
    let row = key(engine, table, FIRST);
    let column = &table.columns.last().unwrap().0;
    let row = match tenant {
        Some(tenant) => format!("{row} AND tenant_id = '{tenant}'"),
        None => row,
    };
    match verb {
        Verb::Select => format!("SELECT {column} FROM {name} WHERE {row}"),
        Verb::Count => format!("SELECT count(*) AS value FROM {name} WHERE {row}"),
        Verb::Insert | Verb::ForeignKey => insert(engine, name, table, FRESH, &|_| None, tenant),
        Verb::Update => format!("UPDATE {name} SET {column} = {column} WHERE {row}"),
        Verb::Delete => format!("DELETE FROM {name} WHERE {row}"),
        Verb::Returning => {
            format!("UPDATE {name} SET {column} = {column} WHERE {row} RETURNING {column}")
        }
        Verb::Upsert => {
            let target = match tenant {
                Some(_) => format!("tenant_id, {}", table.primary_key.join(", ")),
                None => table.primary_key.join(", "),
            };
            let again = insert(engine, name, table, FIRST, &|_| None, tenant);
            format!("{again} ON CONFLICT ({target}) DO UPDATE SET {column} = excluded.{column}")
        }
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// A database with the first two companies' rows in every table, and the superuser's way in.
struct World {
    stores: TestStores,
    conn: PgConnection,
    other: String,
}

impl World {
    fn new() -> Self {
        let stores = TestStores::new(Engine::Postgres);
        let (other, _) = stores.another_tenant();
        let mut conn =
            PgConnection::establish(&stores.database.as_ref().unwrap().superuser).unwrap();
        let checks = on_postgres(
            &mut conn,
            "SELECT 'ALTER TABLE ' || conrelid::regclass || ' DROP CONSTRAINT ' || quote_ident(conname) AS value FROM pg_constraint \
             WHERE contype = 'c' AND connamespace IN ('control'::regnamespace, 'tenant'::regnamespace)",
        );
        conn.batch_execute(&checks.join("; ")).unwrap();
        let mut world = Self {
            conn,
            other: other.uuid().to_string(),
            stores,
        };
        world
            .conn
            .batch_execute("SET session_replication_role = replica")
            .unwrap();
        let first = world.stores.tenant.uuid().to_string();
        let second = world.other.clone();
        for (plane, catalog) in world.catalogs() {
            for (name, table) in &catalog {
                let name = format!("{plane}.{name}");
                let tenant = |tenant| (plane == "tenant").then_some(tenant);
                let engine = Engine::Postgres;
                let rows = [(FIRST, &first), (SECOND, &second)];
                for (seed, company) in rows {
                    let row = insert(
                        engine,
                        &name,
                        table,
                        seed,
                        &|_| None,
                        tenant(company.as_str()),
                    );
                    world
                        .conn
                        .batch_execute(&row)
                        .unwrap_or_else(|e| panic!("{row}: {e}"));
                }
            }
        }
        world
            .conn
            .batch_execute("SET session_replication_role = origin")
            .unwrap();
        world
    }

    fn catalogs(&mut self) -> Vec<(&'static str, Catalog)> {
        ["control", "tenant"]
            .map(|plane| (plane, of_postgres(&mut self.conn, plane)))
            .into()
    }

    fn as_who(&mut self, who: Who, verb: Verb, statement: &str) -> Cell {
        let (first, second) = (self.stores.tenant.uuid(), &self.other);
        let role = |role: &str| format!("SET LOCAL ROLE {role}");
        let becomes = match who {
            Who::Own => format!(
                "{}; SET LOCAL app.tenant_id = '{first}'",
                role("steading_app")
            ),
            Who::Other => format!(
                "{}; SET LOCAL app.tenant_id = '{second}'",
                role("steading_app")
            ),
            Who::Nobody => role("steading_app"),
            Who::Control => role("steading_control"),
            Who::Owner => role("steading_owner"),
            Who::Login => role("steading_request"),
        };
        // Only where keys are asked about do they count.
        let keys = if verb == Verb::ForeignKey {
            "origin"
        } else {
            "replica"
        };
        self.conn
            .batch_execute(&format!(
                "BEGIN; SET LOCAL session_replication_role = {keys}; {becomes}"
            ))
            .unwrap();
        let done = match verb {
            Verb::Count => sql_query(statement)
                .get_result::<Number>(&mut self.conn)
                .map(|number| number.value),
            _ => sql_query(statement)
                .execute(&mut self.conn)
                .map(|rows| i64::try_from(rows).unwrap()),
        };
        self.conn.batch_execute("ROLLBACK").unwrap();
        match done {
            // The row is there already, so what it refers to is; keys are looked at before that is found out.
            Err(DatabaseError(UniqueViolation, _))
                if verb == Verb::ForeignKey && matches!(who, Who::Own | Who::Owner) =>
            {
                Some(1)
            }
            done => done.ok(),
        }
    }

    /// Every cell that is not as its table's rule says.
    fn wrong(&mut self) -> (Vec<String>, usize) {
        let mut wrong = Vec::new();
        let mut cells = 0;
        for (plane, catalog) in self.catalogs() {
            for (name, table) in &catalog {
                let name = format!("{plane}.{name}");
                let rule = rule(&name);
                for verb in VERBS {
                    if verb == Verb::ForeignKey
                        && (plane == "control" || table.foreign_keys.is_empty())
                    {
                        continue;
                    }
                    for who in EVERYBODY {
                        cells += 1;
                        let found = self.cell(plane, &name, table, verb, who);
                        let should = expected(plane, rule, verb, who);
                        if found != should {
                            wrong.push(format!(
                                "{name} {verb:?} {who:?}: {found:?}, not {should:?}"
                            ));
                        }
                    }
                }
            }
        }
        (wrong, cells)
    }

    fn cell(&mut self, plane: &str, name: &str, table: &Table, verb: Verb, who: Who) -> Cell {
        let first = self.stores.tenant.uuid().to_string();
        let tenant = (plane == "tenant").then_some(first.as_str());
        if verb != Verb::ForeignKey {
            return self.as_who(who, verb, &statement(name, table, verb, tenant));
        }
        // A row of one's own that refers to the first company's: the second one's rows are there for the other keys.
        let tenant = match who {
            Who::Own | Who::Owner => first,
            _ => self.other.clone(),
        };
        let own_rows = if who == Who::Own || who == Who::Owner {
            FIRST
        } else {
            SECOND
        };
        let mut cells = Vec::new();
        for asked in &table.foreign_keys {
            let all: Vec<&String> = table
                .foreign_keys
                .iter()
                .flat_map(|key| &key.columns)
                .collect();
            let seed = |column: &str| {
                if asked.columns.iter().any(|name| name == column) {
                    Some(FIRST)
                } else if all.iter().any(|name| *name == column) {
                    Some(own_rows)
                } else {
                    None
                }
            };
            let row = insert(Engine::Postgres, name, table, FRESH, &seed, Some(&tenant));
            cells.push(self.as_who(who, verb, &row));
        }
        // One's own rows can all be referred to; of another's not a single one.
        let is_told = if own_rows == FIRST {
            cells.iter().all(Option::is_some)
        } else {
            cells.iter().any(Option::is_some)
        };
        is_told.then_some(1)
    }
}

#[test]
fn every_cell_is_what_its_rule_says_on_postgres() {
    let mut world = World::new();
    let (wrong, cells) = world.wrong();
    assert!(
        wrong.is_empty(),
        "{} of {cells}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(cells > 1_000, "only {cells} cells");
    // The matrix sees what it is there to see.
    for (fault, taken_back, told) in [
        (
            "CREATE POLICY planted ON tenant.links TO steading_app USING (true) WITH CHECK (true)",
            "DROP POLICY planted ON tenant.links",
            "tenant.links Select Other: Some(1), not Some(0)",
        ),
        (
            "DROP POLICY links_own ON tenant.links",
            "CREATE POLICY links_own ON tenant.links TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid) \
             WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)",
            "tenant.links Select Own: Some(0), not Some(1)",
        ),
        (
            "ALTER TABLE tenant.links DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE tenant.links ENABLE ROW LEVEL SECURITY",
            "tenant.links Delete Nobody: Some(1), not Some(0)",
        ),
        (
            "GRANT USAGE ON SCHEMA control TO steading_app; GRANT SELECT ON control.users TO steading_app",
            "REVOKE USAGE ON SCHEMA control FROM steading_app; REVOKE SELECT ON control.users FROM steading_app",
            "control.users Select Other: Some(1), not None",
        ),
        (
            "ALTER TABLE tenant.links DROP CONSTRAINT links_tenant_id_partner_id_fkey; CREATE UNIQUE INDEX planted ON tenant.partners (id); \
             ALTER TABLE tenant.links ADD CONSTRAINT planted FOREIGN KEY (partner_id) REFERENCES tenant.partners (id)",
            "ALTER TABLE tenant.links DROP CONSTRAINT planted; DROP INDEX tenant.planted",
            "tenant.links ForeignKey Other: Some(1), not None",
        ),
    ] {
        world.conn.batch_execute(fault).unwrap();
        let (wrong, _) = world.wrong();
        assert!(
            wrong.iter().any(|wrong| wrong.starts_with(told)),
            "{fault}: {wrong:?}"
        );
        world.conn.batch_execute(taken_back).unwrap();
    }
}

#[test]
fn every_rule_is_of_a_table() {
    let mut world = World::new();
    let mut all = BTreeMap::new();
    for (plane, catalog) in world.catalogs() {
        all.extend(
            catalog
                .into_keys()
                .map(|name| (format!("{plane}.{name}"), ())),
        );
    }
    for (name, _) in RULES {
        assert!(all.contains_key(*name), "{name} is no table any more");
    }
}
