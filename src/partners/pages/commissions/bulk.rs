//! `POST T/admin/commissions/bulk`: approves or takes back many. What does not fit is left as it was, and counted.

use actix_web::HttpResponse;

use super::super::listing::{self, MOST_AT_ONCE, Meant};
use super::super::{act, sums, words};
use super::list;
use crate::db::TenantConn;
use crate::id::{Commission as Kind, CommissionId};
use crate::partners::commission::{self, Bulk, BulkAction, CommissionFilter};
use crate::partners::model::{Commission, CommissionState};
use crate::partners::permissions::WriteCommissions;
use crate::partners::store::commissions;
use crate::web::confirm::Confirm;
use crate::web::format::Format;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::parts::{Toast, Tone};
use crate::web::{Allowed, Done, Form, sent_once};
use crate::{Error, Result};

/// Where the form stands.
const LIST: &str = "/admin/commissions";

/// Rows a bulk form means, as the store finds them.
#[derive(Clone)]
pub(super) enum Wanted {
    These(Vec<CommissionId>),
    Matching(CommissionFilter),
}

impl Wanted {
    fn ids(&self, c: &mut TenantConn) -> Result<Vec<CommissionId>> {
        match self {
            Self::These(ids) => Ok(ids.clone()),
            Self::Matching(filter) => {
                commission::matching(c, filter, i64::try_from(MOST_AT_ONCE).unwrap_or(i64::MAX))
            }
        }
    }
}

/// Carries it out; taking back asks first, and so does approving what is still on hold.
///
/// # Errors
/// [`Error::Invalid`] for rows or acts that there are not.
pub async fn bulk(allowed: Allowed<WriteCommissions>, sent: Form) -> Result<HttpResponse> {
    let action = match sent.text("do") {
        "approve" => BulkAction::Approve,
        "reverse" => BulkAction::Reverse,
        _ => return Err(Error::invalid("do", "Choose what to do.")),
    };
    if listing::nothing_ticked(&sent) {
        return Ok(listing::tick_first(&allowed, &sent, LIST));
    }
    let wanted = match listing::meant::<Kind>(&sent)? {
        Meant::These(ids) => Wanted::These(ids),
        Meant::Matching(query) => Wanted::Matching(list::filter(&allowed, &query)?),
    };
    if !sent.is_set("sure") {
        let meant = found(&allowed, &wanted).await?;
        if action == BulkAction::Reverse {
            return Ok(ask(&allowed, &sent, &meant));
        }
        if let Some(question) = ask_early(&allowed, &sent, &meant) {
            return Ok(page::ok(&question));
        }
    }
    let (format, back) = (allowed.format(), listing::back(&sent, LIST));
    act::act(&allowed, &sent, move |c, actor| {
        let toast = carry_out(c, actor, &wanted, action, &format)?;
        Ok(Done::new(back.clone(), toast))
    })
    .await
}

/// Acts on what is meant and says what became of it, sums and all.
pub(super) fn carry_out(
    c: &mut TenantConn,
    actor: &crate::actor::Actor,
    wanted: &Wanted,
    action: BulkAction,
    format: &Format,
) -> Result<Toast> {
    let ids = wanted.ids(c)?;
    if ids.is_empty() {
        return Ok(Toast::new(
            Tone::Info,
            "Nothing waits any more; nothing was changed.",
        ));
    }
    let before = commissions::find_all(c, &ids)?;
    let full = ids.len() == MOST_AT_ONCE;
    let bulk = Bulk {
        action,
        ids,
        reason: None,
    };
    let answer = commission::act_on_many(c, actor, &bulk)?;
    let skipped = |one: &Commission| answer.skipped.iter().any(|left| left.id == one.id);
    let amounts = before
        .iter()
        .filter(|one| !skipped(one))
        .map(|one| match action {
            BulkAction::Approve => one.payable(),
            BulkAction::Reverse => crate::money::Money::new(one.left_minor(), one.amount.currency),
        });
    let sums = sums::by_currency(amounts);
    let verb = match action {
        BulkAction::Approve => "approved",
        BulkAction::Reverse => "taken back",
    };
    let changed = i64::try_from(answer.changed).unwrap_or(i64::MAX);
    let mut text = format!(
        "{} {verb}: {}.",
        words::many(changed, "commission", "commissions", format),
        format.sums(&sums)
    );
    let left = answer.skipped.len();
    if left > 0 {
        text.push_str(&format!(
            " {left} stayed as they were, because this does not fit where they stand."
        ));
    }
    if full {
        text.push_str(" More may match: this takes the first 500, so look again.");
    }
    let toast = if changed > 0 {
        Toast::good(text)
    } else {
        Toast::new(Tone::Info, text)
    };
    Ok(match action {
        BulkAction::Approve if changed > 0 => toast.link("Prepare a payout", "/admin/payouts/new"),
        _ => toast,
    })
}

