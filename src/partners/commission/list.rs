//! Shows commissions.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::CommissionId;
use crate::money::Money;
use crate::partners::api;
use crate::partners::model::{Commission, CommissionState};
use crate::partners::permissions::ReadCommissions;
use crate::partners::store::commissions::{self, CommissionFilter};
use crate::web::route::Parameter;
use crate::web::{Allowed, Page, Paging, Query, answer};
use crate::{Error, Result};

/// What the list filters by.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "state",
        about: "`pending`, `approved`, `paid` or `reversed`.",
    },
    Parameter {
        name: "ready",
        about: "`true` for pending ones whose hold is over.",
    },
    Parameter {
        name: "partner",
        about: "Of this partner.",
    },
    Parameter {
        name: "program",
        about: "In this programme.",
    },
    Parameter {
        name: "event",
        about: "For this event.",
    },
    Parameter {
        name: "payout",
        about: "Bound to this payout.",
    },
    Parameter {
        name: "currency",
        about: "In this currency.",
    },
    Parameter {
        name: "since",
        about: "Earned from this time on.",
    },
    Parameter {
        name: "until",
        about: "Earned before this time.",
    },
    Parameter {
        name: "q",
        about: "Part of the partner's name, address, company or website, or the company's id of the event.",
    },
];

/// One by its id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(c: &mut TenantConn, id: CommissionId) -> Result<Commission> {
    commissions::find(c, id)?.ok_or(Error::NotFound)
}

/// A page of them.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page(
    c: &mut TenantConn,
    filter: &CommissionFilter,
    paging: &Paging,
) -> Result<Page<Commission>> {
    commissions::list(c, filter, paging)
}

/// The ids of all that match, oldest first, up to `most`: for acting on all of a filtered list.
///
/// # Errors
/// Where the store fails.
pub fn matching(
    c: &mut TenantConn,
    filter: &CommissionFilter,
    most: i64,
) -> Result<Vec<CommissionId>> {
    commissions::ids(c, filter, most)
}

/// How many there are and what they come to, by state and currency.
///
/// # Errors
/// Where the store fails.
pub fn totals(c: &mut TenantConn) -> Result<Vec<(CommissionState, i64, Money)>> {
    commissions::totals(c)
}

/// `GET /commissions`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<InProject<ReadCommissions>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&[
        "state", "ready", "partner", "program", "event", "payout", "currency", "since", "until",
    ])?;
    api::newest_only(&query)?;
    let ready = api::flag(&query, "ready")? == Some(true);
    let filter = CommissionFilter {
        state: query.parsed("state")?,
        ready_at: ready.then(|| allowed.app.clock.now()),
        held_at: None,
        partner: query.parsed("partner")?,
        program: query.parsed("program")?,
        event: query.parsed("event")?,
        payout: query.parsed("payout")?,
        currency: query.parsed("currency")?,
        since: query.parsed("since")?,
        until: query.parsed("until")?,
        q: api::search(&query),
    };
    let paging = query.paging()?;
    let page = allowed
        .scope
        .read(move |c| page(c, &filter, &paging))
        .await?;
    Ok(answer::list(&allowed.request, page))
}

/// `GET /commissions/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<InProject<ReadCommissions>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    let commission = allowed.scope.read(move |c| find(c, id)).await?;
    Ok(answer::versioned(
        &allowed.request,
        StatusCode::OK,
        commission.version,
        &commission,
    ))
}
