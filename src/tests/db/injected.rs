//! SQL of a stranger inside our own statements, as if a value had been pasted into the text: it sees and changes nothing of another
//! company, whatever it tries.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::{PgConnection, SqliteConnection, sql_query};
use steading::db::{Conn, Scope, TenantConn};
use steading::id::TenantId;

use super::catalog::{of_postgres, of_sqlite, on_postgres, on_sqlite};
use super::fragments::{Must, POSTGRES, does_not_fit, state};
use super::made_up::insert;
use crate::harness::engine::Engine;
use crate::harness::stores::TestStores;

/// What only the other company's rows hold.
const MARK: &str = "quibble";

/// Our statements, with `$x` where the value was pasted. Each would answer with a text.
const OURS: [&str; 4] = [
    "SELECT name AS value FROM partners WHERE name = '$x'",
    "INSERT INTO settings (name, value, updated_at) VALUES ('$x', 'a', '2026-01-01T00:00:00.000000Z') RETURNING name AS value",
    "UPDATE partners SET note = '$x' WHERE name = 'mine' RETURNING name AS value",
    "DELETE FROM partners WHERE name = '$x' RETURNING name AS value",
];

/// What is pasted on SQLite: `$f` is the other company's file.
const SQLITE: &[&str] = &[
    "' OR true --",
    "' OR true RETURNING name AS value --",
    "' WHERE true RETURNING name AS value --",
    "' UNION SELECT name FROM sqlite_schema --",
    "' UNION SELECT file FROM pragma_database_list --",
    "'; ATTACH DATABASE '$f' AS other; SELECT name AS value FROM other.partners --",
    "'; DETACH DATABASE main --",
    "'; PRAGMA writable_schema = ON --",
    "'; PRAGMA foreign_keys = OFF --",
    "'; VACUUM INTO '$f.copy' --",
    "' UNION SELECT load_extension('$f') --",
    "' UNION SELECT readfile('$f') --",
    "' UNION SELECT writefile('$f', 'gone') --",
    "' UNION SELECT edit('$f') --",
    "' UNION SELECT data FROM sqlite_dbpage('$f') --",
    "' UNION SELECT fts5_source_id() --",
    "' UNION SELECT * FROM (WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 1000) SELECT max(x) FROM n) --",
    "' UNION SELECT zipfile('$f') --",
];

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

/// What a statement says: its answer or how it is refused, and what more is to be seen after it. Nothing of it stays.
async fn heard(scope: &Scope, statement: String) -> (Result<String, String>, String) {
    let heard = std::sync::Arc::new(std::sync::Mutex::new(None));
    let kept = std::sync::Arc::clone(&heard);
    let joined = |rows: Vec<Said>| {
        let all: Vec<String> = rows.into_iter().filter_map(|row| row.value).collect();
        all.join("\n")
    };
    let done = scope
        .write(move |c| {
            let rows: Result<Vec<Said>, _> = sql_query(&statement).load(c.db());
            let said = rows.map(joined).map_err(|error| format!("{error:?}"));
            // Whatever it left of the transaction must not lead on.
            let more: Result<Vec<Said>, _> =
                sql_query("SELECT name AS value FROM partners").load(c.db());
            *kept.lock().unwrap() = Some((said, joined(more.unwrap_or_default())));
            Err::<(), _>(steading::Error::NotFound)
        })
        .await;
    assert!(done.is_err());
    let heard = heard.lock().unwrap().take();
    heard.expect("the statement was run")
}

/// All of that as one text.
async fn said(scope: &Scope, statement: String) -> String {
    let (said, more) = heard(scope, statement).await;
    said.unwrap_or_else(|refused| refused) + &more
}

