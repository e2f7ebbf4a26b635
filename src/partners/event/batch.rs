//! Reports up to a thousand events in one request, one transaction and one event of the trail.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::allowance::{self, Left};
use super::input::{self, NewEvent};
use super::{judge, record};
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::EventId;
use crate::partners::api;
use crate::partners::model::Outcome;
use crate::partners::permissions::WriteEvents;
use crate::web::metrics::Counters;
use crate::web::once::Answer;
use crate::web::{Allowed, BatchJson, Fields};
use crate::{Error, Result};

/// Events of one batch.
const MOST: usize = 1_000;

/// Events to report together.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewBatch {
    /// Up to 1,000.
    pub events: Vec<NewEvent>,
}

/// What became of one event of a batch.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BatchItem {
    /// The company's id of it.
    pub external_id: String,
    /// `recorded`, `replayed` (it was here already) or `conflict` (the id stands for another report; nothing was changed).
    pub result: &'static str,
    /// Our id of it.
    pub id: Option<EventId>,
    /// What attribution made of it.
    pub outcome: Option<Outcome>,
}

/// What became of a batch.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BatchAnswer {
    /// New events.
    pub recorded: usize,
    /// Events that were here already.
    pub replayed: usize,
    /// Events whose id stands for another report.
    pub conflicts: usize,
    /// Each event, in the order sent.
    pub data: Vec<BatchItem>,
}

fn check(c: &TenantConn, batch: &NewBatch) -> Result<()> {
    let mut fields = Fields::default();
    if batch.events.is_empty() || batch.events.len() > MOST {
        fields.add("events", "Send 1 to 1,000 events.");
        return fields.check();
    }
    let now = c.now();
    for (place, event) in batch.events.iter().enumerate() {
        input::check(&mut fields, &format!("/events/{place}"), event, now);
    }
    fields.check()
}

/// Reports a batch: all of it or, where a value does not fit, nothing. An id that stands for another report is left out and said.
fn record_all(
    c: &mut TenantConn,
    actor: &Actor,
    batch: &NewBatch,
    left: Left,
) -> Result<BatchAnswer> {
    check(c, batch)?;
    let mut answer = BatchAnswer {
        recorded: 0,
        replayed: 0,
        conflicts: 0,
        data: Vec::with_capacity(batch.events.len()),
    };
    let mut known = judge::Known::default();
    for event in &batch.events {
        let item = |result, id, outcome| BatchItem {
            external_id: event.external_id.clone(),
            result,
            id,
            outcome,
        };
        let item = match record::write(c, event, &mut known, (left, answer.recorded)) {
            Ok((view, true)) => {
                answer.recorded += 1;
                item("recorded", Some(view.event.id), view.event.outcome)
            }
            Ok((view, false)) => {
                answer.replayed += 1;
                item("replayed", Some(view.event.id), view.event.outcome)
            }
            Err(Error::Conflict {
                code: record::CONFLICT,
                ..
            }) => {
                answer.conflicts += 1;
                item("conflict", None, None)
            }
            Err(other) => return Err(other),
        };
        answer.data.push(item);
    }
    if answer.recorded > 0 {
        let ids: Vec<&str> = answer
            .data
            .iter()
            .filter(|item| item.result == "recorded")
            .map(|item| item.external_id.as_str())
            .collect();
        let said = serde_json::json!({ "recorded": answer.recorded, "external_ids": ids });
        audit::record(
            c,
            actor,
            audit::Event::new("event.batch_recorded")
                .product("partners")
                .created(&said),
        )?;
    }
    Ok(answer)
}

/// `POST /events/batch`
///
/// # Errors
/// [`Error::Invalid`] where a value does not fit, [`Error::PlanLimit`] where the plan does not take all of it; then nothing was
/// changed.
pub async fn post(
    allowed: Allowed<InProject<WriteEvents>>,
    body: BatchJson<NewBatch>,
) -> Result<HttpResponse> {
    let BatchJson(body) = body;
    let batch = body.value;
    let mut allowance = allowance::take(&allowed, batch.events.len()).await?;
    let left = allowance.left;
    let recorded = Arc::new(AtomicUsize::new(0));
    let known = Arc::clone(&recorded);
    let answer = api::change(&allowed, &body.bytes, move |c, actor| {
        let done = record_all(c, actor, &batch, left)?;
        known.store(done.recorded, Ordering::Relaxed);
        Answer::ok(&done)
    })
    .await?;
    let more = u64::try_from(recorded.load(Ordering::Relaxed)).unwrap_or_default();
    allowance.used(more);
    Counters::of(&allowed.app).events.add(more);
    Ok(answer)
}
