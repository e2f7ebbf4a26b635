//! Many rows in one statement, for what comes in thousands. Callers cut their rows into pieces of at most [`MOST_ROWS`], well below
//! the parameters a statement may carry on either engine.

use diesel::prelude::*;

use super::commissions::RULE;
use super::events::WHOLE_PPM;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::db::portable::each;
use crate::db::schema::tenant::{
    adjustments, attributions, click_days, clicks, commissions, customers, events, identities,
    payouts,
};
use crate::partners::demo::{Visit, VisitDay};
use crate::partners::model::{
    Adjustment, Attribution, Commission, Customer, Event, Identity, Payout,
};

/// Rows of one statement.
pub const MOST_ROWS: usize = 500;

/// Writes rows of a table. An empty batch answers with a stale count on SQLite, so nothing is sent for it.
macro_rules! write_rows {
    ($c:expr, $table:ident, $rows:expr, |$row:pat_param| $values:expr) => {{
        let values: Vec<_> = $rows.iter().map(|$row| $values).collect();
        if !values.is_empty() {
            each!($c.db(), |conn| diesel::insert_into($table::table)
                .values(&values)
                .execute(conn))?;
        }
        Ok(())
    }};
}

/// Clicks.
pub fn visits(c: &mut TenantConn, rows: &[Visit]) -> Result<()> {
    write_rows!(c, clicks, rows, |row| (
        clicks::id.eq(row.id),
        clicks::link_id.eq(row.link),
        clicks::visitor.eq(row.visitor.as_slice()),
        clicks::referrer.eq(row.referrer),
        clicks::user_agent.eq(row.user_agent),
        clicks::query.eq(row.query),
        clicks::flag.eq(row.flag),
    ))
}

/// Daily figures of links.
pub fn visit_days(c: &mut TenantConn, rows: &[VisitDay]) -> Result<()> {
    write_rows!(c, click_days, rows, |row| (
        click_days::day.eq(row.day.as_str()),
        click_days::link_id.eq(row.link),
        click_days::clicks.eq(row.visits),
        click_days::flagged.eq(row.flagged),
    ))
}

/// Customers of the demo.
pub fn demo_customers(c: &mut TenantConn, rows: &[Customer]) -> Result<()> {
    write_rows!(c, customers, rows, |row| (
        customers::id.eq(row.id),
        customers::external_id.eq(row.external_id.as_str()),
        customers::enrolment_id.eq(row.enrolment_id),
        customers::converted_at.eq(row.converted_at),
        customers::is_demo.eq(true),
        customers::created_at.eq(row.created_at),
    ))
}

/// Which clicks were whose.
pub fn identities(c: &mut TenantConn, rows: &[Identity]) -> Result<()> {
    write_rows!(c, identities, rows, |row| (
        identities::customer_id.eq(row.customer_id),
        identities::click_id.eq(row.click_id),
        identities::link_id.eq(row.link_id),
        identities::clicked_at.eq(row.clicked_at),
        identities::source.eq(row.source),
        identities::created_at.eq(row.created_at),
    ))
}

/// Events of the demo: no request made them, so their fingerprint is a word that fits none. They carry no metadata.
pub fn demo_events(c: &mut TenantConn, rows: &[Event]) -> Result<()> {
    write_rows!(c, events, rows, |row| (
        events::id.eq(row.id),
        events::kind.eq(row.kind.as_str()),
        events::customer_id.eq(row.customer_id),
        events::click_id.eq(row.click_id),
        events::refunds_event_id.eq(row.refunds_event_id),
        events::external_id.eq(row.external_id.as_str()),
        events::amount_minor.eq(row.value.map(|value| value.amount_minor)),
        events::currency.eq(row.value.map(|value| value.currency)),
        events::occurred_at.eq(row.occurred_at),
        events::fingerprint.eq("demo"),
        events::outcome.eq(row.outcome),
        events::created_at.eq(row.created_at),
    ))
}

/// Whose work events were.
pub fn attributions(c: &mut TenantConn, rows: &[(Attribution, Timestamp)]) -> Result<()> {
    write_rows!(c, attributions, rows, |(row, at)| (
        attributions::id.eq(row.id),
        attributions::event_id.eq(row.event_id),
        attributions::click_id.eq(row.click_id),
        attributions::link_id.eq(row.link_id),
        attributions::enrolment_id.eq(row.enrolment_id),
        attributions::partner_id.eq(row.partner_id),
        attributions::program_id.eq(row.program_id),
        attributions::model.eq("last_click"),
        attributions::weight_ppm.eq(WHOLE_PPM),
        attributions::created_at.eq(*at),
    ))
}

/// Partners' shares of batches.
pub fn payouts(c: &mut TenantConn, rows: &[Payout]) -> Result<()> {
    write_rows!(c, payouts, rows, |row| (
        payouts::id.eq(row.id),
        payouts::batch_id.eq(row.batch_id),
        payouts::partner_id.eq(row.partner_id),
        payouts::amount_minor.eq(row.amount.amount_minor),
        payouts::currency.eq(row.amount.currency),
        payouts::state.eq(row.state),
        payouts::created_at.eq(row.created_at),
        payouts::updated_at.eq(row.updated_at),
    ))
}

/// What partners earned, each with the minor units it was worked out on.
pub fn commissions(c: &mut TenantConn, rows: &[(Commission, i64)]) -> Result<()> {
    write_rows!(c, commissions, rows, |(row, base_minor)| (
        commissions::id.eq(row.id),
        commissions::event_id.eq(row.event_id),
        commissions::enrolment_id.eq(row.enrolment_id),
        commissions::partner_id.eq(row.partner_id),
        commissions::program_id.eq(row.program_id),
        commissions::rule.eq(RULE),
        commissions::base_minor.eq(*base_minor),
        commissions::amount_minor.eq(row.amount.amount_minor),
        commissions::reversed_minor.eq(row.reversed.amount_minor),
        commissions::clawed_back_minor.eq(row.clawed_back.amount_minor),
        commissions::currency.eq(row.amount.currency),
        commissions::state.eq(row.state),
        commissions::hold_until.eq(row.hold_until),
        commissions::approved_at.eq(row.approved_at),
        commissions::paid_at.eq(row.paid_at),
        commissions::reversed_at.eq(row.reversed_at),
        commissions::payout_id.eq(row.payout_id),
        commissions::created_at.eq(row.created_at),
        commissions::updated_at.eq(row.updated_at),
        commissions::version.eq(row.version),
    ))
}

/// Corrections.
pub fn adjustments(c: &mut TenantConn, rows: &[Adjustment]) -> Result<()> {
    write_rows!(c, adjustments, rows, |row| (
        adjustments::id.eq(row.id),
        adjustments::partner_id.eq(row.partner_id),
        adjustments::commission_id.eq(row.commission_id),
        adjustments::event_id.eq(row.event_id),
        adjustments::amount_minor.eq(row.amount.amount_minor),
        adjustments::currency.eq(row.amount.currency),
        adjustments::kind.eq(row.kind),
        adjustments::reason.eq(row.reason.as_str()),
        adjustments::payout_id.eq(row.payout_id),
        adjustments::created_at.eq(row.created_at),
        adjustments::updated_at.eq(row.created_at),
    ))
}