/// The statements a fragment makes, by itself and where a value stands.
fn statements(fragment: &str) -> Vec<String> {
    let mut all = Vec::new();
    for ours in OURS {
        match fragment.strip_prefix('+') {
            None => all.push(ours.replace("$x", fragment)),
            Some(value) => {
                all.push(ours.replace("$x", &format!("' || {value} || '")));
                all.push(ours.replace("$x", &format!("' UNION SELECT {value} --")));
            }
        }
    }
    all
}

/// Both companies with a partner; the other's rows are marked.
fn peopled(engine: Engine) -> (TestStores, TenantId, Scope) {
    let stores = TestStores::new(engine);
    let (other, scope) = stores.another_tenant();
    for (tenant, name) in [(stores.tenant, "mine"), (other, MARK)] {
        let mut conn = stores.behind(tenant);
        let (table, company) = match &mut conn {
            Conn::Sqlite(conn) => (of_sqlite(conn, "tenant").remove("partners").unwrap(), None),
            Conn::Postgres(conn) => (
                of_postgres(conn, "tenant").remove("partners").unwrap(),
                Some(tenant.uuid().to_string()),
            ),
        };
        let row = insert(engine, "partners", &table, 1, &|_| None, company.as_deref());
        let row = row.replace("'row 1'", &format!("'{name}'"));
        // The state is one of a few words.
        let states = table
            .columns
            .iter()
            .position(|(column, ..)| column == "state")
            .unwrap()
            + usize::from(company.is_some());
        let (head, values) = row.split_once(" VALUES (").unwrap();
        let mut values: Vec<&str> = values.trim_end_matches(')').split(", ").collect();
        values[states] = "'approved'";
        conn.batch_execute(&format!("{head} VALUES ({})", values.join(", ")))
            .unwrap();
    }
    if let Some(urls) = &stores.database {
        // Somebody of the other company, for whoever gets at the control plane.
        let mut behind = PgConnection::establish(&urls.superuser).unwrap();
        let user = format!(
            "INSERT INTO control.users (id, email, name, created_at, updated_at) VALUES (gen_random_uuid(), '{MARK}@people.example', '', now(), now())"
        );
        behind.batch_execute(&user).unwrap();
    }
    (stores, other, scope)
}

/// Whether a statement came to what its fragment must; `None` where it came to something else.
fn came_of(must: Must, said: &Result<String, String>) -> Option<bool> {
    match (must, said) {
        (Must::Own | Must::Harmless(_), Ok(_)) => Some(true),
        (Must::OneCommand, Err(refused)) if refused.contains("multiple commands") => Some(true),
        (Must::Refused(wanted), Err(refused)) if state(refused) == wanted => Some(true),
        (_, Err(refused)) if does_not_fit(refused) => Some(false),
        _ => None,
    }
}

/// What gets out of those fragments that hold `word`, and how many statements were tried.
async fn escapes_on_postgres(
    stores: &TestStores,
    other: TenantId,
    word: &str,
) -> (Vec<String>, usize) {
    let mut behind = PgConnection::establish(&stores.database.as_ref().unwrap().superuser).unwrap();
    behind.batch_execute("ANALYZE").unwrap();
    let all = "SELECT p::text AS value FROM tenant.partners p ORDER BY 1";
    let before = on_postgres(&mut behind, all);
    assert_eq!(before.len(), 2);
    let (mut escaped, mut tried) = (Vec::new(), 0);
    let pasted = POSTGRES
        .iter()
        .flat_map(|(must, fragments)| fragments.iter().map(move |fragment| (*must, *fragment)));
    for (must, fragment) in pasted.filter(|(_, fragment)| fragment.contains(word)) {
        let mut came_to_it = false;
        for statement in statements(&fragment.replace("$b", &other.uuid().to_string())) {
            tried += 1;
            let (said, more) = heard(&stores.scope, statement.clone()).await;
            // Their name in the statement's own words would be an echo; it is in none.
            if format!("{said:?}{more}").contains(MARK) {
                escaped.push(format!("{statement}\n    says: {said:?} {more}"));
            }
            match came_of(must, &said) {
                Some(as_it_must) => came_to_it |= as_it_must,
                None => escaped.push(format!("{statement}\n    is not {must:?}: {said:?}")),
            }
            let after = on_postgres(&mut behind, all);
            if after != before {
                escaped.push(format!("{statement}\n    left: {after:?}"));
            }
        }
        if !came_to_it {
            escaped.push(format!("{fragment}\n    never came to {must:?}"));
        }
    }
    // Still oneself, on whatever connection comes.
    let myself = format!("{}mine", stores.tenant.uuid());
    for _ in 0..20 {
        let setting = "SELECT current_setting('app.tenant_id') AS value".to_owned();
        let is = said(&stores.scope, setting).await;
        if is != myself {
            escaped.push(format!("is {is}, not {myself}"));
        }
    }
    (escaped, tried)
}

