//! What a partner's page shows, read in one snapshot, and its rows in words.

use std::collections::HashMap;

use super::super::{sums, words};
use crate::Result;
use crate::audit::{self, AuditEvent};
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::id::{EventId, LinkId, PartnerId, ProgramId};
use crate::money::Money;
use crate::partners::model::{
    Commission, CommissionState, Enrolment, EnrolmentState, Event, Link, LinkState, Payout,
};
use crate::partners::store::commissions::CommissionFilter;
use crate::partners::store::enrolments::EnrolmentFilter;
use crate::partners::store::links::LinkFilter;
use crate::partners::store::payouts::PayoutFilter;
use crate::partners::store::{commissions, enrolments, events, links, pages, payouts, reports};
use crate::web::Paging;
use crate::web::format::Format;
use crate::web::markup::Markup;
use crate::web::parts::{Figure, State};

/// Rows of each kind; the rest is a list of its own.
const SHOWN: usize = 8;
/// Enrolments of one partner at most.
const ENROLMENTS: usize = 50;

/// What was found.
pub(super) struct Found {
    enrolments: Vec<Enrolment>,
    programs: HashMap<ProgramId, String>,
    links: Vec<Link>,
    clicks_of: HashMap<LinkId, i64>,
    clicks: i64,
    brought: Vec<(i64, Money)>,
    earned: Vec<(CommissionState, i64, Money)>,
    corrections: Vec<(i64, Money)>,
    commissions: Vec<Commission>,
    sales: HashMap<EventId, Event>,
    payouts: Vec<Payout>,
    pub(super) events: Vec<AuditEvent>,
}

/// A place in a programme.
pub(super) struct EnrolmentRow {
    pub(super) program: String,
    pub(super) program_href: String,
    pub(super) terms: String,
    pub(super) hold: String,
    pub(super) state: State,
    pub(super) is_active: bool,
    pub(super) href: String,
}

/// A link.
pub(super) struct LinkRow {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) href: String,
    pub(super) url: String,
    pub(super) program: String,
    pub(super) clicks: String,
    pub(super) is_active: bool,
}

/// A commission.
pub(super) struct CommissionRow {
    pub(super) href: String,
    pub(super) what: String,
    pub(super) earned: Markup,
    pub(super) amount: String,
    pub(super) state: State,
}

/// A payout.
pub(super) struct PayoutRow {
    pub(super) href: String,
    pub(super) drawn_up: Markup,
    pub(super) amount: String,
    pub(super) state: State,
}

impl Found {
    /// Everything about a partner.
    pub(super) fn of(c: &mut TenantConn, id: PartnerId) -> Result<Self> {
        let first = |limit: usize| Paging {
            limit,
            ..Paging::default()
        };
        let of_partner = EnrolmentFilter {
            partner: Some(id),
            ..EnrolmentFilter::default()
        };
        let enrolments = enrolments::list(c, &of_partner, &first(ENROLMENTS))?.rows;
        let names = enrolments.iter().map(|enrolment| enrolment.program_id);
        let programs = pages::program_names(c, names.collect::<Vec<_>>())?;
        let of_partner = LinkFilter {
            partner: Some(id),
            ..LinkFilter::default()
        };
        let links = links::list(c, &of_partner, &first(SHOWN))?.rows;
        let ids: Vec<LinkId> = links.iter().map(|link| link.id).collect();
        let of_partner = CommissionFilter {
            partner: Some(id),
            ..CommissionFilter::default()
        };
        let commissions = commissions::list(c, &of_partner, &first(SHOWN))?.rows;
        let sales: Vec<EventId> = commissions.iter().map(|one| one.event_id).collect();
        let of_partner = PayoutFilter {
            partner: Some(id),
            ..PayoutFilter::default()
        };
        Ok(Self {
            programs,
            clicks_of: reports::clicks_of_links(c, &ids)?.into_iter().collect(),
            links,
            clicks: pages::clicks_of_partner(c, id)?,
            brought: pages::brought_by_partner(c, id)?,
            earned: reports::partner_commissions(c, id)?,
            corrections: pages::open_adjustments(c, id)?,
            sales: events::find_all(c, &sales)?
                .into_iter()
                .map(|event| (event.id, event))
                .collect(),
            commissions,
            payouts: payouts::list(c, &of_partner, &first(SHOWN))?.rows,
            events: audit::history_of(c, &id)?,
            enrolments,
        })
    }

