//! Takes a sale back, whole or in part: what is not yet bound to a payout is reversed in proportion, the rest becomes a negative
//! adjustment of the partner's next payout.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::input::{self, REFUND};
use super::view::EventView;
use super::{fingerprint, record};
use crate::actor::Actor;
use crate::audit;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::EventId;
use crate::money::Money;
use crate::partners::model::{AdjustmentKind, Event, refund_amount, to_reverse};
use crate::partners::permissions::WriteEvents;
use crate::partners::store::{commissions, events};
use crate::partners::{api, commission};
use crate::web::once::Answer;
use crate::web::{Allowed, Fields, Json};
use crate::{Error, Result};

/// A refund to report: of an event, named by our id or the company's.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRefund {
    /// Our id of the sale.
    #[serde(default)]
    pub event: Option<EventId>,
    /// The company's id of the sale.
    #[serde(default)]
    pub event_external_id: Option<String>,
    /// How much is refunded; all that is left where absent.
    #[serde(default)]
    pub value: Option<Money>,
    /// The company's id of the refund: the same id again is the same refund.
    pub external_id: String,
    /// When it happened; now where absent.
    #[serde(default)]
    pub occurred_at: Option<Timestamp>,
    /// What the company wants to remember of it, up to 8 KiB.
    #[serde(default)]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

fn check(new: &NewRefund, now: Timestamp) -> Result<()> {
    let mut fields = Fields::default();
    input::external_id(&mut fields, "external_id", &new.external_id);
    if new.event.is_some() == new.event_external_id.is_some() {
        fields.add(
            "event",
            "Name the sale by `event` or by `event_external_id`.",
        );
    }
    if let Some(value) = new.value {
        input::amount(&mut fields, "/value/amount", value);
        if value.amount_minor == 0 {
            fields.add(
                "/value/amount",
                "Refund more than nothing, or leave the value out for all that is left.",
            );
        }
    }
    if let Some(at) = new.occurred_at {
        input::time(&mut fields, "occurred_at", at, now);
    }
    fields.check()
}

fn sale_of(c: &mut TenantConn, new: &NewRefund) -> Result<Event> {
    let found = match (new.event, &new.event_external_id) {
        (Some(id), _) => events::find(c, id)?,
        (None, Some(name)) => match events::find_external(c, name)? {
            Some(kept) => events::find(c, kept.event.id)?,
            None => None,
        },
        (None, None) => None,
    };
    let sale = found.ok_or(Error::NotFound)?;
    if sale.refunds_event_id.is_some() {
        return Err(Error::invalid("event", "This is a refund itself."));
    }
    Ok(sale)
}

/// Refunds. The same report again changes nothing; `true` where it is new.
///
/// # Errors
/// [`Error::NotFound`] for a sale that is not there, [`Error::Invalid`] for values that do not fit the sale, a conflict where the
/// external id stands for another report.
pub fn refund(c: &mut TenantConn, actor: &Actor, new: &NewRefund) -> Result<(EventView, bool)> {
    let now = c.now();
    check(new, now)?;
    let fingerprint = fingerprint::of_report(c, new)?;
    if let Some(kept) = events::find_external(c, &new.external_id)? {
        if kept.fingerprint != fingerprint
            || kept.event.refunds_event_id.is_none()
            || !events::may_be_told(c, &kept.event)?
        {
            return Err(record::conflict(&new.external_id));
        }
        return Ok((EventView::of(c, kept.event)?, false));
    }
    let sale = sale_of(c, new)?;
    let (refunded, parts) = events::refunded(c, sale.id)?;
    let value = refund_amount(sale.value, refunded, parts, new.value)
        .map_err(|bad| Error::invalid("/value/amount", bad.to_string()))?;
    let event = Event {
        id: EventId::new(now),
        kind: REFUND.to_owned(),
        customer_id: sale.customer_id,
        click_id: None,
        refunds_event_id: Some(sale.id),
        external_id: new.external_id.clone(),
        value,
        occurred_at: new.occurred_at.unwrap_or(now),
        metadata: new.metadata.clone().map(serde_json::Value::Object),
        outcome: None,
        created_at: now,
    };
    events::insert(c, &event, &fingerprint)?;
    let share = match (value, sale.value) {
        (Some(part), Some(whole)) => Some((
            refunded.saturating_add(part.amount_minor),
            whole.amount_minor,
        )),
        _ => None,
    };
    for earned in commissions::of_events(c, &[sale.id])? {
        let take = to_reverse(earned.amount.amount_minor, earned.taken_minor(), share);
        if take > 0 {
            let reason = format!("Refund {} of {}", event.external_id, sale.external_id);
            commission::take_back(
                c,
                actor,
                &earned,
                take,
                AdjustmentKind::Refund,
                Some(event.id),
                &reason,
            )?;
        }
    }
    let trail = audit::Event::new("event.refunded")
        .product("partners")
        .target("event", &sale.id, &sale.external_id);
    audit::record(c, actor, trail.created(&event))?;
    Ok((EventView::of(c, event)?, true))
}

/// `POST /refunds`
///
/// # Errors
/// As [`refund`].
pub async fn post(
    allowed: Allowed<InProject<WriteEvents>>,
    body: Json<NewRefund>,
) -> Result<HttpResponse> {
    let new = body.value;
    api::change(&allowed, &body.bytes, move |c, actor| {
        let (view, fresh) = refund(c, actor, &new)?;
        if fresh {
            Answer::created(&view)
        } else {
            Answer::ok(&view)
        }
    })
    .await
}