#[tokio::test]
async fn fragments_stay_inside_their_company_on_postgres() {
    let (stores, other, _) = peopled(Engine::Postgres);
    let (escaped, tried) = escapes_on_postgres(&stores, other, "").await;
    assert!(
        escaped.is_empty(),
        "{} of {tried}:\n{}",
        escaped.len(),
        escaped.join("\n")
    );
    let fragments: usize = POSTGRES.iter().map(|(_, fragments)| fragments.len()).sum();
    assert!(fragments >= 40 && tried > 200);
}

#[tokio::test]
async fn a_server_that_gives_more_away_lets_them_out() {
    // The proof sees what it is there to see: with one thing given back, fragments read the other's rows.
    for (fault, word, told) in [
        (
            "GRANT EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) TO steading_app",
            "set_config('app",
            "set_config('app.tenant_id'",
        ),
        // What tells of nobody's partners is seen as well.
        (
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_read_file(text) TO steading_app",
            "pg_read_file",
            "pg_read_file('/etc/hostname')) || ''",
        ),
        (
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_ls_dir(text) TO steading_app",
            "pg_ls_dir",
            "FROM pg_ls_dir('.') x",
        ),
        (
            "GRANT EXECUTE ON FUNCTION pg_catalog.lo_create(oid) TO steading_app",
            "lo_create",
            "lo_create(0)",
        ),
        (
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_notify(text, text) TO steading_app",
            "pg_notify",
            "pg_notify('steading'",
        ),
        (
            "GRANT EXECUTE ON FUNCTION pg_catalog.pg_advisory_lock(bigint) TO PUBLIC",
            "pg_advisory_lock",
            "pg_advisory_lock(1)",
        ),
        (
            "GRANT SELECT ON pg_catalog.pg_statistic TO steading_app",
            "pg_statistic",
            "FROM pg_statistic",
        ),
        (
            "GRANT USAGE ON SCHEMA control TO steading_app; GRANT SELECT ON control.users TO steading_app",
            "control.users",
            "SELECT email FROM control.users",
        ),
        (
            "ALTER POLICY partners_own ON tenant.partners USING (true)",
            "true RETURNING",
            "DELETE FROM partners WHERE name = '' OR true",
        ),
        (
            "ALTER TABLE tenant.partners DISABLE ROW LEVEL SECURITY",
            "true RETURNING",
            "UPDATE partners SET note = '' WHERE true",
        ),
        (
            "DROP POLICY partners_own ON tenant.partners",
            "' OR true",
            "mine",
        ),
    ] {
        let (stores, other, _) = peopled(Engine::Postgres);
        let mut behind =
            PgConnection::establish(&stores.database.as_ref().unwrap().superuser).unwrap();
        behind.batch_execute(fault).unwrap();
        let (escaped, tried) = escapes_on_postgres(&stores, other, word).await;
        assert!(tried > 0);
        assert!(
            escaped.iter().any(|one| one.contains(told)),
            "{fault}: {escaped:?}"
        );
    }
}

