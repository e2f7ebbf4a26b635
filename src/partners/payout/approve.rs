//! Approves a batch: somebody looked at it.

use actix_web::{HttpResponse, web};

use super::list::{BatchView, find_batch};
use super::step;
use crate::Result;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::id::PayoutBatchId;
use crate::partners::model::PayoutState;
use crate::partners::permissions::WritePayouts;
use crate::web::Allowed;

/// Approves one.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Stale`], or a conflict where it is no draft or a partner has no account set.
pub fn approve(
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
        PayoutState::Approved,
        "payout_batch.approved",
    )?;
    find_batch(c, id)
}

/// `POST /payout-batches/{id}/approve`
///
/// # Errors
/// As [`approve`].
pub async fn post(allowed: Allowed<WritePayouts>, path: web::Path<String>) -> Result<HttpResponse> {
    step::answer(&allowed, &path, approve).await
}
