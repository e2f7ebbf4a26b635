//! Plans and entitlements in the registry: the SQL of this room.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{knobs, plan};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::schema::control::{audit_events, entitlements, tenants};
use crate::db::{ControlConn, MultiBackend};
use crate::gate::{Entitled, Limits, Standing};
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

/// How every company stands, or this one alone.
pub(in crate::tenancy) fn standings(
    c: &mut ControlConn,
    only: Option<TenantId>,
) -> Result<HashMap<TenantId, Standing>> {
    let mut decisions = entitlements::table
        .select((
            entitlements::tenant_id,
            entitlements::product,
            entitlements::is_enabled,
            entitlements::knobs,
            entitlements::expires_at,
        ))
        .into_boxed::<MultiBackend>();
    let mut plans = tenants::table
        .select((
            tenants::id,
            tenants::plan,
            tenants::status,
            tenants::trial_ends_at,
        ))
        .into_boxed::<MultiBackend>();
    if let Some(only) = only {
        decisions = decisions.filter(entitlements::tenant_id.eq(only));
        plans = plans.filter(tenants::id.eq(only));
    }
    let mut decided: HashMap<TenantId, Vec<EntitlementRow>> = HashMap::new();
    for row in decisions.load::<EntitlementRow>(c.db())? {
        decided.entry(row.0).or_default().push(row);
    }
    Ok(plans
        .load::<PlanRow>(c.db())?
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

/// A company's plan, and what it allows with the company's own knobs.
pub(super) fn plan_and_limits(
    c: &mut ControlConn,
    tenant: TenantId,
) -> Result<Option<(String, Limits)>> {
    let Some((_, plan)) = name_and_plan(c, tenant)? else {
        return Ok(None);
    };
    let texts: Vec<String> = entitlements::table
        .filter(entitlements::tenant_id.eq(tenant))
        .select(entitlements::knobs)
        .load(c.db())?;
    let knobs: knobs::Knobs = texts.iter().flat_map(|text| knobs::read(text)).collect();
    let limits = plan::limits(&plan, &knobs);
    Ok(Some((plan, limits)))
}

/// Companies whose trial is over, the longest over first.
pub(super) fn trials_over(c: &mut ControlConn, most: i64) -> Result<Vec<TenantId>> {
    let now = c.now();
    Ok(tenants::table
        .filter(tenants::trial_ends_at.le(now))
        .filter(tenants::status.eq("trial"))
        .order(tenants::trial_ends_at)
        .limit(most)
        .select(tenants::id)
        .load(c.db())?)
}

/// A demo company, and since when it is as it should be.
#[derive(Debug, Clone)]
pub(super) struct Demo {
    pub(super) tenant: TenantId,
    pub(super) time_zone: String,
    pub(super) fresh_at: Timestamp,
}

/// The demo companies that can be reset. Each is fresh since its last event of the kind `reset`, or since it was opened.
pub(super) fn demos(c: &mut ControlConn, reset: &str) -> Result<Vec<Demo>> {
    let rows: Vec<(TenantId, String, Timestamp)> = tenants::table
        .filter(tenants::kind.eq("demo"))
        .filter(tenants::status.eq("demo"))
        .select((tenants::id, tenants::time_zone, tenants::created_at))
        .load(c.db())?;
    rows.into_iter()
        .map(|(tenant, time_zone, opened_at)| {
            let last: Option<Timestamp> = audit_events::table
                .filter(audit_events::target_kind.eq("company"))
                .filter(audit_events::target_id.eq(tenant.to_string()))
                .filter(audit_events::action.eq(reset))
                .order(audit_events::id.desc())
                .select(audit_events::at)
                .first(c.db())
                .optional()?;
            Ok(Demo {
                tenant,
                time_zone,
                fresh_at: last.unwrap_or(opened_at),
            })
        })
        .collect()
}
