//! The SQL of an event of the control plane that a company's people see in their trail: the one column more that table has.

use diesel::prelude::*;

use super::store::NewEvent;
use crate::Result;
use crate::db::schema::control::audit_events::{self, dsl};
use crate::db::{Plane, Scoped};
use crate::id::TenantId;

pub(super) fn insert<P: Plane>(
    c: &mut Scoped<'_, P>,
    event: &NewEvent<'_>,
    company: TenantId,
) -> Result<()> {
    diesel::insert_into(audit_events::table)
        .values((
            dsl::id.eq(event.id),
            dsl::at.eq(event.at),
            dsl::actor_kind.eq(event.actor_kind),
            dsl::actor_id.eq(event.actor_id),
            dsl::actor_name.eq(event.actor_name),
            dsl::action.eq(event.action),
            dsl::target_kind.eq(event.target_kind),
            dsl::target_id.eq(event.target_id),
            dsl::target_name.eq(event.target_name),
            dsl::product.eq(event.product),
            dsl::changes.eq(event.changes),
            dsl::address.eq(event.address),
            dsl::user_agent.eq(event.user_agent),
            dsl::request_id.eq(event.request_id),
            dsl::tenant_id.eq(company),
        ))
        .execute(c.db())?;
    Ok(())
}
