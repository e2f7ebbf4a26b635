//! Customers, and which clicks were theirs.

use diesel::prelude::*;

use super::project;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::db::portable::each;
use crate::db::schema::tenant::{
    clicks, customers, enrolments, identities, links, partners, programs,
};
use crate::id::{ClickId, CustomerId, EnrolmentId, LinkId, PartnerId, ProgramId, ProjectId};
use crate::partners::model::{
    Candidate, ClickFlag, Customer, EnrolmentState, Identity, IdentitySource, PartnerState,
    ProgramState,
};

/// Clicks of one customer that are looked at, latest first: far more than any person makes.
const MOST_CLICKS: i64 = 500;

type Row = (
    CustomerId,
    String,
    Option<EnrolmentId>,
    Option<Timestamp>,
    bool,
    Timestamp,
);

fn read((id, external_id, enrolment_id, converted_at, _, created_at): Row) -> Customer {
    Customer {
        id,
        external_id,
        enrolment_id,
        converted_at,
        created_at,
    }
}

/// One by the company's name for them.
pub fn find_external(c: &mut TenantConn, external_id: &str) -> Result<Option<Customer>> {
    let row = each!(c.db(), |conn| customers::table
        .filter(customers::external_id.eq(external_id))
        .first::<Row>(conn))
    .optional()?;
    Ok(row.map(read))
}

/// Adds one.
pub fn insert(c: &mut TenantConn, customer: &Customer, is_demo: bool) -> Result<()> {
    each!(c.db(), |conn| diesel::insert_into(customers::table)
        .values((
            customers::id.eq(customer.id),
            customers::external_id.eq(&customer.external_id),
            customers::enrolment_id.eq(customer.enrolment_id),
            customers::converted_at.eq(customer.converted_at),
            customers::is_demo.eq(is_demo),
            customers::created_at.eq(customer.created_at),
        ))
        .execute(conn))?;
    Ok(())
}

/// Binds a customer to the enrolment that won them. The first one stays.
pub fn bind(
    c: &mut TenantConn,
    customer: CustomerId,
    enrolment: EnrolmentId,
    at: Timestamp,
) -> Result<()> {
    each!(c.db(), |conn| diesel::update(
        customers::table
            .filter(customers::id.eq(customer))
            .filter(customers::enrolment_id.is_null()),
    )
    .set((
        customers::enrolment_id.eq(enrolment),
        customers::converted_at.eq(at),
    ))
    .execute(conn))?;
    Ok(())
}

/// Adds a click to a customer's; false where it was there.
pub fn identify(c: &mut TenantConn, identity: &Identity) -> Result<bool> {
    let known = each!(c.db(), |conn| identities::table
        .find((identity.customer_id, identity.click_id))
        .select(identities::click_id)
        .first::<ClickId>(conn))
    .optional()?;
    if known.is_some() {
        return Ok(false);
    }
    each!(c.db(), |conn| diesel::insert_into(identities::table)
        .values((
            identities::customer_id.eq(identity.customer_id),
            identities::click_id.eq(identity.click_id),
            identities::link_id.eq(identity.link_id),
            identities::clicked_at.eq(identity.clicked_at),
            identities::source.eq(identity.source),
            identities::created_at.eq(identity.created_at),
        ))
        .execute(conn))?;
    Ok(true)
}

/// Who said what about a customer, latest click first.
pub fn identities_of(
    c: &mut TenantConn,
    customer: CustomerId,
) -> Result<Vec<(ClickId, Timestamp, IdentitySource)>> {
    let rows = identities::table
        .filter(identities::customer_id.eq(customer))
        .order(identities::clicked_at.desc())
        .limit(MOST_CLICKS)
        .select((
            identities::click_id,
            identities::clicked_at,
            identities::source,
        ))
        .load(c.db())?;
    Ok(rows)
}

/// Whether any customer was said to have made this click.
pub fn click_is_claimed(c: &mut TenantConn, click: ClickId) -> Result<bool> {
    let claim = identities::table
        .filter(identities::click_id.eq(click))
        .select(identities::customer_id);
    Ok(claim.first::<CustomerId>(c.db()).optional()?.is_some())
}

type Found = (
    ClickId,
    LinkId,
    EnrolmentId,
    PartnerId,
    ProgramId,
    Option<ClickFlag>,
    i64,
    EnrolmentState,
    PartnerState,
    ProgramState,
    Option<ProjectId>,
);

/// A found click as a candidate; none of another project's where the caller is limited to one.
fn candidate(found: Found, clicked_at: Timestamp, limit: Option<ProjectId>) -> Option<Candidate> {
    let (
        click,
        link,
        enrolment,
        partner,
        program,
        flag,
        window_days,
        enrolment_state,
        partner_state,
        program_state,
        project,
    ) = found;
    (limit.is_none() || project == limit).then_some(Candidate {
        click,
        link,
        enrolment,
        partner,
        program,
        clicked_at,
        window_days,
        earns: flag.is_none()
            && enrolment_state == EnrolmentState::Active
            && partner_state == PartnerState::Approved
            && program_state == ProgramState::Active,
    })
}

/// The clicks that may have led a customer to an event.
pub fn candidates(c: &mut TenantConn, customer: CustomerId) -> Result<Vec<Candidate>> {
    let rows = each!(c.db(), |conn| identities::table
        .inner_join(clicks::table.on(clicks::id.eq(identities::click_id)))
        .inner_join(links::table.on(links::id.eq(identities::link_id)))
        .inner_join(enrolments::table.on(enrolments::id.eq(links::enrolment_id)))
        .inner_join(partners::table.on(partners::id.eq(links::partner_id)))
        .inner_join(programs::table.on(programs::id.eq(links::program_id)))
        .filter(identities::customer_id.eq(customer))
        .order(identities::clicked_at.desc())
        .limit(MOST_CLICKS)
        .select((
            (
                clicks::id,
                links::id,
                enrolments::id,
                partners::id,
                programs::id,
                clicks::flag,
                programs::attribution_window_days,
                enrolments::state,
                partners::state,
                programs::state,
                programs::project_id,
            ),
            identities::clicked_at,
        ))
        .load::<(Found, Timestamp)>(conn))?;
    let limit = project(c);
    Ok(rows
        .into_iter()
        .filter_map(|(found, at)| candidate(found, at, limit))
        .collect())
}

/// A click as a candidate by itself.
pub fn candidate_of(c: &mut TenantConn, click: ClickId) -> Result<Option<Candidate>> {
    let found = each!(c.db(), |conn| clicks::table
        .inner_join(links::table.on(links::id.eq(clicks::link_id)))
        .inner_join(enrolments::table.on(enrolments::id.eq(links::enrolment_id)))
        .inner_join(partners::table.on(partners::id.eq(links::partner_id)))
        .inner_join(programs::table.on(programs::id.eq(links::program_id)))
        .filter(clicks::id.eq(click))
        .select((
            clicks::id,
            links::id,
            enrolments::id,
            partners::id,
            programs::id,
            clicks::flag,
            programs::attribution_window_days,
            enrolments::state,
            partners::state,
            programs::state,
            programs::project_id,
        ))
        .first::<Found>(conn))
    .optional()?;
    Ok(found.and_then(|found| candidate(found, click.made_at(), project(c))))
}

/// One by our id.
pub fn find(c: &mut TenantConn, id: CustomerId) -> Result<Option<Customer>> {
    Ok(customers::table
        .find(id)
        .first::<Row>(c.db())
        .optional()?
        .map(read))
}
