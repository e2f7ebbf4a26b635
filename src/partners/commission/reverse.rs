//! Takes a commission back. What is not bound to a payout is reversed; what is, or is paid, becomes a negative adjustment.

use actix_web::{HttpResponse, web};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::{AdjustmentId, CommissionId, EventId};
use crate::money::Money;
use crate::partners::api;
use crate::partners::model::{Adjustment, AdjustmentKind, Commission, CommissionState};
use crate::partners::permissions::WriteCommissions;
use crate::partners::store::{adjustments, commissions};
use crate::web::body::Optional;
use crate::web::once::Answer;
use crate::web::{Allowed, Fields, json};
use crate::{Error, Result};

/// Why a commission is taken back.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NewReversal {
    /// In words.
    pub reason: Option<String>,
}

/// Takes back all that is left of one.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], or a conflict where nothing is left.
pub fn reverse(
    c: &mut TenantConn,
    actor: &Actor,
    id: CommissionId,
    expected: Option<i64>,
    reason: &str,
) -> Result<Commission> {
    let before = commissions::find(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    if before.left_minor() <= 0 {
        return Err(api::wrong_state("This commission was taken back already."));
    }
    take_back(
        c,
        actor,
        &before,
        before.left_minor(),
        AdjustmentKind::Reversal,
        None,
        reason,
    )
}

/// Takes `take_minor` of a commission back: off the commission itself while no payout has it, by an adjustment after.
pub(in crate::partners) fn take_back(
    c: &mut TenantConn,
    actor: &Actor,
    before: &Commission,
    take_minor: i64,
    kind: AdjustmentKind,
    because_of: Option<EventId>,
    reason: &str,
) -> Result<Commission> {
    let now = c.now();
    let currency = before.amount.currency;
    let mut after = Commission {
        updated_at: now,
        version: before.version.saturating_add(1),
        ..before.clone()
    };
    let bound = before.payout_id.is_some() || before.state == CommissionState::Paid;
    let action = if bound {
        after.clawed_back.amount_minor = before.clawed_back.amount_minor.saturating_add(take_minor);
        let adjustment = Adjustment {
            id: AdjustmentId::new(now),
            partner_id: before.partner_id,
            commission_id: Some(before.id),
            event_id: because_of,
            amount: Money::new(take_minor, currency).negated(),
            kind,
            reason: reason.to_owned(),
            payout_id: None,
            created_at: now,
        };
        adjustments::insert(c, &adjustment)?;
        "commission.clawed_back"
    } else {
        after.reversed.amount_minor = before.reversed.amount_minor.saturating_add(take_minor);
        // What an adjustment took while a payout had it is still to be set off against the rest, so that is no full reversal.
        if after.payable().amount_minor <= 0 {
            after.state = CommissionState::Reversed;
            after.reversed_at = Some(now);
        }
        "commission.reversed"
    };
    commissions::update(c, before, &after)?;
    let shown = |commission: &Commission, reason: Option<&str>| {
        serde_json::json!({
            "state": commission.state, "reversed": commission.reversed, "clawed_back": commission.clawed_back, "reason": reason,
        })
    };
    let event = audit::Event::new(action).product("partners").target(
        "commission",
        &before.id,
        &before.id.to_string(),
    );
    audit::record(
        c,
        actor,
        event.before_after(&shown(before, None), &shown(&after, Some(reason))),
    )?;
    Ok(after)
}

/// A reason within bounds; what stands in its place where none is given.
pub(super) fn checked(reason: Option<&str>) -> Result<String> {
    let mut fields = Fields::default();
    let reason = reason.and_then(|reason| {
        fields.optional_text("reason", reason, 500, "Use at most 500 characters.")
    });
    fields
        .check()
        .map(|()| reason.unwrap_or_else(|| "Taken back by hand".to_owned()))
}

/// `POST /commissions/{id}/reverse`; the body may be left out.
///
/// # Errors
/// As [`reverse`].
pub async fn post(
    allowed: Allowed<InProject<WriteCommissions>>,
    path: web::Path<String>,
    Optional(body): Optional,
) -> Result<HttpResponse> {
    let (id, expected) = (api::id(&path)?, api::expected(&allowed)?);
    let new: NewReversal = if body.is_empty() {
        NewReversal::default()
    } else {
        json::parse(&body)?
    };
    let reason = checked(new.reason.as_deref())?;
    api::change(&allowed, &body, move |c, actor| {
        let commission = reverse(c, actor, id, expected, &reason)?;
        Ok(Answer::ok(&commission)?.version(commission.version))
    })
    .await
}
