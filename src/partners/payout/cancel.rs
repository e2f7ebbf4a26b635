//! Gives a batch up: what it had taken up waits for the next one.

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

/// Gives one up that is not paid.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Stale`], or a conflict where it is paid.
pub fn cancel(
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
        PayoutState::Cancelled,
        "payout_batch.cancelled",
    )?;
    payouts::set_free(c, id)?;
    find_batch(c, id)
}

/// `POST /payout-batches/{id}/cancel`
///
/// # Errors
/// As [`cancel`].
pub async fn post(allowed: Allowed<WritePayouts>, path: web::Path<String>) -> Result<HttpResponse> {
    step::answer(&allowed, &path, cancel).await
}
