//! How much of its plan a company uses.

use schemars::JsonSchema;
use serde::Serialize;

use super::store;
use crate::app::App;
use crate::gate::Counted;
use crate::id::TenantId;
use crate::{Error, Result};

/// What a company uses, beside what its plan allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Usage {
    /// The plan.
    pub plan: String,
    /// The calendar month (UTC) that events are counted in, `2026-11`.
    pub month: String,
    /// People who may sign in, those who were invited among them.
    pub members: Figure,
    /// Partners who take part, apply or are suspended.
    pub partners: Figure,
    /// Links in use.
    pub links: Figure,
    /// Events reported this month, refunds among them.
    pub events_per_month: Figure,
    /// Bytes of the company's store on disk with its log, where it is a file of its own.
    pub size_bytes: Option<u64>,
}

/// One figure with its limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "UsageFigure")]
pub struct Figure {
    /// How much is used.
    pub used: u64,
    /// How much the plan allows; as much as one likes where absent.
    pub limit: Option<u64>,
}

impl Usage {
    /// One figure.
    pub fn of(&self, what: Counted) -> Figure {
        match what {
            Counted::Members => self.members,
            Counted::Partners => self.partners,
            Counted::Links => self.links,
            Counted::EventsPerMonth => self.events_per_month,
        }
    }
}

/// Counts what a company uses, to the last one: for people who look, not for every request.
///
/// # Errors
/// [`Error::NotFound`]; where a store does not answer.
pub async fn usage_of(app: &App, tenant: TenantId) -> Result<Usage> {
    let (plan, limits) = app
        .control
        .read(move |c| store::plan_and_limits(c, tenant))
        .await?
        .ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let scope = app.tenants.scope(tenant)?;
    let mut used = Vec::new();
    for count in app.slices.iter().filter_map(|slice| slice.usage) {
        used.extend(count(app.clone(), scope.clone(), now).await?);
    }
    let figure = |what: Counted| Figure {
        used: used
            .iter()
            .filter(|(of, _)| *of == what)
            .map(|(_, many)| many)
            .sum(),
        limit: limits.of(what),
    };
    Ok(Usage {
        plan,
        month: now.day().chars().take(7).collect(),
        members: figure(Counted::Members),
        partners: figure(Counted::Partners),
        links: figure(Counted::Links),
        events_per_month: figure(Counted::EventsPerMonth),
        size_bytes: app.tenants.size_bytes(tenant),
    })
}
