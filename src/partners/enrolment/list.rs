//! Shows enrolments.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::EnrolmentId;
use crate::partners::api;
use crate::partners::model::Enrolment;
use crate::partners::permissions::ReadPartners;
use crate::partners::store::enrolments::{self, EnrolmentFilter};
use crate::web::route::Parameter;
use crate::web::{Allowed, Page, Paging, Query, answer};
use crate::{Error, Result};

/// What the list filters by.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "state",
        about: "`active` or `ended`.",
    },
    Parameter {
        name: "partner",
        about: "Of this partner.",
    },
    Parameter {
        name: "program",
        about: "In this programme.",
    },
];

/// One by its id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(c: &mut TenantConn, id: EnrolmentId) -> Result<Enrolment> {
    enrolments::find(c, id)?.ok_or(Error::NotFound)
}

/// A page of them.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page(
    c: &mut TenantConn,
    filter: &EnrolmentFilter,
    paging: &Paging,
) -> Result<Page<Enrolment>> {
    enrolments::list(c, filter, paging)
}

/// `GET /enrolments`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<InProject<ReadPartners>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["state", "partner", "program"])?;
    api::newest_only(&query)?;
    let filter = EnrolmentFilter {
        state: query.parsed("state")?,
        partner: query.parsed("partner")?,
        program: query.parsed("program")?,
    };
    let paging = query.paging()?;
    let page = allowed
        .scope
        .read(move |c| page(c, &filter, &paging))
        .await?;
    Ok(answer::list(&allowed.request, page))
}

/// `GET /enrolments/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<InProject<ReadPartners>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    let enrolment = allowed.scope.read(move |c| find(c, id)).await?;
    Ok(answer::versioned(
        &allowed.request,
        StatusCode::OK,
        enrolment.version,
        &enrolment,
    ))
}
