//! `GET` and `POST T/admin/commissions/approve-ready`: says which commissions are past their hold, and approves those.

use actix_web::HttpResponse;

use super::super::listing::MOST_AT_ONCE;
use super::super::{act, sums, words};
use super::bulk::{Wanted, carry_out};
use crate::Result;
use crate::id::{CommissionId, PartnerId};
use crate::partners::commission::{self, BulkAction, CommissionFilter};
use crate::partners::model::Commission;
use crate::partners::permissions::WriteCommissions;
use crate::partners::store::{commissions, pages};
use crate::web::confirm::Confirm;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::parts::{Toast, Tone};
use crate::web::{Allowed, Done, Form, answer, flash, sent_once};

/// Partners named one by one; the rest is summed up.
const NAMED: usize = 10;

/// Says which.
///
/// # Errors
/// Where the store fails.
pub async fn ask(allowed: Allowed<WriteCommissions>) -> Result<HttpResponse> {
    let filter = CommissionFilter {
        ready_at: Some(allowed.app.clock.now()),
        ..CommissionFilter::default()
    };
    let (ready, names) = allowed
        .scope
        .read(move |c| {
            let most = i64::try_from(MOST_AT_ONCE).unwrap_or(i64::MAX);
            let ids = commission::matching(c, &filter, most)?;
            let ready = commissions::find_all(c, &ids)?;
            let who: Vec<PartnerId> = ready.iter().map(|one| one.partner_id).collect();
            let names = pages::partner_names(c, who)?;
            Ok((ready, names))
        })
        .await?;
    if ready.is_empty() {
        let back = answer::see_other(&allowed.url("/admin/commissions"));
        let text = "Nothing is ready; a commission is once its hold is over.";
        return Ok(flash::with(
            back,
            &allowed.app,
            &Toast::new(Tone::Info, text),
        ));
    }
    let format = allowed.format();
    let many = i64::try_from(ready.len()).unwrap_or(i64::MAX);
    let title = format!(
        "Approve {}?",
        words::many(many, "commission", "commissions", &format)
    );
    let total = sums::by_currency(ready.iter().map(Commission::payable));
    let shell = allowed.shell(Place::Commissions, title).lead(format!(
        "{}, past their hold. The next payout takes them up.",
        format.sums(&total)
    ));
    let mut by_partner: Vec<(PartnerId, Vec<&Commission>)> = Vec::new();
    for one in &ready {
        match by_partner.iter_mut().find(|(id, _)| *id == one.partner_id) {
            Some((_, theirs)) => theirs.push(one),
            None => by_partner.push((one.partner_id, vec![one])),
        }
    }
    let mut confirm = Confirm::new(
        shell,
        format!("Approve {}", format.number(many)),
        allowed.url("/admin/commissions/approve-ready"),
        allowed.url("/admin/commissions"),
    )
    .field(sent_once::FIELD, sent_once::number());
    for (id, theirs) in by_partner.iter().take(NAMED) {
        let name = names.get(id).cloned().unwrap_or_default();
        let sum = sums::by_currency(theirs.iter().map(|one| one.payable()));
        let sum = format.sums(&sum);
        confirm = confirm.consequence(match theirs.len() {
            1 => format!("{name}: {sum}"),
            many => format!("{name}: {many} commissions, {sum}"),
        });
    }
    if by_partner.len() > NAMED {
        let more = by_partner.len() - NAMED;
        confirm = confirm.consequence(format!("and of {more} more partners"));
    }
    // The very rows that were shown are approved, not what has become ready since.
    for one in &ready {
        confirm = confirm.field("ids", one.id.to_string());
    }
    Ok(page::ok(&confirm))
}

/// Approves those that were shown.
///
/// # Errors
/// Where the store fails.
pub async fn approve_ready(allowed: Allowed<WriteCommissions>, sent: Form) -> Result<HttpResponse> {
    let ids: Vec<CommissionId> = sent
        .all("ids")
        .into_iter()
        .filter_map(|id| id.parse().ok())
        .take(MOST_AT_ONCE)
        .collect();
    let (wanted, format) = (Wanted::These(ids), allowed.format());
    act::act(&allowed, &sent, move |c, actor| {
        let toast = carry_out(c, actor, &wanted, BulkAction::Approve, &format)?;
        Ok(Done::new("/admin/commissions", toast))
    })
    .await
}
