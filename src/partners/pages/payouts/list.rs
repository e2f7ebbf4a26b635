//! `GET T/admin/payouts`: every batch, and what waits for the next.

use actix_web::HttpResponse;
use askama::Template;

use super::super::{listing, sums, words};
use crate::Result;
use crate::money::Money;
use crate::partners::demo::page::labelled;
use crate::partners::model::PayoutState;
use crate::partners::payout::{self, BatchView};
use crate::partners::permissions::ReadPayouts;
use crate::web::Allowed;
use crate::web::form::Choice;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::State;

#[derive(Template)]
#[template(path = "partners/payouts.html")]
struct Page {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    states: Vec<Choice>,
    rows: Vec<Row>,
    may_write: bool,
    /// What the next batch would pay; empty where nothing waits.
    waiting: String,
    /// Whether somebody is owed something and has no account set.
    others_wait: bool,
}

struct Row {
    href: String,
    drawn_up: Markup,
    note: String,
    payouts: String,
    /// One line for each currency.
    amounts: Vec<String>,
    state: State,
}

/// Shows them.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn list(allowed: Allowed<ReadPayouts>) -> Result<HttpResponse> {
    let asked = listing::read(&allowed.request, &["state"], "-created", &["created"])?;
    let (state, paging) = (asked.query.parsed("state")?, asked.paging);
    let (found, owed) = allowed
        .scope
        .read(move |c| {
            let found = payout::page_batches(c, state, &paging)?;
            Ok((found, payout::owed(c)?))
        })
        .await?;
    let format = allowed.format();
    let waiting: Vec<Money> = owed
        .iter()
        .filter(|owed| owed.has_payee && owed.amount.amount_minor > 0)
        .map(|owed| owed.amount)
        .collect();
    let others_wait = owed
        .iter()
        .any(|owed| !owed.has_payee && owed.amount.amount_minor > 0);
    let row = |view: &BatchView| Row {
        href: allowed.url(&format!("/admin/payouts/{}", view.batch.id)),
        drawn_up: format.day(view.batch.created_at),
        note: view.batch.note.clone().unwrap_or_default(),
        payouts: format.number(i64::try_from(view.payouts.len()).unwrap_or(i64::MAX)),
        amounts: view
            .totals
            .iter()
            .map(|total| format.money(*total))
            .collect(),
        state: words::payout(view.batch.state),
    };
    Ok(page::ok(&Page {
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Payouts, "Payouts")
                .lead("What leaves your account, batch by batch."),
        )
        .await?,
        pager: asked.view.pager(&found),
        states: PayoutState::ALL
            .iter()
            .map(|state| Choice::new(state.as_str(), words::payout(*state).label))
            .collect(),
        rows: found.rows.iter().map(row).collect(),
        list: asked.view,
        may_write: allowed.rights.allows("payouts:write"),
        others_wait,
        waiting: if waiting.is_empty() {
            String::new()
        } else {
            format.sums(&sums::by_currency(waiting))
        },
    }))
}
