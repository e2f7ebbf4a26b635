//! Shows events.

use actix_web::{HttpResponse, web};

use super::view::EventView;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::EventId;
use crate::partners::api;
use crate::partners::model::Event;
use crate::partners::permissions::ReadEvents;
use crate::partners::store::customers;
use crate::partners::store::events::{self, EventFilter};
use crate::web::route::Parameter;
use crate::web::{Allowed, Page, Paging, Query, answer};
use crate::{Error, Result};

/// What the list filters by.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "type",
        about: "Of this type.",
    },
    Parameter {
        name: "outcome",
        about: "`attributed`, `no_customer`, `no_click`, `outside_window` or `not_earning`.",
    },
    Parameter {
        name: "customer_id",
        about: "Of this customer, by the company's id.",
    },
    Parameter {
        name: "external_id",
        about: "With this id of the company's.",
    },
    Parameter {
        name: "partner",
        about: "Given to this partner.",
    },
    Parameter {
        name: "program",
        about: "Given in this programme.",
    },
    Parameter {
        name: "since",
        about: "Reported from this time on.",
    },
    Parameter {
        name: "until",
        about: "Reported before this time.",
    },
];

/// One by its id, with whose work it was and what it earned.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(c: &mut TenantConn, id: EventId) -> Result<EventView> {
    let event = events::find(c, id)?.ok_or(Error::NotFound)?;
    EventView::of(c, event)
}

/// A page of them.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page(c: &mut TenantConn, filter: &EventFilter, paging: &Paging) -> Result<Page<Event>> {
    events::list(c, filter, paging)
}

/// `GET /events`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<InProject<ReadEvents>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&[
        "type",
        "outcome",
        "customer_id",
        "external_id",
        "partner",
        "program",
        "since",
        "until",
    ])?;
    api::newest_only(&query)?;
    let text = |name: &str| {
        Some(query.get(name))
            .filter(|text| !text.is_empty())
            .map(ToOwned::to_owned)
    };
    let customer = text("customer_id");
    let filter = EventFilter {
        kind: text("type"),
        outcome: query.parsed("outcome")?,
        customer: None,
        external_id: text("external_id"),
        partner: query.parsed("partner")?,
        program: query.parsed("program")?,
        since: query.parsed("since")?,
        until: query.parsed("until")?,
    };
    let paging = query.paging()?;
    let found = allowed.scope.read(move |c| {
        let mut filter = filter.clone();
        if let Some(name) = &customer {
            let Some(known) = customers::find_external(c, name)? else {
                return Ok(Page {
                    rows: Vec::new(),
                    next: None,
                    total: paging.total.then_some(0),
                });
            };
            filter.customer = Some(known.id);
        }
        page(c, &filter, &paging)
    });
    Ok(answer::list(&allowed.request, found.await?))
}

/// `GET /events/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<InProject<ReadEvents>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    Ok(answer::ok(&allowed.scope.read(move |c| find(c, id)).await?))
}
