//! `GET` and `POST T/admin/settings/projects/{id}/archive`, `POST …/reopen`: no programme is added any more, and again.

use actix_web::{HttpResponse, web};

use super::{address, found, led, which};
use crate::Result;
use crate::tenancy::WriteSettings;
use crate::tenancy::projects::{self, Change, Project};
use crate::web::confirm::Confirm;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::{Allowed, Form};

/// Asks.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn ask(allowed: Allowed<WriteSettings>, path: web::Path<String>) -> Result<HttpResponse> {
    let project = found(&allowed, &path).await?;
    let here = allowed.url(&address(project.id));
    let shell = allowed.shell(Place::Settings, format!("Archive {}?", project.name));
    let question = Confirm::new(shell, "Archive project", format!("{here}/archive"), here)
        .consequence("No programme and no key is added to it any more.")
        .consequence("What is in it stays readable and goes on as it is. You can reopen it.")
        .destructive();
    Ok(page::ok(&question))
}

/// Archives it.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn archive(
    allowed: Allowed<WriteSettings>,
    path: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let project = set_archived(&allowed, &path, true).await?;
    Ok(led(&allowed, &project, "is archived"))
}

/// Takes that back.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn reopen(
    allowed: Allowed<WriteSettings>,
    path: web::Path<String>,
    _form: Form,
) -> Result<HttpResponse> {
    let project = set_archived(&allowed, &path, false).await?;
    Ok(led(&allowed, &project, "is open again"))
}

async fn set_archived(
    allowed: &Allowed<WriteSettings>,
    path: &str,
    is_archived: bool,
) -> Result<Project> {
    let change = Change {
        name: None,
        is_archived: Some(is_archived),
    };
    let (actor, tenant) = (allowed.actor.clone(), allowed.scope.tenant());
    projects::change(&allowed.app, actor, tenant, which(path)?, change).await
}
