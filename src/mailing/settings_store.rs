//! The company's mail settings: one row of its settings, as JSON; the password inside is sealed.

use diesel::prelude::*;
use diesel::sql_types::Text;

use super::settings::Settings;
use crate::db::portable::{Target, on_conflict};
use crate::db::schema::tenant::settings::dsl;
use crate::db::types::Instant;
use crate::db::{TenantConn, schema};
use crate::{Error, Result};

const NAME: &str = "mail";

pub(super) fn load(c: &mut TenantConn<'_>) -> Result<Settings> {
    let value: Option<String> = schema::tenant::settings::table
        .find(NAME)
        .select(dsl::value)
        .first(c.db())
        .optional()?;
    value.map_or_else(
        || Ok(Settings::default()),
        |text| serde_json::from_str(&text).map_err(|e| Error::Internal(Box::new(e))),
    )
}

pub(super) fn save(c: &mut TenantConn<'_>, settings: &Settings) -> Result<()> {
    let value = serde_json::to_string(settings).map_err(|e| Error::Internal(Box::new(e)))?;
    let now = c.now();
    let replace = on_conflict(
        c.db(),
        Target::Tenant,
        "name",
        "DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at",
    );
    diesel::sql_query(format!(
        "INSERT INTO settings (name, value, updated_at) VALUES ($1, $2, $3){replace}"
    ))
    .bind::<Text, _>(NAME)
    .bind::<Text, _>(value)
    .bind::<Instant, _>(now)
    .execute(c.db())?;
    Ok(())
}
