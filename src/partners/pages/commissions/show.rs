//! `GET T/admin/commissions/{id}`: one commission, what it is for, how the customer came, what happened to it.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::words;
use crate::audit;
use crate::clock::Timestamp;
use crate::id::CommissionId;
use crate::partners::demo::page::labelled;
use crate::partners::model::{
    Attribution, Click, Commission, CommissionState, Customer, Event, Link, Payout,
};
use crate::partners::permissions::ReadCommissions;
use crate::partners::store::{clicks, customers, events, links, pages, payouts};
use crate::partners::{api, commission};
use crate::web::format::Format;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{Figure, HistoryEntry, State};
use crate::web::{Allowed, sent_once};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "partners/commission.html")]
struct Page {
    shell: PageShell,
    once: String,
    state: State,
    here: String,
    version: i64,
    can_approve: bool,
    is_held: bool,
    can_reverse: bool,
    figures: Vec<Figure>,
    partner: String,
    partner_href: String,
    program: String,
    program_href: String,
    hold_until: Markup,
    approved: Markup,
    paid: Markup,
    /// When it was taken back; nothing where it was not.
    taken_back: Markup,
    /// Why it was, as whoever did it said.
    reason: String,
    payout_href: String,
    order: String,
    kind: String,
    occurred: Markup,
    reported: Markup,
    customer: String,
    click_at: Markup,
    click_from: String,
    link: String,
    link_href: String,
    history: Vec<HistoryEntry>,
}

/// A commission with everything around it.
struct Found {
    one: Commission,
    event: Event,
    partner: String,
    program: String,
    customer: Option<Customer>,
    click: Option<Click>,
    link: Option<Link>,
    payout: Option<Payout>,
    history: Vec<audit::AuditEvent>,
}

fn find(c: &mut crate::db::TenantConn, id: CommissionId) -> Result<Found> {
    let one = commission::find(c, id)?;
    let event = events::find(c, one.event_id)?.ok_or(Error::NotFound)?;
    let partner = pages::partner_names(c, [one.partner_id])?.remove(&one.partner_id);
    let program = pages::program_names(c, [one.program_id])?.remove(&one.program_id);
    let customer = match event.customer_id {
        Some(id) => customers::find(c, id)?,
        None => None,
    };
    let attribution: Option<Attribution> =
        events::attributions_of(c, &[event.id])?.into_iter().next();
    let click = match attribution.as_ref().and_then(|by| by.click_id) {
        Some(id) => clicks::find(c, id)?,
        None => None,
    };
    let link = match attribution.as_ref().and_then(|by| by.link_id) {
        Some(id) => links::find(c, id)?,
        None => None,
    };
    let payout = match one.payout_id {
        Some(id) => payouts::find(c, id)?,
        None => None,
    };
    Ok(Found {
        history: audit::history_of(c, &id)?,
        partner: partner.unwrap_or_default(),
        program: program.unwrap_or_default(),
        one,
        event,
        customer,
        click,
        link,
        payout,
    })
}

impl Found {
    /// What was said when something was taken back, the latest first.
    fn reason(&self) -> Option<String> {
        self.history.iter().find_map(|event| {
            let changes = event.changes_json()?;
            let reason = changes.pointer("/reason/after")?.as_str()?;
            Some(reason.to_owned())
        })
    }
}

/// When a commission was taken back, whole or in part.
fn taken_back_at(found: &Found) -> Option<Timestamp> {
    found.one.reversed_at.or_else(|| {
        let mut steps = found.history.iter();
        let step = steps.find(|event| {
            ["commission.reversed", "commission.clawed_back"].contains(&event.action.as_str())
        });
        step.filter(|_| found.one.taken_minor() > 0)
            .map(|event| event.at)
    })
}

fn figures(found: &Found, format: &Format) -> Vec<Figure> {
    let one = &found.one;
    let figure = |label: &str, value: String, note: &str| Figure {
        label: label.to_owned(),
        value,
        note: note.to_owned(),
        ..Figure::default()
    };
    let sale = found.event.value.map_or_else(
        || crate::web::format::NONE.to_owned(),
        |value| format.money(value),
    );
    let mut figures = vec![
        figure("Value", sale, "as reported"),
        figure("Commission", format.money(one.amount), "as earned"),
    ];
    if one.reversed.amount_minor > 0 {
        let taken = format.money(one.reversed.negated());
        figures.push(figure("Taken back", taken, "before it was paid"));
    }
    if one.clawed_back.amount_minor > 0 {
        let taken = format.money(one.clawed_back.negated());
        figures.push(figure("Taken back", taken, "after it was paid"));
    }
    if one.taken_minor() > 0 {
        let left = crate::money::Money::new(one.left_minor(), one.amount.currency);
        figures.push(figure("Left", format.money(left), ""));
    }
    figures
}

/// Shows it.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn show(
    allowed: Allowed<ReadCommissions>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let id: CommissionId = api::id(&path)?;
    let found = allowed.scope.read(move |c| find(c, id)).await?;
    let (format, now) = (allowed.format(), allowed.app.clock.now());
    let one = &found.one;
    let may_write = allowed.rights.allows("commissions:write");
    Ok(page::ok(&Page {
        once: sent_once::number(),
        state: words::commission(one, now, &format),
        here: allowed.url(&format!("/admin/commissions/{id}")),
        version: one.version,
        can_approve: may_write && one.state == CommissionState::Pending,
        is_held: one.hold_until > now,
        can_reverse: may_write && one.left_minor() > 0,
        figures: figures(&found, &format),
        partner_href: allowed.url(&format!("/admin/partners/{}", one.partner_id)),
        program_href: allowed.url(&format!("/admin/programs/{}", one.program_id)),
        hold_until: format.when(one.hold_until),
        approved: format.when_or_none(one.approved_at),
        paid: format.when_or_none(one.paid_at),
        taken_back: taken_back_at(&found).map_or_else(Markup::default, |at| format.when(at)),
        reason: found.reason().unwrap_or_default(),
        payout_href: found.payout.as_ref().map_or_else(String::new, |payout| {
            allowed.url(&format!("/admin/payouts/{}", payout.batch_id))
        }),
        order: found.event.external_id.clone(),
        kind: found.event.kind.clone(),
        occurred: format.when(found.event.occurred_at),
        reported: format.when(found.event.created_at),
        customer: found
            .customer
            .as_ref()
            .map_or_else(String::new, |customer| customer.external_id.clone()),
        click_at: format.when_or_none(found.click.as_ref().map(|click| click.clicked_at)),
        click_from: found
            .click
            .as_ref()
            .and_then(|click| click.referrer.clone())
            .unwrap_or_default(),
        link: found
            .link
            .as_ref()
            .map_or_else(String::new, |link| link.key.clone()),
        link_href: found.link.as_ref().map_or_else(String::new, |link| {
            allowed.url(&format!("/admin/links/{}", link.id))
        }),
        history: found
            .history
            .iter()
            .map(|event| event.entry(&format))
            .collect(),
        shell: labelled(
            &allowed,
            allowed
                .shell(
                    Place::Commissions,
                    format!("{} for {}", format.money(one.amount), found.partner),
                )
                .crumb("Commissions", "/admin/commissions"),
        )
        .await?,
        partner: found.partner,
        program: found.program,
    }))
}
