//! `GET T/admin/partners`: partners, searched, filtered, sorted, with what can be done to many at once.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::listing::{self, Listing};
use super::super::words;
use crate::Result;
use crate::id::ProgramId;
use crate::partners::demo::page::labelled;
use crate::partners::model::Partner;
use crate::partners::partner::PartnerFilter;
use crate::partners::permissions::ReadPartners;
use crate::partners::store::{pages, partners};
use crate::web::form::Choice;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::State;
use crate::web::{Allowed, Query, sent_once};

/// What the list filters by.
const FILTERS: &[&str] = &["state", "program"];

#[derive(Template)]
#[template(path = "partners/partners.html")]
struct Page {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    once: String,
    states: Vec<Choice>,
    programs: Vec<Choice>,
    rows: Vec<Row>,
    csv: String,
    may_write: bool,
}

struct Row {
    id: String,
    href: String,
    name: String,
    company: String,
    email: String,
    payee: String,
    since: Markup,
    state: State,
}

/// What an address asks for.
pub(super) fn asked(request: &HttpRequest) -> Result<(Listing, PartnerFilter)> {
    let asked = listing::read(request, FILTERS, "-created", &["created", "name"])?;
    let by_name = asked.column == "name";
    let filter = filter(&asked.query, by_name)?;
    Ok((asked, filter))
}

/// The filter of a query.
pub(super) fn filter(query: &Query, by_name: bool) -> Result<PartnerFilter> {
    Ok(PartnerFilter {
        state: query.parsed("state")?,
        program: query.parsed::<ProgramId>("program")?,
        q: listing::search(query),
        by_name,
    })
}

/// Shows them.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn list(allowed: Allowed<ReadPartners>) -> Result<HttpResponse> {
    let (asked, filter) = asked(&allowed.request)?;
    let paging = asked.paging;
    let (found, programs) = allowed
        .scope
        .read(move |c| {
            let found = partners::list(c, &filter, &paging)?;
            Ok((found, pages::program_choices(c, true)?))
        })
        .await?;
    let format = allowed.format();
    let row = |partner: &Partner| Row {
        id: partner.id.to_string(),
        href: allowed.url(&format!("/admin/partners/{}", partner.id)),
        name: partner.name.clone(),
        company: partner.company.clone().unwrap_or_default(),
        email: partner.email.clone(),
        payee: partner.payee_hint.clone().unwrap_or_default(),
        since: format.day(partner.created_at),
        state: words::partner(partner.state),
    };
    Ok(page::ok(&Page {
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Partners, "Partners")
                .lead("Who brings you customers, and who would like to."),
        )
        .await?,
        pager: asked.view.pager(&found),
        once: sent_once::number(),
        states: words::partner_choices(),
        programs: programs
            .into_iter()
            .map(|(id, name)| Choice::new(id.to_string(), name))
            .collect(),
        rows: found.rows.iter().map(row).collect(),
        csv: asked.view.href_at(&allowed.url("/admin/partners.csv")),
        list: asked.view,
        may_write: allowed.rights.allows("partners:write"),
    }))
}
