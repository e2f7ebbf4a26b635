//! Reports an event: once, however often it is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::HttpResponse;

use super::allowance::{self, Left};
use super::input::{self, NewEvent};
use super::judge::Known;
use super::view::EventView;
use super::{fingerprint, identify, judge};
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::EventId;
use crate::partners::api;
use crate::partners::model::{Event, IdentitySource};
use crate::partners::permissions::WriteEvents;
use crate::partners::store::{clicks, events};
use crate::web::metrics::Counters;
use crate::web::once::Answer;
use crate::web::{Allowed, Json};
use crate::{Error, Result};

/// The code of a conflict between two reports.
pub(super) const CONFLICT: &str = "external_id_conflict";

/// What is answered where an id was used for something else.
pub(super) fn conflict(external_id: &str) -> Error {
    Error::conflict(
        CONFLICT,
        format!("Another event was reported as “{external_id}” before."),
    )
}

/// Reports one. The same report again changes nothing and shows the event as it stands; `true` where it is new.
///
/// # Errors
/// [`Error::Invalid`] for values that do not fit, a conflict where the external id stands for another report, [`Error::PlanLimit`]
/// for one more than the plan takes: never for a report that is here already.
pub fn record(
    c: &mut TenantConn,
    actor: &Actor,
    new: &NewEvent,
    left: Left,
) -> Result<(EventView, bool)> {
    input::check_one(new, c.now())?;
    let (view, fresh) = write(c, new, &mut Known::default(), (left, 0))?;
    if fresh {
        let event = audit::Event::new("event.recorded").product("partners");
        let event = event
            .target("event", &view.event.id, &view.event.external_id)
            .created(&view.event);
        audit::record(c, actor, event)?;
    }
    Ok((view, fresh))
}

/// Writes a checked event with all that follows from it, without its event in the trail. `left` says how many more the plan takes,
/// and how many of them the same request has added.
pub(super) fn write(
    c: &mut TenantConn,
    new: &NewEvent,
    known: &mut Known,
    (left, added): (Left, usize),
) -> Result<(EventView, bool)> {
    let fingerprint = fingerprint::of_report(c, new)?;
    if let Some(kept) = events::find_external(c, &new.external_id)? {
        if kept.fingerprint != fingerprint || !events::may_be_told(c, &kept.event)? {
            return Err(conflict(&new.external_id));
        }
        return Ok((EventView::of(c, kept.event)?, false));
    }
    let now = c.now();
    left.one_more(added, now)?;
    let click = match new.click {
        Some(id) => clicks::find(c, id)?,
        None => None,
    };
    let customer = match &new.customer_id {
        Some(name) => Some(identify::customer(c, name)?),
        None => None,
    };
    if let (Some(customer), Some(click)) = (&customer, &click) {
        identify::tie(c, customer.id, click, IdentitySource::Server)?;
    }
    let mut event = Event {
        id: EventId::new(now),
        kind: new.kind.clone(),
        customer_id: customer.as_ref().map(|customer| customer.id),
        click_id: click.map(|click| click.id),
        refunds_event_id: None,
        external_id: new.external_id.clone(),
        value: new.value,
        occurred_at: new.occurred_at.unwrap_or(now),
        metadata: new.metadata.clone().map(serde_json::Value::Object),
        outcome: None,
        created_at: now,
    };
    let judged = judge::judge(c, &event)?;
    event.outcome = Some(judged.outcome);
    events::insert(c, &event, &fingerprint)?;
    let mut view = EventView {
        event,
        attribution: None,
        commissions: Vec::new(),
        adjustments: Vec::new(),
    };
    if let Some(winner) = &judged.winner {
        let (attribution, commission) =
            judge::reward(c, &view.event, customer.as_ref(), winner, known)?;
        view.attribution = Some(attribution);
        view.commissions.extend(commission);
    }
    Ok((view, true))
}

/// `POST /events`
///
/// # Errors
/// As [`record`].
pub async fn post(
    allowed: Allowed<InProject<WriteEvents>>,
    body: Json<NewEvent>,
) -> Result<HttpResponse> {
    let new = body.value;
    let mut allowance = allowance::take(&allowed, 1).await?;
    let left = allowance.left;
    let recorded = Arc::new(AtomicBool::new(false));
    let known = Arc::clone(&recorded);
    let answer = api::change(&allowed, &body.bytes, move |c, actor| {
        let (view, fresh) = record(c, actor, &new, left)?;
        known.store(fresh, Ordering::Relaxed);
        if fresh {
            Answer::created(&view)
        } else {
            Answer::ok(&view)
        }
    })
    .await?;
    let more = u64::from(recorded.load(Ordering::Relaxed));
    allowance.used(more);
    Counters::of(&allowed.app).events.add(more);
    Ok(answer)
}
