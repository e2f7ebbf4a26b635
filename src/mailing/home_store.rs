//! The one company of single mode, whose mail server also carries the mails about its accounts.

use diesel::prelude::*;

use crate::Result;
use crate::db::ControlConn;
use crate::db::schema::control::tenants::dsl::{id, slug, tenants};
use crate::id::TenantId;

/// The slug single mode gives its tenant.
const HOME: &str = "default";

/// The tenant of single mode, once it is there.
pub(super) fn home(c: &mut ControlConn<'_>) -> Result<Option<TenantId>> {
    Ok(tenants
        .filter(slug.eq(HOME))
        .select(id)
        .first(c.db())
        .optional()?)
}
