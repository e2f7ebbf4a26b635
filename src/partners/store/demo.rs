//! What carries the label `is_demo`, what hangs on it, and taking it away in pieces: children first, the programmes last, so that
//! whatever is interrupted is found again.

use diesel::prelude::*;

use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::db::schema::tenant::{
    adjustments, attributions, click_days, clicks, commissions, customers, enrolments, events,
    identities, links, partners, payout_batches, payouts, programs,
};
use crate::id::{
    AdjustmentId, AttributionId, ClickId, CommissionId, CustomerId, EnrolmentId, EventId, LinkId,
    PartnerId, PayoutBatchId, PayoutId, ProgramId,
};
use crate::partners::demo::Figures;
use crate::partners::model::{LinkState, Outcome};

/// Whether there is any demo programme: they come first and go last.
pub fn is_loaded(c: &mut TenantConn) -> Result<bool> {
    let first = programs::table
        .filter(programs::is_demo.eq(true))
        .select(programs::id);
    Ok(first.first::<ProgramId>(c.db()).optional()?.is_some())
}

/// Whether this demo programme is still there.
pub fn stands(c: &mut TenantConn, program: ProgramId) -> Result<bool> {
    let found = programs::table.find(program).select(programs::id);
    Ok(found.first::<ProgramId>(c.db()).optional()?.is_some())
}

/// The labelled records and those that hang on them, as far as they are few.
#[derive(Debug, Clone, Default)]
pub struct Labelled {
    /// Programmes.
    pub programs: Vec<ProgramId>,
    /// Partners.
    pub partners: Vec<PartnerId>,
    /// Places of these partners or in these programmes.
    pub enrolments: Vec<EnrolmentId>,
    /// Links of these places.
    pub links: Vec<LinkId>,
    /// When the first of these links was made; none where there are none.
    pub since: Option<Timestamp>,
}

/// All that is labelled.
pub fn labelled(c: &mut TenantConn) -> Result<Labelled> {
    let programs: Vec<ProgramId> = programs::table
        .filter(programs::is_demo.eq(true))
        .select(programs::id)
        .load(c.db())?;
    let partners: Vec<PartnerId> = partners::table
        .filter(partners::is_demo.eq(true))
        .select(partners::id)
        .load(c.db())?;
    let of_partner = enrolments::partner_id.eq_any(partners.clone());
    let in_program = enrolments::program_id.eq_any(programs.clone());
    let enrolments: Vec<EnrolmentId> = enrolments::table
        .filter(of_partner.or(in_program))
        .select(enrolments::id)
        .load(c.db())?;
    let found: Vec<(LinkId, Timestamp)> = links::table
        .filter(links::enrolment_id.eq_any(enrolments.clone()))
        .select((links::id, links::created_at))
        .load(c.db())?;
    Ok(Labelled {
        programs,
        partners,
        enrolments,
        since: found.iter().map(|(_, at)| *at).min(),
        links: found.into_iter().map(|(id, _)| id).collect(),
    })
}

/// How much there is.
pub fn figures(c: &mut TenantConn) -> Result<Figures> {
    let cast = labelled(c)?;
    let many = |rows: i64| usize::try_from(rows).unwrap_or(0);
    let from = ClickId::floor(cast.since.unwrap_or(Timestamp::from_micros(0)));
    let shoppers = customers::table.filter(customers::is_demo.eq(true));
    Ok(Figures {
        programs: cast.programs.len(),
        partners: cast.partners.len(),
        links: cast.links.len(),
        clicks: many(
            clicks::table
                .filter(clicks::id.ge(from))
                .filter(clicks::link_id.eq_any(cast.links))
                .count()
                .get_result(c.db())?,
        ),
        customers: many(shoppers.count().get_result(c.db())?),
        events: many(
            events::table
                .filter(events::customer_id.eq_any(shoppers.select(customers::id.nullable())))
                .count()
                .get_result(c.db())?,
        ),
        commissions: many(
            commissions::table
                .filter(commissions::enrolment_id.eq_any(cast.enrolments))
                .count()
                .get_result(c.db())?,
        ),
        payouts: many(
            payouts::table
                .filter(payouts::partner_id.eq_any(cast.partners.clone()))
                .count()
                .get_result(c.db())?,
        ),
        adjustments: many(
            adjustments::table
                .filter(adjustments::partner_id.eq_any(cast.partners))
                .count()
                .get_result(c.db())?,
        ),
    })
}

