//! Shows clicks.

use actix_web::{HttpResponse, web};

use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::ClickId;
use crate::partners::api;
use crate::partners::model::Click;
use crate::partners::permissions::ReadClicks;
use crate::partners::store::clicks::{self, ClickFilter};
use crate::web::route::Parameter;
use crate::web::{Allowed, Page, Paging, Query, answer};
use crate::{Error, Result};

/// What the list filters by.
pub const FILTERS: &[Parameter] = &[
    Parameter {
        name: "link",
        about: "Through this link.",
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
        name: "flag",
        about: "`flood`, `bot` or `manual`.",
    },
    Parameter {
        name: "flagged",
        about: "`true` for flagged ones, `false` for the rest.",
    },
    Parameter {
        name: "since",
        about: "From this time on.",
    },
    Parameter {
        name: "until",
        about: "Before this time.",
    },
];

/// One by its id.
///
/// # Errors
/// [`Error::NotFound`].
pub fn find(c: &mut TenantConn, id: ClickId) -> Result<Click> {
    clicks::find(c, id)?.ok_or(Error::NotFound)
}

/// A page of them.
///
/// # Errors
/// [`Error::Invalid`] for a foreign cursor.
pub fn page(c: &mut TenantConn, filter: &ClickFilter, paging: &Paging) -> Result<Page<Click>> {
    clicks::list(c, filter, paging)
}

/// `GET /clicks`
///
/// # Errors
/// [`Error::Invalid`] for filters that do not fit.
pub async fn get(allowed: Allowed<InProject<ReadClicks>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&[
        "link", "partner", "program", "flag", "flagged", "since", "until",
    ])?;
    api::newest_only(&query)?;
    let filter = ClickFilter {
        link: query.parsed("link")?,
        partner: query.parsed("partner")?,
        program: query.parsed("program")?,
        flag: query.parsed("flag")?,
        flagged: api::flag(&query, "flagged")?,
        since: query.parsed("since")?,
        until: query.parsed("until")?,
    };
    let paging = query.paging()?;
    let page = allowed
        .scope
        .read(move |c| page(c, &filter, &paging))
        .await?;
    Ok(answer::list(&allowed.request, page))
}

/// `GET /clicks/{id}`
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get_one(
    allowed: Allowed<InProject<ReadClicks>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id = api::id(&path)?;
    let click = allowed.scope.read(move |c| find(c, id)).await?;
    Ok(answer::ok(&click))
}
