//! `GET T/admin/programs`: every programme with its terms.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::listing::{self, Listing};
use super::super::words;
use crate::Result;
use crate::id::ProjectId;
use crate::partners::demo::page::labelled;
use crate::partners::model::{Program, ProgramState};
use crate::partners::permissions::ReadPrograms;
use crate::partners::program::ProgramFilter;
use crate::partners::store::{pages, programs};
use crate::tenancy::projects::{self, Project};
use crate::web::Allowed;
use crate::web::form::Choice;
use crate::web::list::{ListView, Pager};
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::State;

#[derive(Template)]
#[template(path = "partners/programs.html")]
struct Programs {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    states: Vec<Choice>,
    projects: Vec<Choice>,
    rows: Vec<Row>,
    csv: String,
    may_write: bool,
}

struct Row {
    href: String,
    name: String,
    terms: String,
    window: String,
    hold: String,
    partners: String,
    partners_href: String,
    project: String,
    state: State,
}

/// What an address asks for.
pub(super) fn asked(request: &HttpRequest) -> Result<(Listing, ProgramFilter)> {
    let filters = ["state", "project"];
    let asked = listing::read(request, &filters, "name", &["name", "created"])?;
    let filter = ProgramFilter {
        project: asked.query.parsed("project")?,
        state: asked.query.parsed("state")?,
        q: listing::search(&asked.query),
        by_name: asked.column == "name",
    };
    Ok((asked, filter))
}

/// The company's projects, archived ones among them; mostly there are none, and then nothing is said of them.
pub(super) async fn projects<P>(allowed: &Allowed<P>) -> Result<Vec<Project>> {
    let tenant = allowed.scope.tenant();
    let all = allowed.app.control.read(move |c| projects::all(c, tenant));
    all.await
}

/// The name of a project; nothing for what is in none.
pub(super) fn name_in(projects: &[Project], id: Option<ProjectId>) -> &str {
    projects
        .iter()
        .find(|project| Some(project.id) == id)
        .map_or("", |project| project.name.as_str())
}

/// Shows them.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn list(allowed: Allowed<ReadPrograms>) -> Result<HttpResponse> {
    let (asked, filter) = asked(&allowed.request)?;
    let projects = projects(&allowed).await?;
    let paging = asked.paging;
    let (found, enrolled) = allowed
        .scope
        .read(move |c| {
            let found = programs::list(c, &filter, &paging)?;
            let ids: Vec<_> = found.rows.iter().map(|program| program.id).collect();
            let enrolled = pages::enrolled(c, &ids)?;
            Ok((found, enrolled))
        })
        .await?;
    let format = allowed.format();
    let row = |program: &Program| Row {
        href: allowed.url(&format!("/admin/programs/{}", program.id)),
        name: program.name.clone(),
        terms: words::reward(program.commission, &format),
        window: words::days(program.attribution_window_days, &format),
        hold: words::days(program.holding_days, &format),
        partners: format.number(enrolled.get(&program.id).copied().unwrap_or(0)),
        partners_href: allowed.url(&format!("/admin/partners?program={}", program.id)),
        project: name_in(&projects, program.project_id).to_owned(),
        state: words::program(program.state),
    };
    Ok(page::ok(&Programs {
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Programs, "Programmes")
                .lead("What partners are paid for, how much, and when."),
        )
        .await?,
        pager: asked.view.pager(&found),
        states: ProgramState::ALL
            .iter()
            .map(|state| Choice::new(state.as_str(), words::program(*state).label))
            .collect(),
        projects: projects
            .iter()
            .map(|project| Choice::new(project.id.to_string(), &project.name))
            .collect(),
        rows: found.rows.iter().map(row).collect(),
        csv: asked.view.href_at(&allowed.url("/admin/programs.csv")),
        list: asked.view,
        may_write: allowed.rights.allows("programs:write"),
    }))
}
