//! A table of these tests' own, with a column of every type and a constraint of every kind, built as the migrations build theirs.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use steading::Result;
use steading::clock::Timestamp;
use steading::db::types::{Word, word};
use steading::db::{Conn, Limits, Scope, StoreOptions, TenantConn};
use steading::id::{Id, Kind, TenantId};
use steading::money::Currency;

use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

diesel::table! {
    use diesel::sql_types::*;
    use steading::db::types::*;

    samples (id) {
        id -> Key,
        name -> Text,
        state -> Text,
        flag -> Bool,
        number -> BigInt,
        maybe -> Nullable<BigInt>,
        currency -> Text,
        at -> Instant,
        seen_at -> Nullable<Instant>,
        parent_id -> Nullable<Key>,
        bytes -> Nullable<Binary>,
    }
}

const ON_SQLITE: &str = "
CREATE TABLE samples (
    id BLOB NOT NULL, name TEXT NOT NULL, state TEXT NOT NULL, flag INTEGER NOT NULL, number INTEGER NOT NULL, maybe INTEGER,
    currency TEXT NOT NULL, at TEXT NOT NULL, seen_at TEXT, parent_id BLOB, bytes BLOB,
    PRIMARY KEY (id), UNIQUE (name), FOREIGN KEY (parent_id) REFERENCES samples (id), CHECK (state IN ('open', 'shut'))
) STRICT;";

const ON_POSTGRES: &str = "
SET ROLE steading_owner;
CREATE TABLE samples (
    tenant_id uuid NOT NULL DEFAULT NULLIF(current_setting('app.tenant_id', true), '')::uuid,
    id uuid NOT NULL, name text NOT NULL, state text NOT NULL, flag boolean NOT NULL, number bigint NOT NULL, maybe bigint,
    currency text NOT NULL, at timestamptz NOT NULL, seen_at timestamptz, parent_id uuid, bytes bytea,
    PRIMARY KEY (tenant_id, id), UNIQUE (tenant_id, name),
    FOREIGN KEY (tenant_id, parent_id) REFERENCES samples (tenant_id, id), CHECK (state IN ('open', 'shut'))
);
ALTER TABLE samples ENABLE ROW LEVEL SECURITY;
ALTER TABLE samples FORCE ROW LEVEL SECURITY;
CREATE POLICY samples_own ON samples TO steading_app USING (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid)
    WITH CHECK (tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid);
CREATE POLICY samples_operator ON samples TO steading_owner USING (true) WITH CHECK (true);";

/// What the tests keep.
#[derive(Debug)]
pub enum SampleKind {}
impl Kind for SampleKind {
    const PREFIX: &'static str = "smp";
}
pub type SampleId = Id<SampleKind>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Open,
    Shut,
}
impl Word for State {
    fn word(&self) -> &str {
        match self {
            Self::Open => "open",
            Self::Shut => "shut",
        }
    }
    fn read(text: &str) -> Option<Self> {
        [Self::Open, Self::Shut]
            .into_iter()
            .find(|state| state.word() == text)
    }
}
word!(State);

#[derive(Debug, Clone, PartialEq, Queryable, Insertable, Selectable)]
#[diesel(table_name = samples)]
pub struct Sample {
    pub id: SampleId,
    pub name: String,
    pub state: State,
    pub flag: bool,
    pub number: i64,
    pub maybe: Option<i64>,
    pub currency: Currency,
    pub at: Timestamp,
    pub seen_at: Option<Timestamp>,
    pub parent_id: Option<SampleId>,
    pub bytes: Option<Vec<u8>>,
}

impl Sample {
    pub fn new(name: &str, at: Timestamp) -> Self {
        Self {
            id: Id::new(at),
            name: name.to_owned(),
            state: State::Open,
            flag: false,
            number: 0,
            maybe: None,
            currency: "EUR".parse().unwrap(),
            at,
            seen_at: None,
            parent_id: None,
            bytes: None,
        }
    }
}

/// Stores with the table in them, opened as `serve` opens them.
pub fn sampled(engine: Engine) -> TestStores {
    sampled_within(engine, Limits::default())
}

/// Opened with other bounds.
pub fn sampled_within(engine: Engine, limits: Limits) -> TestStores {
    sampled_with(engine, limits, |_| {})
}

/// Opened with other bounds and options.
pub fn sampled_with(
    engine: Engine,
    limits: Limits,
    adjust: impl FnOnce(&mut StoreOptions),
) -> TestStores {
    let stores = TestStores::with(engine, limits, adjust);
    let mut conn = stores.behind(stores.tenant);
    let table = if engine == Engine::Sqlite {
        ON_SQLITE
    } else {
        ON_POSTGRES
    };
    conn.batch_execute(table).unwrap();
    stores
}

/// One more company, with the table.
pub fn another(stores: &TestStores) -> (TenantId, Scope) {
    let (tenant, scope) = stores.another_tenant();
    if stores.engine == Engine::Sqlite {
        stores.behind(tenant).batch_execute(ON_SQLITE).unwrap();
    }
    (tenant, scope)
}

/// Writes one row.
pub fn put(c: &mut TenantConn, name: &str) -> Result<()> {
    let row = Sample::new(name, c.now());
    diesel::insert_into(samples::table)
        .values(row)
        .execute(c.db())?;
    Ok(())
}

/// Writes a row that refers to nothing.
pub fn put_orphan(c: &mut TenantConn) -> Result<()> {
    let now = c.now();
    let row = Sample {
        parent_id: Some(Id::new(now)),
        ..Sample::new("orphan", now)
    };
    diesel::insert_into(samples::table)
        .values(row)
        .execute(c.db())?;
    Ok(())
}

/// Writes a row that breaks a check.
pub fn put_absurd(c: &mut TenantConn) -> Result<()> {
    let name = format!("absurd {}", SampleId::new(c.now()));
    put(c, &name)?;
    let absurd = diesel::update(samples::table.filter(samples::name.eq(name)));
    absurd.set(samples::state.eq("nonsense")).execute(c.db())?;
    Ok(())
}

/// The names of all rows, in order.
pub async fn names(scope: &Scope) -> Vec<String> {
    let read = scope.read(|c| {
        Ok(samples::table
            .select(samples::name)
            .order(samples::name)
            .load(c.db())?)
    });
    read.await.unwrap()
}

/// How many rows there are.
pub async fn count(scope: &Scope) -> i64 {
    let read = scope.read(|c| Ok(samples::table.count().get_result(c.db())?));
    read.await.unwrap()
}

/// One number from a statement.
pub fn number(conn: &mut Conn, statement: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    let found: Number = sql_query(statement).get_result(conn).unwrap();
    found.value
}
