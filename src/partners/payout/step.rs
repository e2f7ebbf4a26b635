//! What every step of a batch shares: it goes from state to state by version, with its event, and is answered whole.

use actix_web::HttpResponse;

use super::list::BatchView;
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::id::PayoutBatchId;
use crate::partners::api;
use crate::partners::model::{PayoutBatch, PayoutState};
use crate::partners::permissions::WritePayouts;
use crate::partners::store::{partners, payouts};
use crate::web::Allowed;
use crate::web::once::Answer;
use crate::{Error, Result};

/// Takes a batch to a state it may be in next.
pub(super) fn step(
    c: &mut TenantConn,
    actor: &Actor,
    id: PayoutBatchId,
    expected: Option<i64>,
    to: PayoutState,
    action: &'static str,
) -> Result<PayoutBatch> {
    let before = payouts::find_batch(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    if !before.state.may_become(to) {
        return Err(api::wrong_state(format!(
            "A batch that is {} cannot become {to}.",
            before.state
        )));
    }
    let now = c.now();
    let mut after = PayoutBatch {
        state: to,
        updated_at: now,
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    match to {
        PayoutState::Approved => after.approved_at = Some(now),
        PayoutState::Exported => after.exported_at = Some(now),
        PayoutState::Paid => after.paid_at = Some(now),
        PayoutState::Cancelled => after.cancelled_at = Some(now),
        PayoutState::Draft => {}
    }
    if matches!(to, PayoutState::Approved | PayoutState::Exported) {
        everybody_has_an_account(c, id)?;
    }
    payouts::update_batch(c, &before, &after)?;
    let (was, is) = (
        serde_json::json!({ "state": before.state }),
        serde_json::json!({ "state": after.state }),
    );
    let event =
        audit::Event::new(action)
            .product("partners")
            .target("payout_batch", &id, &id.to_string());
    audit::record(c, actor, event.before_after(&was, &is))?;
    Ok(after)
}

/// An account may have been taken away since the batch was drawn up, and a file with an empty place would be confirmed as paid.
/// Once the file was taken, it is the file that counts.
fn everybody_has_an_account(c: &mut TenantConn, id: PayoutBatchId) -> Result<()> {
    let drawn = payouts::of_batches(c, &[id])?;
    let ids: Vec<_> = drawn.iter().map(|payout| payout.partner_id).collect();
    let missing: Vec<_> = partners::find_all(c, &ids)?
        .into_iter()
        .filter(|partner| partner.payee_hint.is_none())
        .map(|partner| partner.name)
        .collect();
    let whom = match missing.as_slice() {
        [] => return Ok(()),
        [one] => format!("{one} has"),
        [one, more @ ..] => format!("{one} and {} more have", more.len()),
    };
    Err(Error::conflict(
        "no_account",
        format!(
            "{whom} no account set. Set it, or cancel this batch and prepare another: they wait then."
        ),
    ))
}

/// Answers a step at the API.
pub(super) async fn answer(
    allowed: &Allowed<WritePayouts>,
    path: &str,
    work: fn(&mut TenantConn, &Actor, PayoutBatchId, Option<i64>) -> Result<BatchView>,
) -> Result<HttpResponse> {
    let (id, expected) = (api::id(path)?, api::expected(allowed)?);
    api::change(allowed, &[], move |c, actor| {
        let view = work(c, actor, id, expected)?;
        Ok(Answer::ok(&view)?.version(view.batch.version))
    })
    .await
}
