//! `POST T/admin/payouts/{id}/{approve,confirm,cancel}`: a batch goes on, or is given up; `GET` asks before the last two.

use actix_web::{HttpResponse, web};

use super::super::{act, words};
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::id::PayoutBatchId;
use crate::partners::api;
use crate::partners::model::PayoutState;
use crate::partners::payout::{self, BatchView};
use crate::partners::permissions::WritePayouts;
use crate::web::confirm::Confirm;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form, sent_once};
use crate::{Error, Result};

type Work = fn(&mut TenantConn, &Actor, PayoutBatchId, Option<i64>) -> Result<BatchView>;

/// Asks before confirming or cancelling; the last word of the path says which.
///
/// # Errors
/// [`Error::NotFound`], or a conflict where the step does not fit.
pub async fn ask(
    allowed: Allowed<WritePayouts>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse> {
    let (id, word) = path.into_inner();
    let id: PayoutBatchId = api::id(&id)?;
    let to = match word.as_str() {
        "confirm" => PayoutState::Paid,
        "cancel" => PayoutState::Cancelled,
        _ => return Err(Error::NotFound),
    };
    let view = allowed
        .scope
        .read(move |c| payout::find_batch(c, id))
        .await?;
    if !view.batch.state.may_become(to) {
        return Err(Error::conflict(
            "wrong_state",
            format!(
                "This batch is {}; that step does not fit.",
                view.batch.state
            ),
        ));
    }
    Ok(page::ok(&question(&allowed, &view, to, &word)))
}

fn question(
    allowed: &Allowed<WritePayouts>,
    view: &BatchView,
    to: PayoutState,
    word: &str,
) -> Confirm {
    let format = allowed.format();
    let here = allowed.url(&format!("/admin/payouts/{}", view.batch.id));
    let sums = format.sums(&view.totals);
    let many = i64::try_from(view.payouts.len()).unwrap_or(i64::MAX);
    let payouts = words::many(many, "payout", "payouts", &format);
    let (title, verb, follows): (String, &str, [&str; 2]) = if to == PayoutState::Paid {
        (
            format!("Have {sums} left your account?"),
            "Confirm as paid",
            [
                "Its commissions are paid from now on, and partners see it so.",
                "It cannot be taken back: a refund of a paid sale is set off against the next payout.",
            ],
        )
    } else {
        (
            format!("Cancel this payout of {sums}?"),
            "Cancel payout",
            [
                "Its commissions are free again, and the next batch takes them up.",
                "If the bank has the file already, stop the payment there first.",
            ],
        )
    };
    let confirm = Confirm::new(
        allowed.shell(Place::Payouts, title).lead(payouts),
        verb,
        format!("{here}/{word}"),
        here,
    )
    .field("version", view.batch.version.to_string())
    .field(sent_once::FIELD, sent_once::number());
    let confirm = follows
        .iter()
        .fold(confirm, |confirm, sentence| confirm.consequence(*sentence));
    if to == PayoutState::Cancelled {
        confirm.destructive()
    } else {
        confirm
    }
}

/// Takes a step; the last word of the path says which.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], or a conflict where the step does not fit.
pub async fn step(
    allowed: Allowed<WritePayouts>,
    path: web::Path<(String, String)>,
    sent: Form,
) -> Result<HttpResponse> {
    let (id, word) = path.into_inner();
    let id: PayoutBatchId = api::id(&id)?;
    let (work, said): (Work, &'static str) = match word.as_str() {
        "approve" => (
            payout::approve,
            "Approved. Now export it and take the file to your bank.",
        ),
        "confirm" => (
            payout::confirm,
            "Confirmed as paid. The partners' figures say so now.",
        ),
        "cancel" => (
            payout::cancel,
            "Cancelled. Its commissions wait for the next payout.",
        ),
        _ => return Err(Error::NotFound),
    };
    let expected = act::version(&sent)?;
    act::act(&allowed, &sent, move |c, actor| {
        work(c, actor, id, expected)?;
        Ok(Done::new(format!("/admin/payouts/{id}"), Toast::good(said)))
    })
    .await
}
