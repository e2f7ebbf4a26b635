//! `GET T/admin/links`: every link with its address and its clicks.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::listing::{self, Listing};
use super::super::words;
use crate::Result;
use crate::id::{LinkId, PartnerId, ProgramId};
use crate::partners::demo::page::labelled;
use crate::partners::link::LinkView;
use crate::partners::model::{Link, LinkState};
use crate::partners::permissions::ReadLinks;
use crate::partners::store::links::{self, LinkFilter};
use crate::partners::store::{pages, reports};
use crate::web::Allowed;
use crate::web::form::Choice;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::State;

#[derive(Template)]
#[template(path = "partners/links.html")]
struct Page {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    states: Vec<Choice>,
    programs: Vec<Choice>,
    partner: String,
    rows: Vec<Row>,
    csv: String,
    may_write: bool,
}

struct Row {
    id: String,
    href: String,
    key: String,
    label: String,
    url: String,
    partner: String,
    partner_href: String,
    program: String,
    clicks: String,
    made: Markup,
    state: State,
}

/// What an address asks for.
pub(super) fn asked(request: &HttpRequest) -> Result<(Listing, LinkFilter)> {
    let filters = ["state", "program", "partner"];
    let asked = listing::read(request, &filters, "-created", &["created"])?;
    let filter = LinkFilter {
        state: asked.query.parsed("state")?,
        program: asked.query.parsed::<ProgramId>("program")?,
        partner: asked.query.parsed::<PartnerId>("partner")?,
        enrolment: None,
        q: listing::search(&asked.query),
    };
    Ok((asked, filter))
}

/// Shows them.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn list(allowed: Allowed<ReadLinks>) -> Result<HttpResponse> {
    let (asked, filter) = asked(&allowed.request)?;
    let paging = asked.paging;
    let (found, clicks, partners, names, programs) = allowed
        .scope
        .read(move |c| {
            let found = links::list(c, &filter, &paging)?;
            let ids: Vec<LinkId> = found.rows.iter().map(|link| link.id).collect();
            let clicks = reports::clicks_of_links(c, &ids)?;
            let who: Vec<PartnerId> = found
                .rows
                .iter()
                .map(|link| link.partner_id)
                .chain(filter.partner)
                .collect();
            let partners = pages::partner_names(c, who)?;
            let which: Vec<ProgramId> = found.rows.iter().map(|link| link.program_id).collect();
            let names = pages::program_names(c, which)?;
            let programs = pages::program_choices(c, true)?;
            Ok((found, clicks, partners, names, programs))
        })
        .await?;
    let clicks: std::collections::HashMap<LinkId, i64> = clicks.into_iter().collect();
    let format = allowed.format();
    let start = LinkView::start(&allowed);
    let partner_of = |id: &PartnerId| partners.get(id).cloned().unwrap_or_default();
    let row = |link: &Link| Row {
        id: link.id.to_string(),
        href: allowed.url(&format!("/admin/links/{}", link.id)),
        key: link.key.clone(),
        label: link.label.clone().unwrap_or_default(),
        url: format!("{start}{}", link.key),
        partner: partner_of(&link.partner_id),
        partner_href: allowed.url(&format!("/admin/partners/{}", link.partner_id)),
        program: names.get(&link.program_id).cloned().unwrap_or_default(),
        clicks: format.number(clicks.get(&link.id).copied().unwrap_or(0)),
        made: format.day(link.created_at),
        state: words::link(link.state),
    };
    let partner = asked.query.parsed::<PartnerId>("partner")?;
    Ok(page::ok(&Page {
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Links, "Links")
                .lead("What partners give away. Copy an address and pass it on. Clicks are counted every two minutes."),
        )
        .await?,
        pager: asked.view.pager(&found),
        states: LinkState::ALL
            .iter()
            .map(|state| Choice::new(state.as_str(), words::link(*state).label))
            .collect(),
        programs: programs
            .into_iter()
            .map(|(id, name)| Choice::new(id.to_string(), name))
            .collect(),
        partner: partner.map_or_else(String::new, |id| format!("Partner: {}", partner_of(&id))),
        rows: found.rows.iter().map(row).collect(),
        csv: asked.view.href_at(&allowed.url("/admin/links.csv")),
        list: asked.view,
        may_write: allowed.rights.allows("links:write"),
    }))
}
