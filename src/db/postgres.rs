//! PostgreSQL: every transaction opens with one message that takes the restricted role, the plane's schema and the tenant.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;

use super::conn::{Conn, Plane, Scoped};
use super::error::{Verdict, verdict};
use super::health::StoreHealth;
use super::pool::{Connections, Pooled};
use super::writer::AfterCommit;
use crate::clock::Clock;
use crate::id::TenantId;
use crate::{Error, Result};

/// Owns schemas and tables; migrations and operator reports run as it.
pub(super) const OWNER_ROLE: &str = "steading_owner";
/// Requests on the tenant plane run as it.
pub(super) const APP_ROLE: &str = "steading_app";
/// Requests on the control plane run as it.
pub(super) const CONTROL_ROLE: &str = "steading_control";

/// Times a write is run again after it met another one.
const RETRIES: u32 = 3;

/// A PostgreSQL server and how to reach it.
pub(super) struct Server {
    pub(super) pool: Connections,
    pub(super) clock: Clock,
    pub(super) health: StoreHealth,
    pub(super) after_commit: AfterCommit,
}

/// The first message of a transaction. Built from constants and a typed id only, so it carries nobody's text.
fn prologue<P: Plane>(owner: TenantId, write: bool) -> String {
    let begin = if write {
        "BEGIN ISOLATION LEVEL SERIALIZABLE"
    } else {
        "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    };
    let role = if P::NAME == "tenant" {
        APP_ROLE
    } else {
        CONTROL_ROLE
    };
    let schema = P::NAME;
    let tenant = owner.uuid();
    format!(
        "{begin}; SET LOCAL ROLE {role}; SET LOCAL search_path TO {schema}, pg_temp; SET LOCAL app.tenant_id = '{tenant}'; \
         SET LOCAL statement_timeout = '15s'; SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '15s'"
    )
}

impl Server {
    pub(super) fn read<P: Plane, T>(
        &self,
        owner: TenantId,
        work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>,
    ) -> Result<T> {
        super::scope::read_in(
            &self.pool,
            Some(&prologue::<P>(owner, false)),
            owner,
            &self.clock,
            work,
        )
    }

    pub(super) fn write<P: Plane, T>(
        &self,
        owner: TenantId,
        work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>,
    ) -> Result<T> {
        let opening = prologue::<P>(owner, true);
        let mut attempt = 0;
        loop {
            match self.write_once(&opening, owner, work) {
                Err(error) if verdict(&error) == Verdict::Again && attempt < RETRIES => {
                    attempt += 1;
                    std::thread::sleep(jitter(attempt));
                }
                Err(error) if verdict(&error) == Verdict::Again => return Err(Error::Busy),
                other => return other,
            }
        }
    }

    fn write_once<P: Plane, T>(
        &self,
        opening: &str,
        owner: TenantId,
        work: &dyn Fn(&mut Scoped<'_, P>) -> Result<T>,
    ) -> Result<T> {
        let mut pooled = self.pool.get()?;
        if let Err(error) = open(&mut pooled, opening) {
            pooled.broken = true;
            tracing::warn!(%error, "A PostgreSQL transaction could not be opened");
            self.health.failed();
            return Err(Error::Busy);
        }
        let mut scoped = Scoped::new(&mut pooled.conn, owner, &self.clock);
        let result = work(&mut scoped);
        let wants_jobs = scoped.wants_jobs();
        match result {
            Ok(value) => {
                match <Conn as Connection>::TransactionManager::commit_transaction(&mut pooled.conn)
                {
                    Ok(()) => {
                        self.health.committed(1);
                        if wants_jobs {
                            (self.after_commit)(owner);
                        }
                        Ok(value)
                    }
                    Err(error) => {
                        let error = Error::from(error);
                        if verdict(&error) == Verdict::Again {
                            Err(error)
                        } else {
                            pooled.broken = true;
                            self.health.failed();
                            Err(Error::Busy)
                        }
                    }
                }
            }
            Err(error) => {
                if let Error::Database(source) = &error
                    && verdict(&error) != Verdict::Again
                {
                    tracing::warn!(error = %source, "A write failed in the database");
                }
                if <Conn as Connection>::TransactionManager::rollback_transaction(&mut pooled.conn)
                    .is_err()
                {
                    pooled.broken = true;
                }
                Err(error)
            }
        }
    }

    /// Asks the server for nothing, to learn whether it answers.
    pub(super) fn ping(&self) -> Result<()> {
        let mut pooled = self.pool.get()?;
        let answer = pooled.conn.batch_execute("SELECT 1");
        if let Err(error) = answer {
            pooled.broken = true;
            return Err(error.into());
        }
        Ok(())
    }
}

fn open(pooled: &mut Pooled, opening: &str) -> QueryResult<()> {
    match &mut pooled.conn {
        Conn::Postgres(c) => AnsiTransactionManager::begin_transaction_sql(c, opening),
        Conn::Sqlite(c) => AnsiTransactionManager::begin_transaction(c),
    }
}

/// A wait that grows with the attempt and differs between those who met.
fn jitter(attempt: u32) -> Duration {
    let mut random = [0_u8; 2];
    if getrandom::fill(&mut random).is_err() {
        random = [7, 7];
    }
    let spread = u64::from(u16::from_le_bytes(random)) % 1_000;
    Duration::from_micros(spread.saturating_mul(1 << attempt.min(8)) + 200)
}

/// Makes the roles, schemas and grants; safe to run again. `request_login` is the login that requests come in with.
///
/// # Errors
/// Where the owner's login may not do that.
pub(super) fn provision(conn: &mut PgConnection, request_login: Option<&str>) -> Result<()> {
    let current: Text = diesel::sql_query("SELECT current_user::text AS value").get_result(conn)?;
    for role in [OWNER_ROLE, APP_ROLE, CONTROL_ROLE] {
        let known: Count =
            diesel::sql_query("SELECT count(*) AS value FROM pg_roles WHERE rolname = $1")
                .bind::<diesel::sql_types::Text, _>(role)
                .get_result(conn)?;
        if known.value == 0
            && let Err(error) = conn.batch_execute(&format!(
                "CREATE ROLE {role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
            ))
            && !error.to_string().contains("already exists")
            && !error.to_string().contains("pg_authid_rolname_index")
        {
            return Err(error.into());
        }
    }
    grant(conn, &[OWNER_ROLE, APP_ROLE, CONTROL_ROLE], &current.value)?;
    if let Some(login) = request_login.filter(|login| *login != current.value) {
        grant(conn, &[APP_ROLE, CONTROL_ROLE], login)?;
    }
    for (schema, role) in [("control", CONTROL_ROLE), ("tenant", APP_ROLE)] {
        conn.batch_execute(&format!(
            "CREATE SCHEMA IF NOT EXISTS {schema} AUTHORIZATION {OWNER_ROLE}"
        ))?;
        conn.batch_execute(&format!("SET ROLE {OWNER_ROLE}"))?;
        conn.batch_execute(&format!("GRANT USAGE ON SCHEMA {schema} TO {role}"))?;
        conn.batch_execute(&format!(
            "ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role}"
        ))?;
        conn.batch_execute("RESET ROLE")?;
    }
    // Best effort: only the server's superuser may take these away; `doctor` says where they remain.
    for wish in [
        "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
        "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
        "DO $$ BEGIN EXECUTE format('REVOKE TEMP ON DATABASE %I FROM PUBLIC', current_database()); END $$",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
    ] {
        if let Err(error) = conn.batch_execute(wish) {
            tracing::debug!(%error, "The server keeps a default grant");
        }
    }
    Ok(())
}

/// Makes `login` a member of those of `roles` it is not yet in.
fn grant(conn: &mut PgConnection, roles: &[&str], login: &str) -> Result<()> {
    for role in roles {
        let member: Count = diesel::sql_query(
            "SELECT count(*) AS value FROM pg_roles WHERE rolname = $1 AND pg_has_role(rolname, $2, 'MEMBER')",
        )
        .bind::<diesel::sql_types::Text, _>(login)
        .bind::<diesel::sql_types::Text, _>(*role)
        .get_result(conn)?;
        if member.value == 0 {
            conn.batch_execute(&format!("GRANT {role} TO {}", quoted(login)))?;
        }
    }
    Ok(())
}

/// An identifier for a statement: only names that come from the server or the operator's own configuration get here.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    value: i64,
}

#[derive(diesel::QueryableByName)]
struct Text {
    #[diesel(sql_type = diesel::sql_types::Text)]
    value: String,
}

/// Shares one server between the planes.
pub(super) fn server(
    pool: Connections,
    clock: Clock,
    health: StoreHealth,
    after_commit: AfterCommit,
) -> Arc<Server> {
    Arc::new(Server {
        pool,
        clock,
        health,
        after_commit,
    })
}
