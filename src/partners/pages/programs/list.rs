//! `GET T/admin/programs`: every programme with its terms.

use actix_web::HttpResponse;
use askama::Template;

use super::super::{listing, words};
use crate::Result;
use crate::partners::demo::page::labelled;
use crate::partners::model::{Program, ProgramState};
use crate::partners::permissions::ReadPrograms;
use crate::partners::program::ProgramFilter;
use crate::partners::store::{pages, programs};
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
    rows: Vec<Row>,
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
    state: State,
}

/// Shows them.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn list(allowed: Allowed<ReadPrograms>) -> Result<HttpResponse> {
    let asked = listing::read(&allowed.request, &["state"], "name", &["name", "created"])?;
    let filter = ProgramFilter {
        project: None,
        state: asked.query.parsed("state")?,
        q: listing::search(&asked.query),
        by_name: asked.column == "name",
    };
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
        rows: found.rows.iter().map(row).collect(),
        list: asked.view,
        may_write: allowed.rights.allows("programs:write"),
    }))
}
