//! `GET T/admin/partners/{id}`: everything about one partner: figures, programmes, links, commissions, payouts, history.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::words;
use super::show_parts::{self as parts, CommissionRow, EnrolmentRow, LinkRow, PayoutRow};
use crate::Result;
use crate::id::PartnerId;
use crate::partners::demo::page::labelled;
use crate::partners::link::LinkView;
use crate::partners::model::PartnerState;
use crate::partners::partner::Decision;
use crate::partners::permissions::ReadPartners;
use crate::partners::{api, partner};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{Figure, HistoryEntry, State};
use crate::web::{Allowed, sent_once};

#[derive(Template)]
#[template(path = "partners/partner.html")]
struct Page {
    shell: PageShell,
    once: String,
    state: State,
    id: PartnerId,
    here: String,
    version: i64,
    may_write: bool,
    may_link: bool,
    can: Can,
    figures: Vec<Figure>,
    email: String,
    company: String,
    website: String,
    note: String,
    payee: String,
    since: Markup,
    enrolments: Vec<EnrolmentRow>,
    links: Vec<LinkRow>,
    commissions: Vec<CommissionRow>,
    payouts: Vec<PayoutRow>,
    history: Vec<HistoryEntry>,
}

/// Which decisions fit.
struct Can {
    approve: bool,
    decline: bool,
    suspend: bool,
    reinstate: bool,
    archive: bool,
    enrol: bool,
}

impl Can {
    fn of(state: PartnerState) -> Self {
        Self {
            approve: Decision::Approve.fits(state),
            decline: Decision::Decline.fits(state),
            suspend: Decision::Suspend.fits(state),
            reinstate: Decision::Reinstate.fits(state),
            archive: Decision::Archive.fits(state),
            enrol: !matches!(state, PartnerState::Declined | PartnerState::Archived),
        }
    }
}

/// Shows it.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn show(allowed: Allowed<ReadPartners>, path: web::Path<String>) -> Result<HttpResponse> {
    let id: PartnerId = api::id(&path)?;
    let (partner, found) = allowed
        .scope
        .read(move |c| Ok((partner::find(c, id)?, parts::Found::of(c, id)?)))
        .await?;
    let format = allowed.format();
    let start = LinkView::start(&allowed);
    let now = allowed.app.clock.now();
    let may = |right: &str| allowed.rights.allows(right);
    let base = allowed.base();
    Ok(page::ok(&Page {
        once: sent_once::number(),
        state: words::partner(partner.state),
        here: allowed.url(&format!("/admin/partners/{id}")),
        version: partner.version,
        may_write: may("partners:write"),
        may_link: may("links:write"),
        can: Can::of(partner.state),
        figures: found.figures(&format),
        company: partner.company.unwrap_or_default(),
        website: partner.website.unwrap_or_default(),
        note: partner.note.unwrap_or_default(),
        payee: partner.payee_hint.unwrap_or_default(),
        since: format.day(partner.created_at),
        enrolments: found.enrolments(base, &format),
        links: if may("links:read") {
            found.links(base, &start, &format)
        } else {
            Vec::new()
        },
        commissions: if may("commissions:read") {
            found.commissions(base, now, &format)
        } else {
            Vec::new()
        },
        payouts: if may("payouts:read") {
            found.payouts(base, &format)
        } else {
            Vec::new()
        },
        history: found
            .events
            .iter()
            .map(|event| event.entry(&format))
            .collect(),
        shell: labelled(
            &allowed,
            allowed
                .shell(Place::Partners, partner.name)
                .crumb("Partners", "/admin/partners"),
        )
        .await?,
        email: partner.email,
        id,
    }))
}
