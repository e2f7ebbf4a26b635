//! Behind PgBouncer in transaction mode: connections change hands between transactions, and no company's with them.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use diesel::prelude::*;
use diesel::sql_query;
use steading::db::migrate::{self, Direction, Which};
use steading::db::schema::tenant::settings;
use steading::db::{Scope, Stores};

use crate::harness::engine::Engine;
use crate::harness::guardian::Guardian;
use crate::harness::stores::{TestStores, Unopened};
use crate::harness::{ports, postgres};

/// Transactions, each of so many statements: 200,000 in all.
const TRANSACTIONS: usize = 2_000;
const STATEMENTS: usize = 100;
/// Connections the pooler holds to the server; those to it are more.
const SERVER_CONNECTIONS: usize = 2;

/// A pooler before the server of this address; its own address.
pub(super) fn pooled(url: &str, folder: &Path) -> (Guardian, String) {
    let parsed = url::Url::parse(url).unwrap();
    let port = ports::free();
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
    let users = folder.join("users.txt");
    let (user, password) = (parsed.username(), parsed.password().unwrap());
    fs::write(&users, format!("\"{user}\" \"{password}\"\n")).unwrap();
    let settings = folder.join("pgbouncer.ini");
    fs::write(
        &settings,
        format!(
            "[databases]\n* = host=127.0.0.1 port={}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = plain\nauth_file = {}\npool_mode = transaction\ndefault_pool_size = {SERVER_CONNECTIONS}\nmax_client_conn = 100\n",
            parsed.port().unwrap(),
            users.display(),
        ),
    )
    .unwrap();
    let mut command = Command::new("/usr/sbin/pgbouncer");
    // It does not run as root.
    if rustix::process::getuid().is_root() {
        command.args(["-u", "postgres"]);
    }
    command.arg(&settings);
    let guardian = Guardian::start(&command, "TERM", folder);
    guardian.output.wait_for("the pooler", |line| {
        line.contains("process up").then_some(())
    });
    let mut address = parsed;
    address.set_port(Some(port)).unwrap();
    (guardian, address.into())
}

async fn mark(scope: &Scope, word: &'static str) {
    let written = scope.write(move |c| {
        let now = c.now();
        let row = (
            settings::name.eq("whose"),
            settings::value.eq(word),
            settings::updated_at.eq(now),
        );
        Ok(diesel::insert_into(settings::table)
            .values(row)
            .execute(c.db())?)
    });
    written.await.unwrap();
}

#[tokio::test]
async fn no_statement_behind_a_pooler_meets_another_company() {
    let direct = TestStores::new(Engine::Postgres);
    let (stranger, other) = direct.another_tenant();
    mark(&direct.scope, "mine").await;
    mark(&other, "theirs").await;
    let folder = tempfile::Builder::new()
        .prefix("steading-tests-pooler-")
        .tempdir()
        .unwrap()
        .keep();
    let (_pooler, address) = pooled(direct.options.database_url.as_ref().unwrap(), &folder);
    let mut options = direct.options.clone();
    options.database_url = Some(address);
    options.statement_cache = false;
    let stores = Stores::open(&options).unwrap();

    let readers: Vec<_> = [(direct.tenant, "mine"), (stranger, "theirs")]
        .into_iter()
        .cycle()
        .take(8)
        .map(|(tenant, word)| {
            let scope = stores.tenants.scope(tenant).unwrap();
            tokio::spawn(async move {
                for round in 0..TRANSACTIONS / 8 {
                    let work = move |c: &mut steading::db::TenantConn| {
                        for _ in 0..STATEMENTS {
                            let whose: Vec<String> =
                                settings::table.select(settings::value).load(c.db())?;
                            assert_eq!(whose, [word]);
                        }
                        // A transaction that fails must leave as little behind as one that does not.
                        if round % 7 == 0 {
                            sql_query("SELECT nonsense").execute(c.db())?;
                        }
                        Ok(())
                    };
                    let done = if round % 5 == 0 {
                        scope.write(work).await
                    } else {
                        scope.read(work).await
                    };
                    assert_eq!(done.is_err(), round % 7 == 0, "{done:?}");
                }
            })
        })
        .collect();
    for reader in readers {
        reader.await.unwrap();
    }
    stores.shutdown().await;
}

#[test]
fn one_address_through_a_pooler_migrates_and_leaves_no_lock() {
    let urls = postgres::fresh_database();
    let folder = tempfile::Builder::new()
        .prefix("steading-tests-pooler-")
        .tempdir()
        .unwrap()
        .keep();
    let (_pooler, address) = pooled(&urls.owner, &folder);
    let mut options = Unopened::empty(Engine::Postgres).options;
    options.database_url = Some(address);
    options.owner_url = None;
    for direction in [Direction::Up, Direction::Down, Direction::Up] {
        migrate::run(&options, Which::All, direction).unwrap();
    }
    let mut behind = PgConnection::establish(&urls.superuser).unwrap();
    let held: i64 = sql_query("SELECT count(*) AS held FROM pg_locks WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")
        .get_result::<Held>(&mut behind)
        .unwrap()
        .held;
    assert_eq!(held, 0);
}

#[derive(QueryableByName)]
struct Held {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    held: i64,
}
