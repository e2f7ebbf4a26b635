//! Shows batches and payouts, and what is owed.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use schemars::JsonSchema;
use serde::Serialize;

use crate::db::TenantConn;
use crate::id::{PayoutBatchId, PayoutId};
use crate::money::Money;
use crate::partners::api;
use crate::partners::model::{Payout, PayoutBatch, PayoutState};
use crate::partners::permissions::ReadPayouts;
use crate::partners::store::payouts::{self, Owed, PayoutFilter};
use crate::web::route::Parameter;
use crate::web::{Allowed, Page, Paging, Query, answer};
use crate::{Error, Result};

/// What the list of batches filters by.
pub const BATCH_FILTERS: &[Parameter] = &[Parameter {
    name: "state",
    about: "`draft`, `approved`, `exported`, `paid` or `cancelled`.",
}];

/// What the list of payouts filters by.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "state",
        about: "`draft`, `approved`, `exported`, `paid` or `cancelled`.",
    },
    Parameter {
        name: "partner",
        about: "Of this partner.",
    },
    Parameter {
        name: "batch",
        about: "In this batch.",
    },
];

/// A batch with its payouts.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BatchView {
    /// The batch.
    #[serde(flatten)]
    pub batch: PayoutBatch,
    /// What it comes to, each currency by itself.
    pub totals: Vec<Money>,
    /// Its payouts.
    pub payouts: Vec<Payout>,
}

impl BatchView {
    /// A batch with its payouts.
    pub fn new(batch: PayoutBatch, payouts: Vec<Payout>) -> Self {
        let mut totals: Vec<Money> = Vec::new();
        for payout in &payouts {
            match totals
                .iter_mut()
                .find(|total| total.currency == payout.amount.currency)
            {
                Some(total) => {
                    total.amount_minor = total
                        .amount_minor
                        .saturating_add(payout.amount.amount_minor)
                }
                None => totals.push(payout.amount),
            }
        }
        totals.sort_by_key(|total| total.currency);
        Self {
            batch,
            totals,
            payouts,
        }
    }
}

/// A batch by its id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find_batch(c: &mut TenantConn, id: PayoutBatchId) -> Result<BatchView> {
    let batch = payouts::find_batch(c, id)?.ok_or(Error::NotFound)?;
    let drawn = payouts::of_batches(c, &[id])?;
    Ok(BatchView::new(batch, drawn))
}

/// A payout by its id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(c: &mut TenantConn, id: PayoutId) -> Result<Payout> {
    payouts::find(c, id)?.ok_or(Error::NotFound)
}

/// What each partner is owed now in each currency; may be negative. Suspended partners are left out.
///
/// # Errors
/// Where the store fails.
pub fn owed(c: &mut TenantConn) -> Result<Vec<Owed>> {
    payouts::owed(c)
}

/// A page of batches.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page_batches(
    c: &mut TenantConn,
    state: Option<PayoutState>,
    paging: &Paging,
) -> Result<Page<BatchView>> {
    let page = payouts::list_batches(c, state, paging)?;
    let ids: Vec<PayoutBatchId> = page.rows.iter().map(|batch| batch.id).collect();
    let drawn = payouts::of_batches(c, &ids)?;
    Ok(page.map(|batch| {
        let own = drawn
            .iter()
            .filter(|payout| payout.batch_id == batch.id)
            .cloned()
            .collect();
        BatchView::new(batch, own)
    }))
}

/// A page of payouts.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page(c: &mut TenantConn, filter: &PayoutFilter, paging: &Paging) -> Result<Page<Payout>> {
    payouts::list(c, filter, paging)
}

/// `GET /payout-batches`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get_batches(allowed: Allowed<ReadPayouts>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["state"])?;
    api::newest_only(&query)?;
    let (state, paging) = (query.parsed("state")?, query.paging()?);
    let page = allowed
        .scope
        .read(move |c| page_batches(c, state, &paging))
        .await?;
    Ok(answer::list(&allowed.request, page))
}

/// `GET /payout-batches/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_batch(
    allowed: Allowed<ReadPayouts>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    let view = allowed.scope.read(move |c| find_batch(c, id)).await?;
    Ok(answer::versioned(
        &allowed.request,
        StatusCode::OK,
        view.batch.version,
        &view,
    ))
}

/// `GET /payouts`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<ReadPayouts>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["state", "partner", "batch"])?;
    api::newest_only(&query)?;
    let filter = PayoutFilter {
        state: query.parsed("state")?,
        partner: query.parsed("partner")?,
        batch: query.parsed("batch")?,
    };
    let paging = query.paging()?;
    let page = allowed
        .scope
        .read(move |c| page(c, &filter, &paging))
        .await?;
    Ok(answer::list(&allowed.request, page))
}

/// `GET /payouts/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<ReadPayouts>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    Ok(answer::ok(&allowed.scope.read(move |c| find(c, id)).await?))
}
