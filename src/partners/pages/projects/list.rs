//! `GET T/admin/settings/projects` with the form that posts there.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::{address, state};
use crate::Result;
use crate::gate::Permission;
use crate::partners::store::pages;
use crate::tenancy::projects::{self, PAGE};
use crate::tenancy::{ReadSettings, WriteSettings, settings};
use crate::web::form::FormErrors;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{Link, State};
use crate::web::{Allowed, Form, shown_in_form};

#[derive(Template)]
#[template(path = "partners/projects.html")]
struct Page {
    shell: PageShell,
    tabs: Vec<Link>,
    here: String,
    rows: Vec<Row>,
    errors: FormErrors,
    name: String,
    slug: String,
    may_write: bool,
}

struct Row {
    href: String,
    name: String,
    slug: String,
    state: State,
    programs: String,
    programs_href: String,
    made: Markup,
}

/// Shows them.
///
/// # Errors
/// Where a store does not answer.
pub async fn list(allowed: Allowed<ReadSettings>) -> Result<HttpResponse> {
    respond(
        &allowed,
        StatusCode::OK,
        &Form::default(),
        FormErrors::none(),
    )
    .await
}

/// Makes one, or shows the form again.
///
/// # Errors
/// Where a store does not answer.
pub async fn create(allowed: Allowed<WriteSettings>, form: Form) -> Result<HttpResponse> {
    let (actor, tenant) = (allowed.actor.clone(), allowed.scope.tenant());
    let (slug, name) = (form.text("slug"), form.text("name"));
    match projects::create(&allowed.app, actor, tenant, slug, name).await {
        Ok(project) => Ok(super::led(&allowed, &project, "is made")),
        Err(error) => {
            let errors = shown_in_form(error)?;
            respond(&allowed, StatusCode::UNPROCESSABLE_ENTITY, &form, errors).await
        }
    }
}

async fn respond<P>(
    allowed: &Allowed<P>,
    status: StatusCode,
    typed: &Form,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let tenant = allowed.scope.tenant();
    let all = allowed
        .app
        .control
        .read(move |c| projects::all(c, tenant))
        .await?;
    let programs = allowed.scope.read(pages::in_projects).await?;
    let format = allowed.format();
    let rows = all
        .into_iter()
        .map(|project| Row {
            href: allowed.url(&address(project.id)),
            state: state(&project),
            programs: format.number(programs.get(&project.id).copied().unwrap_or(0)),
            programs_href: allowed.url(&format!("/admin/programs?project={}", project.id)),
            made: format.day(project.created_at),
            name: project.name,
            slug: project.slug,
        })
        .collect();
    let shell = allowed
        .shell(Place::Settings, "Projects")
        .lead("Parts of your work whose programmes are kept apart.")
        .crumb("Settings", Place::Settings.path());
    let page = Page {
        shell,
        tabs: settings::tabs(allowed),
        here: allowed.url(PAGE),
        rows,
        errors,
        name: typed.text("name").to_owned(),
        slug: typed.text("slug").to_owned(),
        may_write: allowed.rights.allows(WriteSettings::NAME),
    };
    Ok(page::html(status, &page))
}
