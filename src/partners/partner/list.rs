//! Shows partners.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::PartnerId;
use crate::partners::api;
use crate::partners::model::Partner;
use crate::partners::permissions::ReadPartners;
use crate::partners::store::partners::{self, PartnerFilter};
use crate::web::route::Parameter;
use crate::web::{Allowed, Page, Paging, Query, answer};
use crate::{Error, Result};

/// What the list filters by.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "state",
        about: "`applied`, `approved`, `declined`, `suspended` or `archived`.",
    },
    Parameter {
        name: "program",
        about: "Enrolled in this programme.",
    },
    Parameter {
        name: "q",
        about: "Part of name, address, company or website.",
    },
    Parameter {
        name: "sort",
        about: "`name`; newest first where absent.",
    },
];

/// One by its id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(c: &mut TenantConn, id: PartnerId) -> Result<Partner> {
    partners::find(c, id)?.ok_or(Error::NotFound)
}

/// A page of them.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page(c: &mut TenantConn, filter: &PartnerFilter, paging: &Paging) -> Result<Page<Partner>> {
    partners::list(c, filter, paging)
}

/// `GET /partners`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<InProject<ReadPartners>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["state", "program"])?;
    let filter = PartnerFilter {
        state: query.parsed("state")?,
        program: query.parsed("program")?,
        q: api::search(&query),
        by_name: api::by_name(&query)?,
    };
    let paging = query.paging()?;
    let page = allowed
        .scope
        .read(move |c| page(c, &filter, &paging))
        .await?;
    Ok(answer::list(&allowed.request, page))
}

/// `GET /partners/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<InProject<ReadPartners>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    let partner = allowed.scope.read(move |c| find(c, id)).await?;
    Ok(answer::versioned(
        &allowed.request,
        StatusCode::OK,
        partner.version,
        &partner,
    ))
}
