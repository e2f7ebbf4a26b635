//! What the programme's jobs remember between two runs.

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::Result;
use crate::db::TenantConn;
use crate::db::portable::{Target, on_conflict};
use crate::db::schema::tenant::settings;
use crate::db::types::Instant;

/// What was remembered under a name.
pub fn remembered(c: &mut TenantConn, name: &str) -> Result<Option<String>> {
    let found = settings::table
        .find(name)
        .select(settings::value)
        .first::<String>(c.db())
        .optional()?;
    Ok(found)
}

/// Remembers a text under a name.
pub fn remember(c: &mut TenantConn, name: &str, value: &str) -> Result<()> {
    let now = c.now();
    let action = "DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at";
    let tail = on_conflict(c.db(), Target::Tenant, "name", action);
    diesel::sql_query(format!(
        "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3){tail}"
    ))
    .bind::<Text, _>(name)
    .bind::<Text, _>(value)
    .bind::<Instant, _>(now)
    .execute(c.db())?;
    Ok(())
}

/// Forgets what was remembered under a name.
pub fn forget(c: &mut TenantConn, name: &str) -> Result<()> {
    diesel::delete(settings::table.find(name)).execute(c.db())?;
    Ok(())
}
