//! `GET T/admin/payouts/{id}`: one batch, its payouts, and the step that comes next.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::words;
use crate::Result;
use crate::audit;
use crate::id::{PartnerId, PayoutBatchId};
use crate::partners::demo::page::labelled;
use crate::partners::model::{Partner, Payout, PayoutState};
use crate::partners::permissions::ReadPayouts;
use crate::partners::store::partners;
use crate::partners::{api, payout};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{HistoryEntry, State};
use crate::web::{Allowed, sent_once};

#[derive(Template)]
#[template(path = "partners/payout.html")]
struct Page {
    shell: PageShell,
    once: String,
    state: State,
    here: String,
    version: i64,
    can: Can,
    steps: Vec<Step>,
    note: String,
    rows: Vec<Row>,
    sums: String,
    without_payee: usize,
    history: Vec<HistoryEntry>,
}

/// Which steps may come next for whoever looks.
struct Can {
    approve: bool,
    export: bool,
    export_again: bool,
    confirm: bool,
    cancel: bool,
}

/// A step of the way to the bank.
struct Step {
    is_done: bool,
    label: &'static str,
    when: Markup,
}

struct Row {
    partner: String,
    partner_href: String,
    payee: String,
    amount: String,
    href: String,
}

/// Shows it.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn show(allowed: Allowed<ReadPayouts>, path: web::Path<String>) -> Result<HttpResponse> {
    let id: PayoutBatchId = api::id(&path)?;
    let (view, people, events) = allowed
        .scope
        .read(move |c| {
            let view = payout::find_batch(c, id)?;
            let ids: Vec<PartnerId> = view.payouts.iter().map(|one| one.partner_id).collect();
            let people = partners::find_all(c, &ids)?;
            Ok((view, people, audit::history_of(c, &id)?))
        })
        .await?;
    let format = allowed.format();
    let batch = &view.batch;
    let find = |id: PartnerId| -> Option<&Partner> { people.iter().find(|one| one.id == id) };
    let row = |payout: &Payout| {
        let partner = find(payout.partner_id);
        Row {
            partner: partner.map_or_else(String::new, |partner| partner.name.clone()),
            partner_href: allowed.url(&format!("/admin/partners/{}", payout.partner_id)),
            payee: partner
                .and_then(|partner| partner.payee_hint.clone())
                .unwrap_or_default(),
            amount: format.money(payout.amount),
            href: allowed.url(&format!("/admin/commissions?partner={}", payout.partner_id)),
        }
    };
    let may = allowed.rights.allows("payouts:write");
    let can = |to: PayoutState| may && batch.state.may_become(to);
    let step = |label, at| Step {
        is_done: at != Markup::default(),
        label,
        when: at,
    };
    let when =
        |at: Option<crate::clock::Timestamp>| at.map_or_else(Markup::default, |at| format.when(at));
    let mut steps = vec![
        step("Drawn up", format.when(batch.created_at)),
        step("Approved", when(batch.approved_at)),
        step("Taken to the bank", when(batch.exported_at)),
    ];
    steps.push(match batch.cancelled_at {
        Some(at) => step("Cancelled", format.when(at)),
        None => step("Paid", when(batch.paid_at)),
    });
    let mut drawn: Vec<&Payout> = view.payouts.iter().collect();
    drawn.sort_by_cached_key(|payout| {
        let name = find(payout.partner_id).map(|partner| partner.name.to_lowercase());
        (name, payout.amount.currency)
    });
    let rows: Vec<Row> = drawn.into_iter().map(row).collect();
    Ok(page::ok(&Page {
        shell: labelled(
            &allowed,
            allowed
                .shell(
                    Place::Payouts,
                    format!("Payout of {}", format.date(format.day_of(batch.created_at))),
                )
                .crumb("Payouts", "/admin/payouts"),
        )
        .await?,
        once: sent_once::number(),
        state: words::payout(batch.state),
        here: allowed.url(&format!("/admin/payouts/{id}")),
        version: batch.version,
        can: Can {
            approve: can(PayoutState::Approved),
            export: batch.state == PayoutState::Approved && can(PayoutState::Exported),
            export_again: batch.state == PayoutState::Exported && can(PayoutState::Exported),
            confirm: can(PayoutState::Paid),
            cancel: can(PayoutState::Cancelled),
        },
        steps,
        note: batch.note.clone().unwrap_or_default(),
        without_payee: rows.iter().filter(|row| row.payee.is_empty()).count(),
        rows,
        sums: format.sums(&view.totals),
        history: events.iter().map(|event| event.entry(&format)).collect(),
    }))
}
