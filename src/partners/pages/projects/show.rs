//! `GET T/admin/settings/projects/{id}`: one project; the form for its name posts there.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::words;
use super::{address, found, led, state, which};
use crate::Result;
use crate::audit;
use crate::gate::Permission;
use crate::partners::store::pages;
use crate::tenancy::projects::{self, Change, PAGE, Project};
use crate::tenancy::{ReadSettings, WriteSettings};
use crate::web::form::FormErrors;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{HistoryEntry, State};
use crate::web::{Allowed, Form, shown_in_form};

#[derive(Template)]
#[template(path = "partners/project.html")]
struct Page {
    shell: PageShell,
    state: State,
    here: String,
    errors: FormErrors,
    name: String,
    slug: String,
    programs: String,
    programs_href: String,
    made: Markup,
    is_active: bool,
    may_write: bool,
    history: Vec<HistoryEntry>,
}

/// Shows it.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn show(allowed: Allowed<ReadSettings>, path: web::Path<String>) -> Result<HttpResponse> {
    let project = found(&allowed, &path).await?;
    let name = project.name.clone();
    respond(&allowed, StatusCode::OK, project, name, FormErrors::none()).await
}

/// Gives it another name, or shows the form again.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn save(
    allowed: Allowed<WriteSettings>,
    path: web::Path<String>,
    form: Form,
) -> Result<HttpResponse> {
    let name = form.text("name").to_owned();
    let change = Change {
        name: Some(name.clone()),
        is_archived: None,
    };
    let (actor, tenant) = (allowed.actor.clone(), allowed.scope.tenant());
    match projects::change(&allowed.app, actor, tenant, which(&path)?, change).await {
        Ok(project) => Ok(led(&allowed, &project, "is saved")),
        Err(error) => {
            let errors = shown_in_form(error)?;
            let project = found(&allowed, &path).await?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            respond(&allowed, status, project, name, errors).await
        }
    }
}

async fn respond<P>(
    allowed: &Allowed<P>,
    status: StatusCode,
    project: Project,
    name: String,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let id = project.id;
    let events = allowed.app.control.read(move |c| audit::history_of(c, &id));
    let events = events.await?;
    let programs = allowed.scope.read(pages::in_projects).await?;
    let programs = programs.get(&id).copied().unwrap_or(0);
    let format = allowed.format();
    let page = Page {
        state: state(&project),
        here: allowed.url(&address(id)),
        errors,
        name,
        slug: project.slug.clone(),
        programs: words::many(programs, "programme", "programmes", &format),
        programs_href: allowed.url(&format!("/admin/programs?project={id}")),
        made: format.when(project.created_at),
        is_active: project.is_active(),
        may_write: allowed.rights.allows(WriteSettings::NAME),
        history: events.iter().map(|event| event.entry(&format)).collect(),
        shell: allowed
            .shell(Place::Settings, project.name)
            .crumb("Settings", Place::Settings.path())
            .crumb("Projects", PAGE),
    };
    Ok(page::html(status, &page))
}