    /// The cards on top.
    pub(super) fn figures(&self, format: &Format) -> Vec<Figure> {
        let sum = |states: &[CommissionState]| {
            let amounts = self.earned.iter();
            sums::by_currency(
                amounts
                    .filter(|(state, _, _)| states.contains(state))
                    .map(|(_, _, amount)| *amount),
            )
        };
        let count = |state: CommissionState| {
            let rows = self.earned.iter().filter(|(is, _, _)| *is == state);
            rows.map(|(_, many, _)| many).sum::<i64>()
        };
        let sales: i64 = self.brought.iter().map(|(many, _)| many).sum();
        let brought: Vec<Money> = self.brought.iter().map(|(_, amount)| *amount).collect();
        let corrections: Vec<Money> = self.corrections.iter().map(|(_, sum)| *sum).collect();
        let due = sums::by_currency(
            sum(&[CommissionState::Approved])
                .into_iter()
                .chain(corrections.iter().copied()),
        );
        let figure = |label: &str, value: String, note: String| Figure {
            label: label.to_owned(),
            value,
            note,
            ..Figure::default()
        };
        let amount = |label: &str, amounts: &[Money], note: String| {
            let (value, others) = sums::on_card(amounts, format);
            figure(label, value, others + &note)
        };
        vec![
            amount(
                "Brought",
                &brought,
                words::many(sales, "sale", "sales", format) + ", before refunds",
            ),
            figure(
                "Clicks",
                format.number(self.clicks),
                share(sales, self.clicks, format),
            ),
            amount(
                "To be paid",
                &due,
                if corrections.is_empty() {
                    words::many(
                        count(CommissionState::Pending),
                        "commission waits",
                        "commissions wait",
                        format,
                    )
                } else {
                    format!("corrected by {}", format.sums(&corrections))
                },
            ),
            amount(
                "Paid",
                &sum(&[CommissionState::Paid]),
                words::many(
                    count(CommissionState::Paid),
                    "commission",
                    "commissions",
                    format,
                ),
            ),
        ]
    }

    /// The places in programmes, running ones first.
    pub(super) fn enrolments(&self, base: &str, format: &Format) -> Vec<EnrolmentRow> {
        let mut places: Vec<&Enrolment> = self.enrolments.iter().collect();
        places.sort_by_key(|place| place.state != EnrolmentState::Active);
        let row = |place: &Enrolment| EnrolmentRow {
            program: self
                .programs
                .get(&place.program_id)
                .cloned()
                .unwrap_or_default(),
            program_href: format!("{base}/admin/programs/{}", place.program_id),
            terms: place.commission.map_or_else(
                || "As the programme says".to_owned(),
                |own| words::reward(own, format),
            ),
            hold: place
                .holding_days
                .map_or_else(String::new, |days| words::days(days, format)),
            state: words::enrolment(place.state),
            is_active: place.state == EnrolmentState::Active,
            href: format!("{base}/admin/enrolments/{}", place.id),
        };
        places.into_iter().map(row).collect()
    }

    /// The links.
    pub(super) fn links(&self, base: &str, start: &str, format: &Format) -> Vec<LinkRow> {
        let row = |link: &Link| LinkRow {
            id: link.id.to_string(),
            key: link.key.clone(),
            href: format!("{base}/admin/links/{}", link.id),
            url: format!("{start}{}", link.key),
            program: self
                .programs
                .get(&link.program_id)
                .cloned()
                .unwrap_or_default(),
            clicks: format.number(self.clicks_of.get(&link.id).copied().unwrap_or(0)),
            is_active: link.state == LinkState::Active,
        };
        self.links.iter().map(row).collect()
    }

    /// The latest commissions.
    pub(super) fn commissions(
        &self,
        base: &str,
        now: Timestamp,
        format: &Format,
    ) -> Vec<CommissionRow> {
        let row = |one: &Commission| CommissionRow {
            href: format!("{base}/admin/commissions/{}", one.id),
            what: self
                .sales
                .get(&one.event_id)
                .map_or_else(String::new, |event| {
                    format!("{} {}", event.kind, event.external_id)
                }),
            earned: format.when(one.created_at),
            amount: format.money(one.amount),
            state: words::commission(one, now, format),
        };
        self.commissions.iter().map(row).collect()
    }

    /// The latest payouts.
    pub(super) fn payouts(&self, base: &str, format: &Format) -> Vec<PayoutRow> {
        let row = |payout: &Payout| PayoutRow {
            href: format!("{base}/admin/payouts/{}", payout.batch_id),
            drawn_up: format.day(payout.created_at),
            amount: format.money(payout.amount),
            state: words::payout(payout.state),
        };
        self.payouts.iter().map(row).collect()
    }
}

/// How many of the clicks became sales.
fn share(sales: i64, clicks: i64, format: &Format) -> String {
    if clicks <= 0 {
        return "No visits yet".to_owned();
    }
    let ppm = crate::money::proportion(1_000_000, sales, clicks);
    format!("{} became sales", format.percent(ppm, 1))
}
