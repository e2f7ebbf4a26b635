//! What is looked at before a PostgreSQL database is read or changed: that both addresses lead to one database, that nobody else
//! migrates it, and that nobody serves it while a step is taken back.

use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::{MigrateError, unreachable};
use crate::db::stores::StoreOptions;
use crate::db::{notices, pool, postgres};
use crate::error::Error;

/// "steading" as a number: whoever migrates this database holds it.
const ADVISORY_LOCK: i64 = 0x7374_6561_6469_6e67;
/// How long a look at the lock is from the next.
const LOOK: Duration = Duration::from_millis(100);
/// Looks until it is said who holds the lock, and until it is given up: two seconds and ten minutes.
const LOOKS: (u32, u32) = (20, 6_000);

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    said: String,
}

/// One text of the server.
fn asked(conn: &mut PgConnection, question: &str) -> Result<String, MigrateError> {
    let row: QueryResult<Said> = diesel::sql_query(question).get_result(conn);
    row.map(|row| row.said).map_err(unreachable)
}

/// Who holds an advisory lock of this database, as a question that needs no right.
fn held(name: i64) -> String {
    format!(
        "FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) \
         AND (classid::bigint << 32) | objid::bigint = {name}"
    )
}

/// Refuses two addresses that lead to two databases. A lock with a random name is held through one and looked for through the
/// other: that asks for no right there, and a pooler in between does no harm.
pub(super) fn one_database(
    options: &StoreOptions,
    owner: &mut PgConnection,
) -> Result<(), MigrateError> {
    let (Some(request), Some(owner_url)) = (&options.database_url, &options.owner_url) else {
        return Ok(());
    };
    if request == owner_url {
        return Ok(());
    }
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(unreachable)?;
    let name = i64::from_ne_bytes(random);
    let lock = owner.batch_execute(&format!("BEGIN; SELECT pg_advisory_xact_lock({name})"));
    lock.map_err(|error| refused(owner, unreachable(error)))?;
    let mut other = pool::open_uncached(request).map_err(unreachable)?;
    let seen = asked(
        &mut other,
        &format!("SELECT count(*)::text AS said {}", held(name)),
    )?;
    owner.batch_execute("ROLLBACK").map_err(unreachable)?;
    if seen != "0" {
        return Ok(());
    }
    Err(MigrateError::Refused(
        "database.url and database.owner_url lead to two different databases, so nothing was done. Name the same one in both."
            .to_owned(),
    ))
}

/// Waits until nobody else migrates the database. The lock is held until the connection is closed: in a transaction, so that a
/// pooler does not keep it either.
pub(super) fn alone(url: &str) -> Result<PgConnection, MigrateError> {
    let mut conn = pool::open_uncached(url).map_err(unreachable)?;
    conn.batch_execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0")
        .map_err(unreachable)?;
    let lock = format!("SELECT pg_try_advisory_xact_lock({ADVISORY_LOCK})::text AS said");
    let holder = format!(
        "SELECT coalesce(string_agg('process ' || pid || ' of the server', ', '), 'it has just ended') AS said {}",
        held(ADVISORY_LOCK)
    );
    let mut who = String::new();
    for look in 0..LOOKS.1 {
        let is_ours = asked(&mut conn, &lock).map_err(|error| refused(&mut conn, error))?;
        if is_ours == "true" {
            return Ok(conn);
        }
        if look == LOOKS.0 {
            who = asked(&mut conn, &holder)?;
            tracing::warn!("Another process migrates this database ({who}); waiting for it");
        }
        std::thread::sleep(LOOK);
    }
    Err(MigrateError::Busy(format!(
        "another process has been migrating this database for ten minutes ({who}): let it end, or end it, and try again"
    )))
}

/// Refuses while servers run on the database: what a step takes back, they work with.
pub(super) fn nobody_serves(conn: &mut PgConnection) -> Result<(), MigrateError> {
    let serving = asked(
        conn,
        &format!(
            "SELECT count(*)::text AS said FROM pg_stat_activity WHERE datname = current_database() AND application_name = '{}'",
            notices::NAME
        ),
    )?;
    if serving == "0" {
        return Ok(());
    }
    Err(MigrateError::Busy(format!(
        "steading serve runs on this database ({serving} of it): stop every one before a step is taken back"
    )))
}

/// Why a lock was not given: only who may become the owner may take one.
fn refused(conn: &mut PgConnection, error: MigrateError) -> MigrateError {
    match conn.batch_execute("ROLLBACK") {
        Ok(()) => not_the_owner(conn, error),
        Err(_) => error,
    }
}

/// Why the owner's work cannot be done, where the login may not become the owner; else the reason that was given.
pub(super) fn not_the_owner(conn: &mut PgConnection, otherwise: MigrateError) -> MigrateError {
    let refused = conn.batch_execute(&format!("SET ROLE {}", postgres::OWNER_ROLE));
    let (Err(reason), Ok(login)) = (refused, asked(conn, "SELECT session_user::text AS said"))
    else {
        return otherwise;
    };
    MigrateError::Refused(format!(
        "the login {login} may not become {} ({reason}): set database.owner_url to the login that owns the database, or run docker/postgres-init.sh",
        postgres::OWNER_ROLE
    ))
}

/// The reason of an error of the kernel as one of migrations.
pub(super) fn roles(error: &Error) -> MigrateError {
    MigrateError::Failed {
        store: "roles".to_owned(),
        reason: error.reason(),
    }
}