/// Lets links lead nowhere.
pub fn close_links(c: &mut TenantConn, ids: &[LinkId]) -> Result<()> {
    diesel::update(links::table.filter(links::id.eq_any(ids.to_vec())))
        .set(links::state.eq(LinkState::Archived))
        .execute(c.db())?;
    Ok(())
}

/// Takes the label off customers for whom a real partner has earned since: they stay.
pub fn keep_customers_of_others(c: &mut TenantConn, demo: &[EnrolmentId]) -> Result<()> {
    let won_by_others = attributions::table
        .inner_join(events::table.on(events::id.eq(attributions::event_id)))
        .filter(attributions::enrolment_id.ne_all(demo.to_vec()))
        .filter(events::customer_id.is_not_null())
        .select(events::customer_id.assume_not_null());
    let ids = customers::table
        .filter(customers::is_demo.eq(true))
        .filter(customers::id.eq_any(won_by_others))
        .select(customers::id)
        .load::<CustomerId>(c.db())?;
    diesel::update(customers::table.filter(customers::id.eq_any(ids)))
        .set(customers::is_demo.eq(false))
        .execute(c.db())?;
    Ok(())
}

/// Some clicks through these links at or after a place, in the order of time.
pub fn clicks_from(
    c: &mut TenantConn,
    links: &[LinkId],
    from: ClickId,
    most: i64,
) -> Result<Vec<ClickId>> {
    Ok(clicks::table
        .filter(clicks::id.ge(from))
        .filter(clicks::link_id.eq_any(links.to_vec()))
        .order(clicks::id.asc())
        .limit(most)
        .select(clicks::id)
        .load(c.db())?)
}

/// Takes clicks away, and whose they were said to be.
pub fn forget_clicks(c: &mut TenantConn, ids: &[ClickId]) -> Result<usize> {
    if ids.is_empty() {
        return Ok(0);
    }
    let said = identities::table.filter(identities::click_id.eq_any(ids.to_vec()));
    diesel::delete(said).execute(c.db())?;
    let rows = clicks::table.filter(clicks::id.eq_any(ids.to_vec()));
    Ok(diesel::delete(rows).execute(c.db())?)
}

/// Takes the daily figures of links away.
pub fn forget_click_days(c: &mut TenantConn, links: &[LinkId]) -> Result<usize> {
    let rows = click_days::table.filter(click_days::link_id.eq_any(links.to_vec()));
    Ok(diesel::delete(rows).execute(c.db())?)
}

