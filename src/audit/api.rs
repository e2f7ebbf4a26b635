//! `GET /api/v1/audit`: the trail for programs.

use actix_web::{HttpRequest, HttpResponse};
use schemars::JsonSchema;
use serde::Serialize;

use super::ReadAudit;
use super::asked;
use super::store::AuditEvent;
use crate::Result;
use crate::clock::Timestamp;
use crate::id::AuditEventId;
use crate::web::route::Parameter;
use crate::web::{Allowed, answer};

/// The filters, for the API's description.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "actor",
        about: "Who: an id, a name, or a kind (`user`, `api_key`, `shell`, `system`, `public`).",
    },
    Parameter {
        name: "action",
        about: "What: an action such as `partner.approved`, or a noun such as `partner` for all that happened to its kind.",
    },
    Parameter {
        name: "target",
        about: "To what: an id, or a kind such as `partner`.",
    },
    Parameter {
        name: "product",
        about: "In which part of the product: `partners`, `identity` …",
    },
    Parameter {
        name: "since",
        about: "Not before: a time, or a day of the company’s time zone.",
    },
    Parameter {
        name: "until",
        about: "Before a time, or up to the end of a day of the company’s time zone.",
    },
    Parameter {
        name: "q",
        about: "Any of this in names, ids, action, address or request id.",
    },
];

/// An event of the trail.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuditEventView {
    /// Its id; ids sort by time.
    pub id: AuditEventId,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Party,
    /// What happened: `noun.verb`.
    pub action: String,
    /// What it happened to.
    pub target: Option<Party>,
    /// The part of the product.
    pub product: Option<String>,
    /// Changed fields, each with `before` and `after` where there is one. Secrets read `[redacted]`.
    pub changes: Option<serde_json::Value>,
    /// The client's address.
    pub address: Option<String>,
    /// What the client called itself.
    pub user_agent: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// An actor or a target, by the name it had at that time.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Party {
    /// Its kind.
    pub kind: String,
    /// Its id, where it has one.
    pub id: Option<String>,
    /// Its name.
    pub name: Option<String>,
}

impl From<AuditEvent> for AuditEventView {
    fn from(event: AuditEvent) -> Self {
        let changes = event.changes_json();
        Self {
            id: event.id,
            at: event.at,
            actor: Party {
                kind: event.actor_kind,
                id: event.actor_id,
                name: Some(event.actor_name),
            },
            action: event.action,
            target: event.target_kind.map(|kind| Party {
                kind,
                id: event.target_id,
                name: event.target_name,
            }),
            product: event.product,
            changes,
            address: event.address,
            user_agent: event.user_agent,
            request_id: event.request_id,
        }
    }
}

/// Answers a page of the trail.
///
/// # Errors
/// [`crate::Error::Invalid`] for a filter that does not fit.
pub async fn list(allowed: Allowed<ReadAudit>, request: HttpRequest) -> Result<HttpResponse> {
    let filter = asked::filter(&allowed, &request)?;
    let page = asked::page(&allowed, &request, &filter).await?;
    Ok(answer::list(&request, page.map(AuditEventView::from)))
}
