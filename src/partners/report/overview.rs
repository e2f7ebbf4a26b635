//! The figures of a stretch of time at one look.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Serialize;

use super::window::Window;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::money::Money;
use crate::partners::model::{CommissionState, PartnerState};
use crate::partners::permissions::ReadReports;
use crate::partners::store::reports::DayFigure;
use crate::partners::store::{commissions, payouts, reports};
use crate::web::{Allowed, Query, answer};

/// Commissions in one state and currency.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct StateSum {
    /// The state.
    pub state: CommissionState,
    /// How many.
    pub count: i64,
    /// What they come to.
    pub amount: Money,
}

/// Partners in one state.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PartnerCount {
    /// The state.
    pub state: PartnerState,
    /// How many.
    pub count: i64,
}

/// The figures of a stretch of time.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Overview {
    /// From here on.
    pub since: Timestamp,
    /// Before this.
    pub until: Timestamp,
    /// Clicks that count.
    pub clicks: i64,
    /// Events other than refunds.
    pub events: i64,
    /// What they were worth, each currency by itself.
    pub sales: Vec<Money>,
    /// What was refunded.
    pub refunds: Vec<Money>,
    /// What was earned in this time, less what was taken back.
    pub earned: Vec<Money>,
    /// All commissions there are, of any time, by state and currency.
    pub commissions: Vec<StateSum>,
    /// What the next payout would come to, by currency, for those who are owed more than nothing; payouts span projects, so a key
    /// that is limited to one gets an empty list.
    pub owed: Vec<Money>,
    /// Partners by state.
    pub partners: Vec<PartnerCount>,
    /// Enrolments that run.
    pub enrolments: i64,
}

/// Adds an amount to the one of its currency.
fn add(sums: &mut Vec<Money>, amount: Money) {
    match sums.iter_mut().find(|sum| sum.currency == amount.currency) {
        Some(sum) => sum.amount_minor = sum.amount_minor.saturating_add(amount.amount_minor),
        None => sums.push(amount),
    }
}

fn sums(figures: &[DayFigure]) -> Vec<Money> {
    let mut sums = Vec::new();
    figures
        .iter()
        .filter_map(|figure| figure.amount)
        .for_each(|amount| add(&mut sums, amount));
    sums.sort_by_key(|sum| sum.currency);
    sums
}

/// The figures of a stretch of time.
///
/// # Errors
/// Where the store fails.
pub fn overview(c: &mut TenantConn, window: Window) -> Result<Overview> {
    let (first, last) = window.ends();
    let clicks = reports::clicks_by_day(c, &first, &last, None)?;
    let events = reports::events_by_day(c, window.since, window.until, false)?;
    let refunds = reports::events_by_day(c, window.since, window.until, true)?;
    let earned = reports::commissions_by_day(c, window.since, window.until)?;
    let mut owed = Vec::new();
    // What is paid spans projects: who sees one only is told nothing of it.
    let due = match c.project() {
        Some(_) => Vec::new(),
        None => payouts::owed(c)?,
    };
    due.iter()
        .filter(|due| due.amount.amount_minor > 0)
        .for_each(|due| add(&mut owed, due.amount));
    owed.sort_by_key(|sum| sum.currency);
    let partners = reports::partners_by_state(c)?;
    Ok(Overview {
        since: window.since,
        until: window.until,
        clicks: clicks.iter().map(|figure| figure.many).sum(),
        events: events.iter().map(|figure| figure.many).sum(),
        sales: sums(&events),
        refunds: sums(&refunds),
        earned: sums(&earned),
        commissions: state_sums(commissions::totals(c)?),
        owed,
        partners: partners
            .into_iter()
            .map(|(state, count)| PartnerCount { state, count })
            .collect(),
        enrolments: reports::enrolments_active(c)?,
    })
}

fn state_sums(rows: Vec<(CommissionState, i64, Money)>) -> Vec<StateSum> {
    rows.into_iter()
        .map(|(state, count, amount)| StateSum {
            state,
            count,
            amount,
        })
        .collect()
}

/// `GET /reports/overview`
///
/// # Errors
/// [`crate::Error::Invalid`] for a stretch of time that does not fit.
pub async fn get(allowed: Allowed<InProject<ReadReports>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["since", "until"])?;
    let window = Window::of(&query, allowed.app.clock.now())?;
    Ok(answer::ok(
        &allowed.scope.read(move |c| overview(c, window)).await?,
    ))
}