#[tokio::test]
async fn no_statement_of_a_scope_opens_another_file_on_sqlite() {
    let (stores, other, _) = peopled(Engine::Sqlite);
    let path = stores.file(other).to_str().unwrap().to_owned();
    let attach = format!("ATTACH DATABASE '{path}' AS other");
    let attempts = [
        vec![attach.clone()],
        vec!["DETACH DATABASE taken".to_owned(), attach],
        vec![format!("VACUUM INTO '{path}.copy'")],
    ];
    for attempt in attempts {
        let statements = attempt.clone();
        let run = move |c: &mut TenantConn<'_>| {
            for statement in &statements {
                // Each may fail: what counts is that the last one does not reach the other company's rows.
                drop(sql_query(statement).execute(c.db()));
            }
            let rows: Vec<Said> =
                sql_query("SELECT name AS value FROM other.partners").load(c.db())?;
            Ok(rows.len())
        };
        assert!(
            stores.scope.read(run.clone()).await.is_err(),
            "read: {attempt:?}"
        );
        assert!(stores.scope.write(run).await.is_err(), "write: {attempt:?}");
        // Nor does anything stay attached for whoever gets the connection next.
        let next = |c: &mut TenantConn<'_>| {
            let rows: Vec<Said> =
                sql_query("SELECT name AS value FROM pragma_database_list WHERE name = 'other'")
                    .load(c.db())?;
            Ok(rows.len())
        };
        assert_eq!(stores.scope.read(next).await.unwrap(), 0, "{attempt:?}");
        assert_eq!(stores.scope.write(next).await.unwrap(), 0, "{attempt:?}");
    }
    assert!(!std::fs::exists(format!("{path}.copy")).unwrap());
}

/// What gets out of the fragments, and what they leave with the other company.
async fn escapes_on_sqlite(stores: &TestStores, other: TenantId) -> Vec<String> {
    let file = stores.file(other);
    let path = file.to_str().unwrap();
    let size = std::fs::metadata(&file).unwrap().len();
    let mut behind = SqliteConnection::establish(path).unwrap();
    let all = "SELECT name AS value FROM partners";
    assert_eq!(on_sqlite(&mut behind, all), [MARK]);
    let mut escaped = Vec::new();
    let pasted: Vec<String> = SQLITE
        .iter()
        .flat_map(|fragment| statements(&fragment.replace("$f", path)))
        .collect();
    for statement in pasted {
        let text = said(&stores.scope, statement.clone()).await;
        if text.contains(MARK) {
            escaped.push(format!("{statement}\n    says: {text}"));
        }
        if on_sqlite(&mut behind, all) != [MARK] || std::fs::exists(format!("{path}.copy")).unwrap()
        {
            escaped.push(format!("{statement}\n    left something"));
        }
    }
    if std::fs::metadata(&file).unwrap().len() != size {
        escaped.push("the other company's file has another size".to_owned());
    }
    escaped
}

#[tokio::test]
async fn fragments_stay_inside_their_company_on_sqlite() {
    let (stores, other, _) = peopled(Engine::Sqlite);
    let escaped = escapes_on_sqlite(&stores, other).await;
    assert!(
        escaped.is_empty(),
        "{}:\n{}",
        escaped.len(),
        escaped.join("\n")
    );
    assert!(SQLITE.len() >= 12);
}

#[tokio::test]
async fn a_neighbours_file_lets_them_out() {
    let (stores, other, _) = peopled(Engine::Sqlite);
    stores.put_file_in_place_of(other, stores.tenant).await;
    let escaped = escapes_on_sqlite(&stores, other).await;
    for told in [
        "SELECT name AS value FROM partners WHERE name = '' OR true",
        "UPDATE partners SET note = '' WHERE true",
        "DELETE FROM partners WHERE name = '' OR true",
    ] {
        assert!(escaped.iter().any(|one| one.contains(told)), "{escaped:?}");
    }
}
