//! `GET T/admin/commissions`: what partners earned and what waits, filtered and sorted by the address.

use std::collections::HashMap;

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::super::listing::{self, Listing};
use super::super::{sums, words};
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::id::{EventId, PartnerId, ProgramId};
use crate::partners::commission::CommissionFilter;
use crate::partners::demo::page::labelled;
use crate::partners::model::{Commission, CommissionState, Event};
use crate::partners::permissions::ReadCommissions;
use crate::partners::store::{commissions, events, pages};
use crate::web::form::Choice;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::State;
use crate::web::{Allowed, Page as Rows, Query, sent_once};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "partners/commissions.html")]
struct Page {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    once: String,
    states: Vec<Choice>,
    programs: Vec<Choice>,
    partner: String,
    rows: Vec<Row>,
    sums: String,
    csv: String,
    /// How many wait for a person; with the words of the button.
    ready: i64,
    ready_words: String,
    may_write: bool,
}

struct Row {
    id: String,
    href: String,
    partner: String,
    program: String,
    earned: Markup,
    sale: String,
    order: String,
    amount: String,
    state: State,
}

/// What an address asks for.
pub(super) fn asked<P>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
) -> Result<(Listing, CommissionFilter)> {
    let filters = ["state", "program", "partner", "since", "until"];
    let asked = listing::read(request, &filters, "-earned", &["earned"])?;
    let filter = filter(allowed, &asked.query)?;
    Ok((asked, filter))
}

/// The filter of a query.
pub(super) fn filter<P>(allowed: &Allowed<P>, query: &Query) -> Result<CommissionFilter> {
    let now: Timestamp = allowed.app.clock.now();
    let (since, until) = listing::between(query, &allowed.company.time_zone)?;
    let mut filter = CommissionFilter {
        partner: query.parsed::<PartnerId>("partner")?,
        program: query.parsed::<ProgramId>("program")?,
        since,
        until,
        q: listing::search(query),
        ..CommissionFilter::default()
    };
    match query.get("state") {
        "" => {}
        "ready" => filter.ready_at = Some(now),
        "hold" => filter.held_at = Some(now),
        "approved" => filter.state = Some(CommissionState::Approved),
        "paid" => filter.state = Some(CommissionState::Paid),
        "reversed" => filter.state = Some(CommissionState::Reversed),
        _ => {
            let message = "Choose one of: ready, hold, approved, paid, reversed.";
            return Err(Error::invalid("state", message));
        }
    }
    Ok(filter)
}

/// Commissions with what their rows show besides.
pub(super) struct Found {
    pub(super) page: Rows<Commission>,
    pub(super) partners: HashMap<PartnerId, String>,
    pub(super) programs: HashMap<ProgramId, String>,
    pub(super) events: HashMap<EventId, Event>,
}

impl Found {
    /// A page of them.
    pub(super) fn of(
        c: &mut TenantConn,
        filter: &CommissionFilter,
        paging: &crate::web::Paging,
    ) -> Result<Self> {
        let page = commissions::list(c, filter, paging)?;
        let who: Vec<PartnerId> = page
            .rows
            .iter()
            .map(|one| one.partner_id)
            .chain(filter.partner)
            .collect();
        let which: Vec<ProgramId> = page.rows.iter().map(|one| one.program_id).collect();
        let what: Vec<EventId> = page.rows.iter().map(|one| one.event_id).collect();
        Ok(Self {
            partners: pages::partner_names(c, who)?,
            programs: pages::program_names(c, which)?,
            events: events::find_all(c, &what)?
                .into_iter()
                .map(|event| (event.id, event))
                .collect(),
            page,
        })
    }
}

/// Shows them.
///
/// # Errors
/// [`Error::Invalid`] for an address that does not fit.
pub async fn list(allowed: Allowed<ReadCommissions>) -> Result<HttpResponse> {
    let (asked, filter) = asked(&allowed, &allowed.request)?;
    let (paging, now) = (asked.paging, allowed.app.clock.now());
    let partner = filter.partner;
    let (found, programs, ready) = allowed
        .scope
        .read(move |c| {
            let found = Found::of(c, &filter, &paging)?;
            let programs = pages::program_choices(c, true)?;
            Ok((found, programs, pages::ready(c, now)?))
        })
        .await?;
    let format = allowed.format();
    let name = |id: &PartnerId| found.partners.get(id).cloned().unwrap_or_default();
    let row = |one: &Commission| {
        let event = found.events.get(&one.event_id);
        let value = event.and_then(|event| event.value);
        Row {
            id: one.id.to_string(),
            href: allowed.url(&format!("/admin/commissions/{}", one.id)),
            partner: name(&one.partner_id),
            program: found
                .programs
                .get(&one.program_id)
                .cloned()
                .unwrap_or_default(),
            earned: format.when(one.created_at),
            sale: value.map_or_else(
                || crate::web::format::NONE.to_owned(),
                |value| format.money(value),
            ),
            order: event.map_or_else(String::new, |event| event.external_id.clone()),
            amount: format.money(one.payable()),
            state: words::commission(one, now, &format),
        }
    };
    let waiting: i64 = ready.iter().map(|(many, _)| many).sum();
    let shown = sums::by_currency(found.page.rows.iter().map(Commission::payable));
    Ok(page::ok(&Page {
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Commissions, "Commissions")
                .lead("What partners have earned, and what waits for you."),
        )
        .await?,
        pager: asked.view.pager(&found.page),
        once: sent_once::number(),
        states: words::commission_choices(),
        programs: programs
            .into_iter()
            .map(|(id, name)| Choice::new(id.to_string(), name))
            .collect(),
        partner: partner.map_or_else(String::new, |id| format!("Partner: {}", name(&id))),
        rows: found.page.rows.iter().map(row).collect(),
        sums: if shown.is_empty() {
            String::new()
        } else {
            format.sums(&shown)
        },
        csv: asked.view.href_at(&allowed.url("/admin/commissions.csv")),
        list: asked.view,
        ready: waiting,
        ready_words: format!("Approve {} ready", format.number(waiting)),
        may_write: allowed.rights.allows("commissions:write"),
    }))
}
