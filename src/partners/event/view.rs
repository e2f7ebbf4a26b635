//! An event as it is shown: with whose work it was and what it earned.

use schemars::JsonSchema;
use serde::Serialize;

use crate::Result;
use crate::db::TenantConn;
use crate::partners::model::{Adjustment, Attribution, Commission, Event};
use crate::partners::store::{adjustments, commissions, events};

/// An event, whose work it was, and what it earned.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct EventView {
    /// The event.
    #[serde(flatten)]
    pub event: Event,
    /// Whose work it was; nobody's where absent.
    pub attribution: Option<Attribution>,
    /// What it earned; of a refund, what the sale had earned.
    pub commissions: Vec<Commission>,
    /// Of a refund: what is taken off the next payouts, since it was paid already.
    pub adjustments: Vec<Adjustment>,
}

impl EventView {
    /// As the store has it.
    pub(super) fn of(c: &mut TenantConn, event: Event) -> Result<Self> {
        let earned_by = [event.refunds_event_id.unwrap_or(event.id)];
        let attributed = event
            .outcome
            .is_none_or(|outcome| outcome == crate::partners::model::Outcome::Attributed);
        let (attribution, commissions) = if attributed {
            (
                events::attributions_of(c, &earned_by)?.into_iter().next(),
                commissions::of_events(c, &earned_by)?,
            )
        } else {
            (None, Vec::new())
        };
        let adjustments = if event.refunds_event_id.is_some() {
            adjustments::of_events(c, &[event.id])?
        } else {
            Vec::new()
        };
        Ok(Self {
            event,
            attribution,
            commissions,
            adjustments,
        })
    }
}