async fn found(allowed: &Allowed<WriteCommissions>, wanted: &Wanted) -> Result<Vec<Commission>> {
    let wanted = wanted.clone();
    allowed
        .scope
        .read(move |c| {
            let ids = wanted.ids(c)?;
            commissions::find_all(c, &ids)
        })
        .await
}

/// The question before commissions are approved whose hold is not over; none where all are past it.
fn ask_early(
    allowed: &Allowed<WriteCommissions>,
    sent: &Form,
    meant: &[Commission],
) -> Option<Confirm> {
    let (format, now) = (allowed.format(), allowed.app.clock.now());
    let pending: Vec<&Commission> = meant
        .iter()
        .filter(|one| one.state == CommissionState::Pending)
        .collect();
    let held: Vec<&Commission> = pending
        .iter()
        .copied()
        .filter(|one| one.hold_until > now)
        .collect();
    let last = held.iter().map(|one| one.hold_until).max()?;
    let many = i64::try_from(pending.len()).unwrap_or(i64::MAX);
    let whose = if many == 1 { "its" } else { "their" };
    let title = format!(
        "Approve {} before {whose} hold ends?",
        words::many(many, "commission", "commissions", &format)
    );
    let sum = format.sums(&sums::by_currency(held.iter().map(|one| one.payable())));
    let early = i64::try_from(held.len()).unwrap_or(i64::MAX);
    let day = format.date(format.day_of(last));
    let verb = if early == 1 { "is" } else { "are" };
    let held = if many == 1 {
        format!("It is on hold until {day}: {sum}. Refunds may still come.")
    } else {
        let early = format.number(early);
        format!(
            "{early} of these {verb} still on hold, the last until {day}: {sum}. Refunds may still come."
        )
    };
    let them = if many == 1 { "it" } else { "them" };
    let confirm = Confirm::new(
        allowed.shell(Place::Commissions, title),
        format!("Approve {}", format.number(many)),
        allowed.url("/admin/commissions/bulk"),
        allowed.url(&listing::back(sent, LIST)),
    )
    .consequence(held)
    .consequence(format!("Once approved, the next payout takes {them} up."))
    .field("do", "approve")
    .field("sure", "true")
    .field(sent_once::FIELD, sent_once::number());
    Some(listing::rows_of(sent).fold(confirm, |confirm, (name, value)| confirm.field(name, value)))
}

fn ask(allowed: &Allowed<WriteCommissions>, sent: &Form, meant: &[Commission]) -> HttpResponse {
    let format = allowed.format();
    let fitting: Vec<&Commission> = meant.iter().filter(|one| one.left_minor() > 0).collect();
    let many = i64::try_from(fitting.len()).unwrap_or(i64::MAX);
    let left_over = fitting
        .iter()
        .map(|one| crate::money::Money::new(one.left_minor(), one.amount.currency));
    let amount = format.sums(&sums::by_currency(left_over));
    let paid = fitting
        .iter()
        .filter(|one| one.payout_id.is_some() || one.state == CommissionState::Paid)
        .count();
    let title = format!(
        "Take back {}?",
        words::many(many, "commission", "commissions", &format)
    );
    let mut confirm = Confirm::new(
        allowed.shell(Place::Commissions, title),
        format!("Take back {}", format.number(many)),
        allowed.url("/admin/commissions/bulk"),
        allowed.url(&listing::back(sent, LIST)),
    )
    .consequence(format!("{amount} are taken off what partners earned."))
    .field("do", "reverse")
    .field("sure", "true")
    .field(sent_once::FIELD, sent_once::number())
    .destructive();
    if paid > 0 {
        confirm = confirm.consequence(format!(
            "{paid} of them are paid or in a payout: for those the next payout is less."
        ));
    }
    for (name, value) in listing::rows_of(sent) {
        confirm = confirm.field(name, value);
    }
    page::ok(&confirm.consequence("This is final."))
}