/// Takes some rows of a table away, by what they hang on, and says how many.
macro_rules! forget_some {
    ($(#[$doc:meta])* $name:ident: $table:ident($id:ty) by $column:ident($of:ty)) => {
        $(#[$doc])*
        pub fn $name(c: &mut TenantConn, of: &[$of], most: i64) -> Result<usize> {
            let ids = $table::table
                .filter($table::$column.eq_any(of.to_vec()))
                .limit(most)
                .select($table::id)
                .load::<$id>(c.db())?;
            if ids.is_empty() {
                return Ok(0);
            }
            Ok(diesel::delete($table::table.filter($table::id.eq_any(ids))).execute(c.db())?)
        }
    };
}

forget_some! {
    /// Takes corrections of partners away.
    forget_adjustments: adjustments(AdjustmentId) by partner_id(PartnerId)
}
forget_some! {
    /// Takes commissions of places away.
    forget_commissions: commissions(CommissionId) by enrolment_id(EnrolmentId)
}

/// Takes payouts of partners away, and batches that are empty without them.
pub fn forget_payouts(c: &mut TenantConn, of: &[PartnerId], most: i64) -> Result<usize> {
    let found = payouts::table
        .filter(payouts::partner_id.eq_any(of.to_vec()))
        .limit(most)
        .select((payouts::id, payouts::batch_id))
        .load::<(PayoutId, PayoutBatchId)>(c.db())?;
    if found.is_empty() {
        return Ok(0);
    }
    let (ids, batches): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    let rows = diesel::delete(payouts::table.filter(payouts::id.eq_any(ids))).execute(c.db())?;
    let filled = payouts::table.select(payouts::batch_id);
    let empty = payout_batches::table
        .filter(payout_batches::id.eq_any(batches))
        .filter(payout_batches::id.ne_all(filled));
    diesel::delete(empty).execute(c.db())?;
    Ok(rows)
}

/// Takes some labelled customers away with their events; says how many customers and events.
pub fn forget_customers(c: &mut TenantConn, most: i64) -> Result<(usize, usize)> {
    let ids = customers::table
        .filter(customers::is_demo.eq(true))
        .limit(most)
        .select(customers::id)
        .load::<CustomerId>(c.db())?;
    if ids.is_empty() {
        return Ok((0, 0));
    }
    diesel::delete(identities::table.filter(identities::customer_id.eq_any(ids.clone())))
        .execute(c.db())?;
    // Their attributions go with them.
    let theirs = events::table.filter(events::customer_id.eq_any(ids.clone()));
    let reported = diesel::delete(theirs).execute(c.db())?;
    let rows =
        diesel::delete(customers::table.filter(customers::id.eq_any(ids))).execute(c.db())?;
    Ok((rows, reported))
}

/// Takes the credit for real events away from these places; the events stay, with nobody's click.
pub fn forget_credit(c: &mut TenantConn, of: &[EnrolmentId], most: i64) -> Result<usize> {
    let found = attributions::table
        .filter(attributions::enrolment_id.eq_any(of.to_vec()))
        .limit(most)
        .select((attributions::id, attributions::event_id))
        .load::<(AttributionId, EventId)>(c.db())?;
    if found.is_empty() {
        return Ok(0);
    }
    let (ids, credited): (Vec<_>, Vec<_>) = found.into_iter().unzip();
    diesel::update(events::table.filter(events::id.eq_any(credited)))
        .set((
            events::outcome.eq(Outcome::NoClick),
            events::click_id.eq(None::<ClickId>),
        ))
        .execute(c.db())?;
    Ok(diesel::delete(attributions::table.filter(attributions::id.eq_any(ids))).execute(c.db())?)
}

/// Sets real customers free who were won by these places.
pub fn release_customers(c: &mut TenantConn, of: &[EnrolmentId]) -> Result<()> {
    diesel::update(customers::table.filter(customers::enrolment_id.eq_any(of.to_vec())))
        .set((
            customers::enrolment_id.eq(None::<EnrolmentId>),
            customers::converted_at.eq(None::<Timestamp>),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Takes the rest away: links, places, partners and programmes.
pub fn forget_cast(c: &mut TenantConn, cast: &Labelled) -> Result<()> {
    let links = links::table.filter(links::enrolment_id.eq_any(cast.enrolments.clone()));
    diesel::delete(links).execute(c.db())?;
    let places = enrolments::table.filter(enrolments::id.eq_any(cast.enrolments.clone()));
    diesel::delete(places).execute(c.db())?;
    diesel::delete(partners::table.filter(partners::is_demo.eq(true))).execute(c.db())?;
    diesel::delete(programs::table.filter(programs::is_demo.eq(true))).execute(c.db())?;
    Ok(())
}

/// Labels everything there is: what people made in a demo company is demo data too.
pub fn label_all(c: &mut TenantConn) -> Result<()> {
    diesel::update(programs::table.filter(programs::is_demo.eq(false)))
        .set(programs::is_demo.eq(true))
        .execute(c.db())?;
    diesel::update(partners::table.filter(partners::is_demo.eq(false)))
        .set(partners::is_demo.eq(true))
        .execute(c.db())?;
    diesel::update(customers::table.filter(customers::is_demo.eq(false)))
        .set(customers::is_demo.eq(true))
        .execute(c.db())?;
    Ok(())
}

/// Takes events of nobody away, refunds before what they refund. Returns how many; none when there are none left.
pub fn forget_events(c: &mut TenantConn, most: i64) -> Result<usize> {
    let refunds = events::table
        .filter(events::refunds_event_id.is_not_null())
        .limit(most)
        .select(events::id)
        .load::<EventId>(c.db())?;
    let ids = if refunds.is_empty() {
        events::table
            .limit(most)
            .select(events::id)
            .load::<EventId>(c.db())?
    } else {
        refunds
    };
    if ids.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(events::table.filter(events::id.eq_any(ids))).execute(c.db())?)
}
