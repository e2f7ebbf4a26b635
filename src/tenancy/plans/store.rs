//! Plans and entitlements in the registry: the SQL of this room.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{knobs, plan};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::ControlConn;
use crate::db::schema::control::{entitlements, tenants};
use crate::gate::{Entitled, Standing};
use crate::id::TenantId;

/// What was decided about one company's use of a product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kept {
    pub(super) is_enabled: bool,
    pub(super) knobs: String,
    pub(super) expires_at: Option<Timestamp>,
}

type PlanRow = (TenantId, String, String, Option<Timestamp>);
type EntitlementRow = (TenantId, String, bool, String, Option<Timestamp>);

/// How every company stands.
pub(in crate::tenancy) fn standings(c: &mut ControlConn) -> Result<HashMap<TenantId, Standing>> {
    let rows: Vec<EntitlementRow> = entitlements::table
        .select((
            entitlements::tenant_id,
            entitlements::product,
            entitlements::is_enabled,
            entitlements::knobs,
            entitlements::expires_at,
        ))
        .load(c.db())?;
    let mut decided: HashMap<TenantId, Vec<EntitlementRow>> = HashMap::new();
    for row in rows {
        decided.entry(row.0).or_default().push(row);
    }
    let plans: Vec<PlanRow> = tenants::table
        .select((
            tenants::id,
            tenants::plan,
            tenants::status,
            tenants::trial_ends_at,
        ))
        .load(c.db())?;
    Ok(plans
        .into_iter()
        .map(|(id, plan, status, trial_ends_at)| {
            let of_it = decided.remove(&id).unwrap_or_default();
            let standing = standing(&plan, &of_it, trial_ends_at.filter(|_| status == "trial"));
            (id, standing)
        })
        .collect())
}

fn standing(plan: &str, decided: &[EntitlementRow], trial_ends_at: Option<Timestamp>) -> Standing {
    let knobs: knobs::Knobs = decided
        .iter()
        .flat_map(|(_, _, _, knobs, _)| knobs::read(knobs))
        .collect();
    Standing {
        limits: plan::limits(plan, &knobs),
        trial_ends_at,
        products: decided
            .iter()
            .map(|(_, product, is_on, _, until)| Entitled {
                product: product.clone(),
                is_on: *is_on,
                until: *until,
            })
            .collect(),
    }
}

/// What was decided about a product, if anything.
pub(super) fn entitlement(
    c: &mut ControlConn,
    tenant: TenantId,
    product: &str,
) -> Result<Option<Kept>> {
    let row: Option<(bool, String, Option<Timestamp>)> = entitlements::table
        .filter(entitlements::tenant_id.eq(tenant))
        .filter(entitlements::product.eq(product))
        .select((
            entitlements::is_enabled,
            entitlements::knobs,
            entitlements::expires_at,
        ))
        .first(c.db())
        .optional()?;
    Ok(row.map(|(is_enabled, knobs, expires_at)| Kept {
        is_enabled,
        knobs,
        expires_at,
    }))
}

/// Writes the first decision about a product.
pub(super) fn insert_entitlement(
    c: &mut ControlConn,
    tenant: TenantId,
    product: &str,
    kept: &Kept,
) -> Result<()> {
    let now = c.now();
    diesel::insert_into(entitlements::table)
        .values((
            entitlements::tenant_id.eq(tenant),
            entitlements::product.eq(product),
            entitlements::is_enabled.eq(kept.is_enabled),
            entitlements::knobs.eq(&kept.knobs),
            entitlements::expires_at.eq(kept.expires_at),
            entitlements::created_at.eq(now),
            entitlements::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes another decision over the one there is.
pub(super) fn update_entitlement(
    c: &mut ControlConn,
    tenant: TenantId,
    product: &str,
    kept: &Kept,
) -> Result<()> {
    let now = c.now();
    diesel::update(
        entitlements::table
            .filter(entitlements::tenant_id.eq(tenant))
            .filter(entitlements::product.eq(product)),
    )
    .set((
        entitlements::is_enabled.eq(kept.is_enabled),
        entitlements::knobs.eq(&kept.knobs),
        entitlements::expires_at.eq(kept.expires_at),
        entitlements::updated_at.eq(now),
    ))
    .execute(c.db())?;
    Ok(())
}

/// A company's name and plan.
pub(super) fn name_and_plan(
    c: &mut ControlConn,
    tenant: TenantId,
) -> Result<Option<(String, String)>> {
    Ok(tenants::table
        .filter(tenants::id.eq(tenant))
        .select((tenants::name, tenants::plan))
        .first(c.db())
        .optional()?)
}
