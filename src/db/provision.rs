//! What a PostgreSQL database needs before it holds anything: the roles, the two schemas, and who may do what in them.

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::postgres::{APP_ROLE, CONTROL_ROLE, OWNER_ROLE};
use crate::Result;

/// The schemas, and the role that requests become in each.
const SCHEMAS: [(&str, &str); 2] = [("control", CONTROL_ROLE), ("tenant", APP_ROLE)];

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
        if known.value == 0 {
            shared(
                conn,
                &format!(
                    "CREATE ROLE {role} NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
                ),
            )?;
        }
    }
    grant(conn, &[OWNER_ROLE, APP_ROLE, CONTROL_ROLE], &current.value)?;
    if let Some(login) = request_login.filter(|login| *login != current.value) {
        grant(conn, &[APP_ROLE, CONTROL_ROLE], login)?;
    }
    for (schema, role) in SCHEMAS {
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
        // The owner needs it for the trigger that moves `updated_at`.
        "GRANT USAGE ON LANGUAGE plpgsql TO steading_owner",
        "REVOKE EXECUTE ON FUNCTION pg_catalog.set_config(text, text, boolean) FROM PUBLIC",
        "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC",
        "DO $$ BEGIN EXECUTE format('REVOKE TEMP ON DATABASE %I FROM PUBLIC', current_database()); END $$",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC",
        "DO $$ DECLARE f regprocedure; BEGIN FOR f IN SELECT oid FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace \
         AND proname ~ '^pg_(notify|logical_emit_message|(try_)?advisory_.*lock.*)$' AND pg_has_role(proowner, 'USAGE') LOOP \
         EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC; GRANT EXECUTE ON FUNCTION %s TO steading_owner', f, f); \
         END LOOP; END $$",
    ] {
        if let Err(error) = conn.batch_execute(wish) {
            tracing::debug!(%error, "The server keeps a default grant");
        }
    }
    Ok(())
}

/// Makes `login` able to become those of `roles` it cannot yet become.
fn grant(conn: &mut PgConnection, roles: &[&str], login: &str) -> Result<()> {
    // From PostgreSQL 16 on one may be a member and still not allowed to become the role.
    let version: Count =
        diesel::sql_query("SELECT current_setting('server_version_num')::bigint AS value")
            .get_result(conn)?;
    let membership = if version.value >= 160_000 {
        "SET"
    } else {
        "MEMBER"
    };
    for role in roles {
        let may: Count = diesel::sql_query(
            "SELECT count(*) AS value FROM pg_roles WHERE rolname = $1 AND pg_has_role(rolname, $2, $3)",
        )
        .bind::<diesel::sql_types::Text, _>(login)
        .bind::<diesel::sql_types::Text, _>(*role)
        .bind::<diesel::sql_types::Text, _>(membership)
        .get_result(conn)?;
        if may.value == 0 {
            shared(conn, &format!("GRANT {role} TO {}", quoted(login)))?;
        }
    }
    Ok(())
}

/// Changes something all databases of the server share, where another process may just have done the same.
fn shared(conn: &mut PgConnection, statement: &str) -> Result<()> {
    let Err(error) = conn.batch_execute(statement) else {
        return Ok(());
    };
    let said = error.to_string();
    let done_by_another = [
        "already exists",
        "pg_authid_rolname_index",
        "tuple concurrently updated",
        "pg_auth_members",
    ];
    if done_by_another.iter().any(|sign| said.contains(sign)) {
        return Ok(());
    }
    Err(error.into())
}

/// Keeps the list of migrations to the owner: requests have no business in it.
pub(super) fn hide_migrations(conn: &mut PgConnection) -> QueryResult<()> {
    for (schema, role) in SCHEMAS {
        conn.batch_execute(&format!(
            "DO $$ BEGIN IF to_regclass('{schema}.__diesel_schema_migrations') IS NOT NULL THEN \
             REVOKE ALL ON {schema}.__diesel_schema_migrations FROM {role}; END IF; END $$"
        ))?;
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
