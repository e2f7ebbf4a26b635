//! Draws up a batch: one payout for each partner and currency that is owed more than nothing.
//!
//! Whoever is owed nothing or less waits: the balance stays open and is set off against what comes. Whoever has no account set
//! waits too: a batch that is confirmed as paid holds nobody whom no bank could have paid.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Deserialize;

use super::list::BatchView;
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::id::{PartnerId, PayoutBatchId, PayoutId};
use crate::money::Currency;
use crate::partners::api;
use crate::partners::model::{Payout, PayoutBatch, PayoutState};
use crate::partners::permissions::WritePayouts;
use crate::partners::store::payouts;
use crate::web::body::Optional;
use crate::web::once::Answer;
use crate::web::{Allowed, Fields, json};
use crate::{Error, Result};

/// What a batch is drawn up from: everything that is owed, unless it is narrowed.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewBatch {
    /// What the company notes about it.
    pub note: Option<String>,
    /// In this currency only.
    pub currency: Option<Currency>,
    /// To these partners only.
    pub partner_ids: Option<Vec<PartnerId>>,
}

/// Draws one up.
///
/// # Errors
/// [`Error::Invalid`] for values that do not fit, a conflict where nobody is owed anything or nobody of them has an account set.
pub fn draft(c: &mut TenantConn, actor: &Actor, new: &NewBatch) -> Result<BatchView> {
    let mut fields = Fields::default();
    let note = new
        .note
        .as_deref()
        .and_then(|note| fields.optional_text("note", note, 500, "Use at most 500 characters."));
    fields.check()?;
    let wanted = |partner: &PartnerId| {
        new.partner_ids
            .as_ref()
            .is_none_or(|ids| ids.contains(partner))
    };
    let (due, waits): (Vec<_>, Vec<_>) = payouts::owed(c)?
        .into_iter()
        .filter(|owed| owed.amount.amount_minor > 0 && wanted(&owed.partner))
        .filter(|owed| {
            new.currency
                .is_none_or(|currency| owed.amount.currency == currency)
        })
        .partition(|owed| owed.has_payee);
    if due.is_empty() && !waits.is_empty() {
        return Err(Error::conflict(
            "no_account",
            "Whoever is owed something has no account set. Set it at the partner, then prepare the payout.",
        ));
    }
    if due.is_empty() {
        return Err(Error::conflict(
            "nothing_to_pay",
            "No approved commission waits to be paid.",
        ));
    }
    let now = c.now();
    let batch = PayoutBatch {
        id: PayoutBatchId::new(now),
        state: PayoutState::Draft,
        note,
        approved_at: None,
        exported_at: None,
        paid_at: None,
        cancelled_at: None,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    payouts::insert_batch(c, &batch)?;
    let mut drawn = Vec::with_capacity(due.len());
    for owed in due {
        let payout = Payout {
            id: PayoutId::new(now),
            batch_id: batch.id,
            partner_id: owed.partner,
            amount: owed.amount,
            state: PayoutState::Draft,
            created_at: now,
            updated_at: now,
        };
        payouts::insert(c, &payout)?;
        if payouts::take_up(c, &payout)? != payout.amount.amount_minor {
            return Err(Error::internal(
                "a payout does not come to what it is made of",
            ));
        }
        drawn.push(payout);
    }
    let view = BatchView::new(batch, drawn);
    let event = audit::Event::new("payout_batch.created").product("partners");
    let event = event.target("payout_batch", &view.batch.id, &view.batch.id.to_string());
    let said = serde_json::json!({ "note": view.batch.note, "payouts": view.payouts.len(), "totals": view.totals });
    audit::record(c, actor, event.created(&said))?;
    Ok(view)
}

/// `POST /payout-batches`; the body may be left out.
///
/// # Errors
/// As [`draft`].
pub async fn post(
    allowed: Allowed<WritePayouts>,
    Optional(body): Optional,
) -> Result<HttpResponse> {
    let new: NewBatch = if body.is_empty() {
        NewBatch::default()
    } else {
        json::parse(&body)?
    };
    api::change(&allowed, &body, move |c, actor| {
        let view = draft(c, actor, &new)?;
        Ok(Answer::created(&view)?.version(view.batch.version))
    })
    .await
}
