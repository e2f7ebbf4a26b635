//! Confirms that the money left: the batch and its commissions are paid.

use actix_web::{HttpResponse, web};

use super::list::{BatchView, find_batch};
use super::step;
use crate::Result;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::id::PayoutBatchId;
use crate::partners::model::PayoutState;
use crate::partners::permissions::WritePayouts;
use crate::partners::store::payouts;
use crate::web::Allowed;

/// Confirms one whose file was taken.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Stale`], or a conflict where its file was not taken yet.
pub fn confirm(
    c: &mut TenantConn,
    actor: &Actor,
    id: PayoutBatchId,
    expected: Option<i64>,
) -> Result<BatchView> {
    step::step(
        c,
        actor,
        id,
        expected,
        PayoutState::Paid,
        "payout_batch.paid",
    )?;
    payouts::mark_paid(c, id)?;
    find_batch(c, id)
}

/// `POST /payout-batches/{id}/confirm`
///
/// # Errors
/// As [`confirm`].
pub async fn post(allowed: Allowed<WritePayouts>, path: web::Path<String>) -> Result<HttpResponse> {
    step::answer(&allowed, &path, confirm).await
}
