//! SQL of the record that travels.

use diesel::prelude::*;

use super::carry::{Entitlement, More, Project};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::ControlConn;
use crate::db::schema::control::{entitlements, projects, tenants};
use crate::id::{ProjectId, TenantId};

/// What the registry knows beyond the settings, and since when.
pub(super) fn more(c: &mut ControlConn, tenant: TenantId) -> Result<(More, Timestamp)> {
    type Words = (
        String,
        String,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
    );
    type Rest = (
        Option<Timestamp>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<String>,
        Option<Timestamp>,
        Timestamp,
    );
    let (words, rest): (Words, Rest) = tenants::table
        .find(tenant)
        .select((
            (
                tenants::kind,
                tenants::plan,
                tenants::legal_name,
                tenants::tax_id,
                tenants::industry,
                tenants::logo_url,
                tenants::color,
            ),
            (
                tenants::trial_ends_at,
                tenants::contract_start,
                tenants::contract_end,
                tenants::erp_customer_id,
                tenants::stripe_customer_id,
                tenants::sales_owner,
                tenants::frozen_at,
                tenants::created_at,
            ),
        ))
        .first(c.db())?;
    let (kind, plan, legal_name, tax_id, industry, logo_url, color) = words;
    let (trial_ends_at, contract_start, contract_end, erp, stripe, sales_owner, frozen_at, opened) =
        rest;
    let more = More {
        kind,
        plan,
        legal_name,
        tax_id,
        industry,
        logo_url,
        color,
        trial_ends_at,
        contract_start,
        contract_end,
        erp_customer_id: erp,
        stripe_customer_id: stripe,
        sales_owner,
        frozen_at,
    };
    Ok((more, opened))
}

/// Whether another company has one of its numbers.
pub(super) fn is_taken(c: &mut ControlConn, tenant: TenantId, more: &More) -> Result<bool> {
    let mut taken = false;
    if let Some(number) = &more.erp_customer_id {
        let by = tenants::table
            .filter(tenants::erp_customer_id.eq(number))
            .filter(tenants::id.ne(tenant));
        taken |= by.count().get_result::<i64>(c.db())? > 0;
    }
    if let Some(number) = &more.stripe_customer_id {
        let by = tenants::table
            .filter(tenants::stripe_customer_id.eq(number))
            .filter(tenants::id.ne(tenant));
        taken |= by.count().get_result::<i64>(c.db())? > 0;
    }
    Ok(taken)
}

/// Writes what the registry knows beyond the settings.
pub(super) fn save_more(c: &mut ControlConn, tenant: TenantId, more: &More) -> Result<()> {
    let now = c.now();
    diesel::update(tenants::table.find(tenant))
        .set((
            tenants::kind.eq(&more.kind),
            tenants::plan.eq(&more.plan),
            tenants::legal_name.eq(&more.legal_name),
            tenants::tax_id.eq(&more.tax_id),
            tenants::industry.eq(&more.industry),
            tenants::logo_url.eq(&more.logo_url),
            tenants::color.eq(&more.color),
            tenants::trial_ends_at.eq(more.trial_ends_at),
            tenants::contract_start.eq(&more.contract_start),
            tenants::contract_end.eq(&more.contract_end),
            tenants::erp_customer_id.eq(&more.erp_customer_id),
            tenants::stripe_customer_id.eq(&more.stripe_customer_id),
            tenants::sales_owner.eq(&more.sales_owner),
            tenants::frozen_at.eq(more.frozen_at),
            tenants::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// What it may use.
pub(super) fn entitlements(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<Entitlement>> {
    let rows: Vec<(String, bool, String, Option<Timestamp>)> = entitlements::table
        .filter(entitlements::tenant_id.eq(tenant))
        .select((
            entitlements::product,
            entitlements::is_enabled,
            entitlements::knobs,
            entitlements::expires_at,
        ))
        .order(entitlements::product)
        .load(c.db())?;
    let one = |(product, is_enabled, knobs, expires_at)| Entitlement {
        product,
        is_enabled,
        knobs,
        expires_at,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Adds what it may use, over what there is.
pub(super) fn add_entitlements(
    c: &mut ControlConn,
    tenant: TenantId,
    all: &[Entitlement],
) -> Result<()> {
    let now = c.now();
    for one in all {
        diesel::delete(entitlements::table.find((tenant, &one.product))).execute(c.db())?;
        diesel::insert_into(entitlements::table)
            .values((
                entitlements::tenant_id.eq(tenant),
                entitlements::product.eq(&one.product),
                entitlements::is_enabled.eq(one.is_enabled),
                entitlements::knobs.eq(&one.knobs),
                entitlements::expires_at.eq(one.expires_at),
                entitlements::created_at.eq(now),
                entitlements::updated_at.eq(now),
            ))
            .execute(c.db())?;
    }
    Ok(())
}

/// Its parts.
pub(super) fn projects(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<Project>> {
    let rows: Vec<(ProjectId, String, String, String)> = projects::table
        .filter(projects::tenant_id.eq(tenant))
        .select((
            projects::id,
            projects::slug,
            projects::name,
            projects::state,
        ))
        .order(projects::slug)
        .load(c.db())?;
    let one = |(id, slug, name, state)| Project {
        id,
        slug,
        name,
        state,
    };
    Ok(rows.into_iter().map(one).collect())
}

/// Adds its parts. One that is here under its id belongs to another company and stays there: the part gets a new id.
pub(super) fn add_projects(c: &mut ControlConn, tenant: TenantId, all: &[Project]) -> Result<()> {
    let now = c.now();
    for one in all {
        let here: i64 = projects::table.find(one.id).count().get_result(c.db())?;
        let id = if here == 0 {
            one.id
        } else {
            ProjectId::new(now)
        };
        diesel::insert_into(projects::table)
            .values((
                projects::id.eq(id),
                projects::tenant_id.eq(tenant),
                projects::slug.eq(&one.slug),
                projects::name.eq(&one.name),
                projects::state.eq(&one.state),
                projects::created_at.eq(now),
                projects::updated_at.eq(now),
            ))
            .execute(c.db())?;
    }
    Ok(())
}
