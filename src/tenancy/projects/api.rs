//! `/api/v1/projects`.

use actix_web::{HttpRequest, HttpResponse, web};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Change, Which};
use crate::id::ProjectId;
use crate::tenancy::{ReadSettings, WriteSettings};
use crate::web::{Allowed, Cursor, Json, Query, answer};
use crate::{Error, Result};

/// A project to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// Its name in commands: 3 to 40 small letters, digits and single hyphens.
    pub slug: String,
    /// What people call it.
    pub name: String,
}

/// A change of a project: what is absent stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChange {
    /// What people call it.
    pub name: Option<String>,
    /// `true` where no programme is to be added any more.
    pub archived: Option<bool>,
}

fn which(path: &str) -> Result<Which> {
    path.parse().map(Which::Id).map_err(|_| Error::NotFound)
}

/// `GET /projects`: all of them, the oldest first.
///
/// # Errors
/// [`Error::Invalid`] for a filter.
pub async fn list(allowed: Allowed<ReadSettings>, request: HttpRequest) -> Result<HttpResponse> {
    let query = Query::of(&request);
    query.only(&[])?;
    query.unsorted()?;
    let paging = query.paging()?;
    let after: Option<ProjectId> = match &paging.cursor {
        None => None,
        Some(cursor) => Some(cursor.id.parse().map_err(|_| {
            Error::invalid("cursor", "Take the cursor from the page before, unchanged.")
        })?),
    };
    let tenant = allowed.scope.tenant();
    let mut rows = allowed
        .app
        .control
        .read(move |c| super::all(c, tenant))
        .await?;
    let total = i64::try_from(rows.len()).ok();
    rows.sort_by_key(|project| project.id);
    rows.retain(|project| after.is_none_or(|after| project.id > after));
    rows.truncate(usize::try_from(paging.fetch()).unwrap_or(usize::MAX));
    let mut page = paging.page(rows, |project| Cursor::after("", project.id));
    page.total = total.filter(|_| paging.total);
    Ok(answer::list(&request, page))
}

/// `GET /projects/{id}`.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn one(allowed: Allowed<ReadSettings>, id: web::Path<String>) -> Result<HttpResponse> {
    let (tenant, which) = (allowed.scope.tenant(), which(&id)?);
    let found = allowed
        .app
        .control
        .read(move |c| super::meant(c, tenant, &which));
    Ok(answer::ok(&found.await?))
}

/// `POST /projects`.
///
/// # Errors
/// As [`super::create`].
pub async fn create(
    allowed: Allowed<WriteSettings>,
    body: Json<NewProject>,
) -> Result<HttpResponse> {
    let (tenant, new) = (allowed.scope.tenant(), body.value);
    let actor = allowed.actor.clone();
    let made = super::create(&allowed.app, actor, tenant, &new.slug, &new.name).await?;
    Ok(answer::created(&made))
}

/// `PATCH /projects/{id}`.
///
/// # Errors
/// As [`super::change`].
pub async fn change(
    allowed: Allowed<WriteSettings>,
    id: web::Path<String>,
    body: Json<ProjectChange>,
) -> Result<HttpResponse> {
    let (tenant, which) = (allowed.scope.tenant(), which(&id)?);
    let change = Change {
        name: body.value.name,
        is_archived: body.value.archived,
    };
    let actor = allowed.actor.clone();
    let changed = super::change(&allowed.app, actor, tenant, which, change).await?;
    Ok(answer::ok(&changed))
}
