//! `GET T/admin/links/{id}`: one link, its clicks by day and one by one, what they brought.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::{listing, words};
use crate::Result;
use crate::audit;
use crate::id::{LinkId, PartnerId, ProgramId};
use crate::money::Money;
use crate::partners::demo::page::labelled;
use crate::partners::link::LinkView;
use crate::partners::model::{Click, LinkState};
use crate::partners::permissions::ReadLinks;
use crate::partners::store::clicks::{self, ClickFilter};
use crate::partners::store::pages;
use crate::partners::{api, link, program};
use crate::web::chart::{Chart, Point, Shape};
use crate::web::form::Choice;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{HistoryEntry, State};
use crate::web::{Allowed, sent_once};

/// Days of the chart.
const DAYS: i64 = 30;

#[derive(Template)]
#[template(path = "partners/link.html")]
struct Page {
    shell: PageShell,
    once: String,
    state: State,
    here: String,
    is_active: bool,
    may_write: bool,
    may_flag: bool,
    url: String,
    label: String,
    destination: String,
    is_own_destination: bool,
    partner: String,
    partner_href: String,
    program: String,
    program_href: String,
    made: Markup,
    brought: String,
    chart: Markup,
    list: ListView,
    pager: Pager,
    flags: Vec<Choice>,
    rows: Vec<Row>,
    history: Vec<HistoryEntry>,
}

struct Row {
    id: String,
    at: Markup,
    referrer: String,
    agent: String,
    query: String,
    state: State,
    is_flagged: bool,
}

/// Shows it.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn show(allowed: Allowed<ReadLinks>, path: web::Path<String>) -> Result<HttpResponse> {
    let id: LinkId = api::id(&path)?;
    let asked = listing::read(&allowed.request, &["flagged"], "-at", &["at"])?;
    let filter = ClickFilter {
        link: Some(id),
        flagged: match asked.query.get("flagged") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        },
        ..ClickFilter::default()
    };
    let may_see_clicks = allowed.rights.allows("clicks:read");
    let paging = asked.paging;
    let today = allowed.app.clock.now();
    let (first, last) = (today.plus_days(1 - DAYS), today);
    let found = allowed
        .scope
        .read(move |c| {
            let link = link::find(c, id)?;
            let program = program::find(c, link.program_id)?;
            let names = pages::partner_names(c, [link.partner_id])?;
            let days = pages::clicks_of_link(c, id, &first.day(), &last.day())?;
            let brought = pages::brought_by_link(c, id, link.partner_id)?;
            let clicks = clicks::list(c, &filter, &paging)?;
            let events = audit::history_of(c, &id)?;
            Ok((link, program, names, days, brought, clicks, events))
        })
        .await?;
    let (link, program, names, days, brought, clicks, events) = found;
    let format = allowed.format();
    let sales: i64 = brought.iter().map(|(many, _)| many).sum();
    let amounts: Vec<Money> = brought.iter().map(|(_, amount)| *amount).collect();
    let points: Vec<Point> = (0..DAYS)
        .map(|n| {
            let day = first.plus_days(n).day();
            let many = days
                .iter()
                .find(|(at, _)| *at == day)
                .map_or(0, |(_, many)| *many);
            let label = day.parse().map_or(day, |date| format.day_month(date));
            Point::new(label, many, format.number(many))
        })
        .collect();
    let chart = Chart {
        id: "clicks",
        title: "Clicks a day, the last 30 days",
        heads: ("Day (UTC)", "Clicks"),
        shape: Shape::Bars,
        points: &points,
    }
    .render(|value| format.number(value));
    let row = |click: &Click| Row {
        id: click.id.to_string(),
        at: format.when(click.clicked_at),
        referrer: click.referrer.clone().unwrap_or_default(),
        agent: click.user_agent.clone().unwrap_or_default(),
        query: click.query.clone().unwrap_or_default(),
        state: words::flag(click.flag),
        is_flagged: click.flag.is_some(),
    };
    let partner_href = |id: PartnerId| allowed.url(&format!("/admin/partners/{id}"));
    let program_href = |id: ProgramId| allowed.url(&format!("/admin/programs/{id}"));
    Ok(page::ok(&Page {
        once: sent_once::number(),
        state: words::link(link.state),
        here: allowed.url(&format!("/admin/links/{id}")),
        is_active: link.state == LinkState::Active,
        may_write: allowed.rights.allows("links:write"),
        may_flag: allowed.rights.allows("clicks:write"),
        url: format!("{}{}", LinkView::start(&allowed), link.key),
        label: link.label.unwrap_or_default(),
        is_own_destination: link.destination_url.is_some(),
        destination: link.destination_url.unwrap_or(program.destination_url),
        partner: names.get(&link.partner_id).cloned().unwrap_or_default(),
        partner_href: partner_href(link.partner_id),
        program: program.name,
        program_href: program_href(link.program_id),
        made: format.when(link.created_at),
        brought: format!(
            "{}, {}",
            words::many(sales, "sale", "sales", &format),
            format.sums(&amounts)
        ),
        chart,
        pager: asked.view.pager(&clicks),
        list: asked.view,
        flags: vec![
            Choice::new("no", "That count"),
            Choice::new("yes", "Flagged"),
        ],
        rows: if may_see_clicks {
            clicks.rows.iter().map(row).collect()
        } else {
            Vec::new()
        },
        history: events.iter().map(|event| event.entry(&format)).collect(),
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Links, link.key)
                .crumb("Links", "/admin/links"),
        )
        .await?,
    }))
}
