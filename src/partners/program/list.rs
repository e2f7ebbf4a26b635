//! Shows programmes.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};

use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::ProgramId;
use crate::partners::api;
use crate::partners::model::Program;
use crate::partners::permissions::ReadPrograms;
use crate::partners::store::programs::{self, ProgramFilter};
use crate::web::route::Parameter;
use crate::web::{Allowed, Page, Paging, Query, answer};
use crate::{Error, Result};

/// What the list filters by.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "state",
        about: "`active` or `archived`.",
    },
    Parameter {
        name: "project",
        about: "Of the project of this id.",
    },
    Parameter {
        name: "q",
        about: "Part of the name.",
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
pub fn find(c: &mut TenantConn, id: ProgramId) -> Result<Program> {
    programs::find(c, id)?.ok_or(Error::NotFound)
}

/// A page of them.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page(c: &mut TenantConn, filter: &ProgramFilter, paging: &Paging) -> Result<Page<Program>> {
    programs::list(c, filter, paging)
}

/// `GET /programs`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<InProject<ReadPrograms>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["state", "project"])?;
    let filter = ProgramFilter {
        state: query.parsed("state")?,
        project: query.parsed("project")?,
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

/// `GET /programs/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<InProject<ReadPrograms>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    let program = allowed.scope.read(move |c| find(c, id)).await?;
    Ok(answer::versioned(
        &allowed.request,
        StatusCode::OK,
        program.version,
        &program,
    ))
}
