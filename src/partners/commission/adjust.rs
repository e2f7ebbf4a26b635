//! Corrects what a partner is paid, up or down, and shows such corrections.

use actix_web::{HttpResponse, web};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::id::{AdjustmentId, PartnerId};
use crate::money::{MAX_AMOUNT_MINOR, Money};
use crate::partners::api;
use crate::partners::model::{Adjustment, AdjustmentKind};
use crate::partners::permissions::{ReadCommissions, WriteCommissions};
use crate::partners::store::adjustments::{self as store, AdjustmentFilter};
use crate::partners::store::partners;
use crate::web::once::Answer;
use crate::web::route::Parameter;
use crate::web::{Allowed, Fields, Json, Page, Paging, Query, answer};
use crate::{Error, Result};

/// What the list filters by.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "partner",
        about: "Of this partner.",
    },
    Parameter {
        name: "payout",
        about: "Bound to this payout.",
    },
    Parameter {
        name: "kind",
        about: "`refund`, `reversal` or `manual`.",
    },
    Parameter {
        name: "open",
        about: "`true` for those no payout has taken up yet.",
    },
];

/// A correction.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAdjustment {
    /// The partner.
    pub partner_id: PartnerId,
    /// Added to the next payout in this currency; negative takes away.
    pub amount: Money,
    /// Why, in words.
    pub reason: String,
}

/// Corrects.
///
/// # Errors
/// [`Error::NotFound`] for a partner who is not there, [`Error::Invalid`] for values that do not fit.
pub fn adjust(c: &mut TenantConn, actor: &Actor, new: &NewAdjustment) -> Result<Adjustment> {
    let mut fields = Fields::default();
    let amount = new.amount.amount_minor;
    if amount == 0 || !(-MAX_AMOUNT_MINOR..=MAX_AMOUNT_MINOR).contains(&amount) {
        fields.add("/amount/amount", "Use an amount other than zero.");
    }
    let reason = fields.text(
        "reason",
        &new.reason,
        1..=500,
        "Say why, in at most 500 characters.",
    );
    fields.check()?;
    let partner = partners::find(c, new.partner_id)?.ok_or(Error::NotFound)?;
    let now = c.now();
    let adjustment = Adjustment {
        id: AdjustmentId::new(now),
        partner_id: partner.id,
        commission_id: None,
        event_id: None,
        amount: new.amount,
        kind: AdjustmentKind::Manual,
        reason,
        payout_id: None,
        created_at: now,
    };
    store::insert(c, &adjustment)?;
    let event = audit::Event::new("adjustment.created")
        .product("partners")
        .target("adjustment", &adjustment.id, &partner.name);
    audit::record(c, actor, event.created(&adjustment))?;
    Ok(adjustment)
}

/// A page of corrections.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn adjustments(
    c: &mut TenantConn,
    filter: &AdjustmentFilter,
    paging: &Paging,
) -> Result<Page<Adjustment>> {
    store::list(c, filter, paging)
}

/// `POST /adjustments`
///
/// # Errors
/// As [`adjust`].
pub async fn post(
    allowed: Allowed<WriteCommissions>,
    body: Json<NewAdjustment>,
) -> Result<HttpResponse> {
    let new = body.value;
    api::change(&allowed, &body.bytes, move |c, actor| {
        Answer::created(&adjust(c, actor, &new)?)
    })
    .await
}

/// `GET /adjustments`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<ReadCommissions>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["partner", "payout", "kind", "open"])?;
    api::newest_only(&query)?;
    let filter = AdjustmentFilter {
        partner: query.parsed("partner")?,
        payout: query.parsed("payout")?,
        kind: query.parsed("kind")?,
        open: api::flag(&query, "open")?,
    };
    let paging = query.paging()?;
    let page = allowed
        .scope
        .read(move |c| adjustments(c, &filter, &paging))
        .await?;
    Ok(answer::list(&allowed.request, page))
}

/// `GET /adjustments/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<ReadCommissions>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id: AdjustmentId = api::id(&path)?;
    let found = allowed
        .scope
        .read(move |c| store::find(c, id)?.ok_or(Error::NotFound))
        .await?;
    Ok(answer::ok(&found))
}
