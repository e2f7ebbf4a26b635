//! `GET T/admin/programs/{id}`: one programme, who takes part, what happened to it.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::words;
use super::list;
use crate::Result;
use crate::audit;
use crate::id::ProgramId;
use crate::partners::demo::page::labelled;
use crate::partners::enrolment::EnrolmentFilter;
use crate::partners::model::{Enrolment, EnrolmentState, ProgramState};
use crate::partners::permissions::ReadPrograms;
use crate::partners::store::{enrolments, pages};
use crate::partners::{api, program};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{HistoryEntry, State};
use crate::web::{Allowed, Paging};

/// Partners shown here; the rest is a list of its own.
const SHOWN: usize = 10;

#[derive(Template)]
#[template(path = "partners/program.html")]
struct Page {
    shell: PageShell,
    state: State,
    id: ProgramId,
    is_active: bool,
    may_write: bool,
    may_add: bool,
    terms: String,
    window: String,
    hold: String,
    approval: &'static str,
    event_type: String,
    destination: String,
    created: Markup,
    /// Which project it is in; empty for none.
    project: String,
    partners: Vec<Row>,
    partners_total: String,
    links_total: String,
    history: Vec<HistoryEntry>,
}

struct Row {
    href: String,
    name: String,
    terms: String,
    since: Markup,
}

/// Shows it.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn show(allowed: Allowed<ReadPrograms>, path: web::Path<String>) -> Result<HttpResponse> {
    let id: ProgramId = api::id(&path)?;
    let filter = EnrolmentFilter {
        state: Some(EnrolmentState::Active),
        program: Some(id),
        ..EnrolmentFilter::default()
    };
    let paging = Paging {
        limit: SHOWN,
        total: true,
        ..Paging::default()
    };
    let (program, enrolled, names, links, events) = allowed
        .scope
        .read(move |c| {
            let program = program::find(c, id)?;
            let enrolled = enrolments::list(c, &filter, &paging)?;
            let who = enrolled.rows.iter().map(|enrolment| enrolment.partner_id);
            let names = pages::partner_names(c, who.collect::<Vec<_>>())?;
            let links = pages::open_links(c, id)?;
            let events = audit::history_of(c, &id)?;
            Ok((program, enrolled, names, links, events))
        })
        .await?;
    let projects = match program.project_id {
        Some(_) => list::projects(&allowed).await?,
        None => Vec::new(),
    };
    let format = allowed.format();
    let row = |enrolment: &Enrolment| Row {
        href: allowed.url(&format!("/admin/partners/{}", enrolment.partner_id)),
        name: names
            .get(&enrolment.partner_id)
            .cloned()
            .unwrap_or_default(),
        terms: enrolment.commission.map_or_else(
            || "As the programme says".to_owned(),
            |own| words::reward(own, &format),
        ),
        since: format.day(enrolment.created_at),
    };
    Ok(page::ok(&Page {
        state: words::program(program.state),
        is_active: program.state == ProgramState::Active,
        may_write: allowed.rights.allows("programs:write"),
        may_add: allowed.rights.allows("partners:write"),
        terms: words::reward(program.commission, &format),
        window: words::days(program.attribution_window_days, &format),
        hold: words::days(program.holding_days, &format),
        approval: if program.auto_approve {
            "By itself once the hold is over"
        } else {
            "By a person"
        },
        event_type: program.event_type.clone().unwrap_or_default(),
        destination: program.destination_url.clone(),
        project: list::name_in(&projects, program.project_id).to_owned(),
        created: format.when(program.created_at),
        partners: enrolled.rows.iter().map(row).collect(),
        partners_total: words::many(enrolled.total.unwrap_or(0), "partner", "partners", &format),
        links_total: words::many(links, "link", "links", &format),
        history: events.iter().map(|event| event.entry(&format)).collect(),
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Programs, program.name)
                .crumb("Programmes", "/admin/programs"),
        )
        .await?,
        id,
    }))
}
