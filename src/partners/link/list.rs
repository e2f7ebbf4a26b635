//! Shows links, with their whole address.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use schemars::JsonSchema;
use serde::Serialize;

use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::LinkId;
use crate::partners::api;
use crate::partners::model::Link;
use crate::partners::permissions::ReadLinks;
use crate::partners::store::links::{self, LinkFilter};
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
        name: "partner",
        about: "Of this partner.",
    },
    Parameter {
        name: "program",
        about: "In this programme.",
    },
    Parameter {
        name: "enrolment",
        about: "Of this enrolment.",
    },
    Parameter {
        name: "q",
        about: "Part of the key.",
    },
];

/// A link with its whole address.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct LinkView {
    /// The link.
    #[serde(flatten)]
    pub link: Link,
    /// What partners give away.
    pub url: String,
}

impl LinkView {
    /// What every link of this company begins with.
    pub fn start<P>(allowed: &Allowed<P>) -> String {
        format!("{}/r/", allowed.home())
    }

    /// A link below this start.
    pub fn new(start: &str, link: Link) -> Self {
        let url = format!("{start}{}", link.key);
        Self { link, url }
    }
}

/// One by its id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(c: &mut TenantConn, id: LinkId) -> Result<Link> {
    links::find(c, id)?.ok_or(Error::NotFound)
}

/// A page of them.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page(c: &mut TenantConn, filter: &LinkFilter, paging: &Paging) -> Result<Page<Link>> {
    links::list(c, filter, paging)
}

/// `GET /links`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<InProject<ReadLinks>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["state", "partner", "program", "enrolment"])?;
    api::newest_only(&query)?;
    let filter = LinkFilter {
        state: query.parsed("state")?,
        partner: query.parsed("partner")?,
        program: query.parsed("program")?,
        enrolment: query.parsed("enrolment")?,
        q: api::search(&query),
    };
    let paging = query.paging()?;
    let page = allowed
        .scope
        .read(move |c| page(c, &filter, &paging))
        .await?;
    let start = LinkView::start(&allowed);
    Ok(answer::list(
        &allowed.request,
        page.map(|link| LinkView::new(&start, link)),
    ))
}

/// `GET /links/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<InProject<ReadLinks>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    let link = allowed.scope.read(move |c| find(c, id)).await?;
    let version = link.version;
    let view = LinkView::new(&LinkView::start(&allowed), link);
    Ok(answer::versioned(
        &allowed.request,
        StatusCode::OK,
        version,
        &view,
    ))
}
