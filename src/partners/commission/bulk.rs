//! Approves or takes back many commissions at once, each with its own event; what does not fit is left out and said.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{approve, reverse};
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::CommissionId;
use crate::partners::api;
use crate::partners::model::{AdjustmentKind, CommissionState};
use crate::partners::permissions::WriteCommissions;
use crate::partners::store::commissions;
use crate::web::once::Answer;
use crate::web::{Allowed, Json};
use crate::{Error, Result};

/// Commissions of one request.
pub const MOST: usize = 1_000;

/// What is done to them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Approve those that are pending.
    Approve,
    /// Take back what is left of them.
    Reverse,
}

/// Many commissions and what is done to them.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// What is done.
    pub action: BulkAction,
    /// To which, up to 1,000.
    pub ids: Vec<CommissionId>,
    /// Why, in words; for taking back.
    #[serde(default)]
    pub reason: Option<String>,
}

/// A commission that was left out.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct Skipped {
    /// Which.
    pub id: CommissionId,
    /// Why: `not_found` or `wrong_state`.
    pub code: &'static str,
}

/// What became of them.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct BulkAnswer {
    /// How many were changed.
    pub changed: usize,
    /// Those that were left out.
    pub skipped: Vec<Skipped>,
}

/// Carries it out in one transaction.
///
/// # Errors
/// [`Error::Invalid`] for too many.
pub fn act(c: &mut TenantConn, actor: &Actor, bulk: &Bulk) -> Result<BulkAnswer> {
    if bulk.ids.is_empty() || bulk.ids.len() > MOST {
        return Err(Error::invalid("ids", "Name 1 to 1,000 commissions."));
    }
    let reason = reverse::checked(bulk.reason.as_deref())?;
    let mut answer = BulkAnswer {
        changed: 0,
        skipped: Vec::new(),
    };
    for id in &bulk.ids {
        let Some(before) = commissions::find(c, *id)? else {
            answer.skipped.push(Skipped {
                id: *id,
                code: "not_found",
            });
            continue;
        };
        let fits = match bulk.action {
            BulkAction::Approve => before.state == CommissionState::Pending,
            BulkAction::Reverse => before.left_minor() > 0,
        };
        if !fits {
            answer.skipped.push(Skipped {
                id: *id,
                code: "wrong_state",
            });
            continue;
        }
        match bulk.action {
            BulkAction::Approve => approve::write(c, actor, &before)?,
            BulkAction::Reverse => reverse::take_back(
                c,
                actor,
                &before,
                before.left_minor(),
                AdjustmentKind::Reversal,
                None,
                &reason,
            )?,
        };
        answer.changed += 1;
    }
    Ok(answer)
}

/// `POST /commissions/bulk`
///
/// # Errors
/// As [`act`].
pub async fn post(
    allowed: Allowed<InProject<WriteCommissions>>,
    body: Json<Bulk>,
) -> Result<HttpResponse> {
    let bulk = body.value;
    api::change(&allowed, &body.bytes, move |c, actor| {
        Answer::ok(&act(c, actor, &bulk)?)
    })
    .await
}
