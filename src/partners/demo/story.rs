//! What happened in the order of time: customers become known, sign up, buy and send back; partners' credit is worked out by the
//! programme's rules as it was known then.

use std::time::Duration;

use super::books::Books;
use super::cast::{BONUSES, REFUND, SALE, SIGN_UP, SUSPENDED_DAYS_AGO};
use super::random::Random;
use super::shoppers::{Deed, Shopper, Touch};
use super::stage::Stage;
use super::traffic::{self, Visit};
use crate::clock::Timestamp;
use crate::id::{ClickId, CustomerId, PartnerId};
use crate::money::Money;
use crate::partners::model::{
    Attribution, Candidate, Customer, Event, Identity, IdentitySource, Outcome, PartnerState,
    last_click, refund_amount,
};

const MINUTE: i64 = 60_000_000;
const DAY: i64 = 24 * 60 * MINUTE;
/// The shop's orders count from here.
const FIRST_NUMBER: usize = 100_000;

/// The records of what customers did.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) customers: Vec<Customer>,
    pub(super) identities: Vec<Identity>,
    pub(super) events: Vec<Event>,
    pub(super) attributions: Vec<(Attribution, Timestamp)>,
}

/// What happens next.
#[derive(Debug, Clone, Copy)]
enum Turn {
    /// A shopper does something.
    Deed(usize, Deed),
    /// A part of a sale, in thousandths of what is left, comes back.
    Refund(usize, i64),
    /// Somebody of the company looks at what programmes do not approve by themselves.
    Desk,
    /// Partners are paid.
    Payday,
    /// A bonus by its number.
    Bonus(usize),
    /// A partner was found out.
    Suspension,
}

/// Tells the year up to `until` and keeps its books.
pub(super) fn tell(
    random: &mut Random,
    stage: &Stage,
    visits: &[Visit],
    shoppers: Vec<Shopper>,
    books: &mut Books<'_>,
    until: Timestamp,
) -> Told {
    let mut story = Story {
        random,
        stage,
        visits,
        known: vec![None; shoppers.len()],
        said: vec![Vec::new(); shoppers.len()],
        shoppers,
        told: Told::default(),
        reported: 0,
    };
    for (at, turn) in story.turns(until) {
        books.mature(at);
        story.take(at, turn, books);
    }
    books.mature(until);
    story
        .told
        .identities
        .sort_by_key(|identity| identity.created_at);
    story.told
}

struct Story<'a> {
    random: &'a mut Random,
    stage: &'a Stage,
    visits: &'a [Visit],
    shoppers: Vec<Shopper>,
    /// The customer each shopper is, once heard of.
    known: Vec<Option<usize>>,
    /// The visits that are known to be each shopper's.
    said: Vec<Vec<usize>>,
    told: Told,
    reported: usize,
}

impl Story<'_> {
    /// All turns in the order of time. Refunds are drawn with the sales they follow.
    fn turns(&mut self, until: Timestamp) -> Vec<(Timestamp, Turn)> {
        let mut turns: Vec<(Timestamp, Turn)> = self
            .shoppers
            .iter()
            .enumerate()
            .flat_map(|(who, shopper)| shopper.deeds.iter().map(move |deed| (who, *deed)))
            .map(|(who, deed)| (deed.at, Turn::Deed(who, deed)))
            .collect();
        turns.sort_by_key(|(at, _)| *at);
        let mut refunds = Vec::new();
        let mut sale = 0;
        for (at, turn) in &turns {
            let Turn::Deed(_, deed) = turn else { continue };
            if deed.paid.is_none() {
                continue;
            }
            if self.random.chance(46) {
                let share = match self.random.below(10) {
                    0..=6 => 1_000,
                    _ => self.random.between(150, 700),
                };
                let first = later(*at, self.random.between(2 * DAY, 45 * DAY));
                refunds.push((first, Turn::Refund(sale, share)));
                if share < 1_000 && self.random.chance(150) {
                    let rest = later(first, self.random.between(DAY, 9 * DAY));
                    refunds.push((rest, Turn::Refund(sale, 1_000)));
                }
            }
            sale += 1;
        }
        turns.extend(refunds);
        turns.extend(self.calendar(until));
        turns.retain(|(at, _)| *at < until);
        turns.sort_by_key(|(at, _)| *at);
        turns
    }

    /// What the company does by the calendar.
    fn calendar(&self, until: Timestamp) -> Vec<(Timestamp, Turn)> {
        let mut turns = Vec::new();
        let today = until.as_seconds().div_euclid(86_400);
        for day in (today - traffic::DAYS)..=today {
            let date = traffic::date(day);
            let morning = later(traffic::start_of(day), 8 * 60 * MINUTE + 12 * MINUTE);
            // What became ready in the last three weeks waits for whoever looks at the demo.
            if date.weekday() == jiff::civil::Weekday::Monday && day < today - 20 {
                turns.push((morning, Turn::Desk));
            }
            if date.day() == 5 {
                turns.push((later(morning, 73 * MINUTE), Turn::Payday));
            }
        }
        for (number, (days_ago, ..)) in BONUSES.iter().enumerate() {
            let noon = later(traffic::start_of(today - days_ago), 12 * 60 * MINUTE);
            turns.push((noon, Turn::Bonus(number)));
        }
        let found_out = traffic::start_of(today - SUSPENDED_DAYS_AGO);
        turns.push((later(found_out, 12 * 60 * MINUTE), Turn::Suspension));
        turns
    }

    fn take(&mut self, at: Timestamp, turn: Turn, books: &mut Books<'_>) {
        match turn {
            Turn::Deed(who, deed) => self.report(who, deed, books),
            Turn::Refund(sale, share) => self.refund(at, sale, share, books),
            Turn::Desk => books.approve_by_hand(at),
            Turn::Payday => books.pay(self.random, at),
            Turn::Bonus(number) => {
                let Some((_, who, amount, why)) = BONUSES.get(number) else {
                    return;
                };
                if let Some((partner, _)) = self.stage.partners.get(*who) {
                    books.bonus(self.random, at, partner.id, *amount, why);
                }
            }
            Turn::Suspension => {
                for partner in self.suspended() {
                    books.reverse_pending(at, partner);
                }
            }
        }
    }

    fn suspended(&self) -> Vec<PartnerId> {
        let partners = self.stage.partners.iter().map(|(partner, _)| partner);
        partners
            .filter(|partner| partner.state == PartnerState::Suspended)
            .map(|partner| partner.id)
            .collect()
    }

    /// An event is reported, a few seconds after it happened.
    fn report(&mut self, who: usize, deed: Deed, books: &mut Books<'_>) {
        let occurred_at = deed.at.minus(Duration::from_secs(self.random.below(9) + 1));
        let click_id = self.identify(who, deed.at);
        let customer_id = self.known.get(who).copied().flatten();
        let customer_id = customer_id.and_then(|place| Some(self.told.customers.get(place)?.id));
        let candidates: Vec<Candidate> = self
            .said
            .get(who)
            .into_iter()
            .flatten()
            .filter_map(|visit| self.candidate(*visit, occurred_at))
            .collect();
        let winner = last_click(&candidates, occurred_at);
        self.reported += 1;
        let kind = if deed.paid.is_some() { SALE } else { SIGN_UP };
        let event = Event {
            id: self.random.id(deed.at),
            kind: kind.to_owned(),
            customer_id,
            click_id,
            refunds_event_id: None,
            external_id: format!("demo-{kind}-{}", FIRST_NUMBER + self.reported),
            value: deed.paid,
            occurred_at,
            metadata: None,
            outcome: Some(match &winner {
                Ok(_) => Outcome::Attributed,
                Err(outcome) => *outcome,
            }),
            created_at: deed.at,
        };
        if let Ok(winner) = winner {
            self.credit(who, &event, winner, books);
        }
        self.told.events.push(event);
    }

    fn credit(&mut self, who: usize, event: &Event, winner: &Candidate, books: &mut Books<'_>) {
        let attribution = Attribution {
            id: self.random.id(event.created_at),
            event_id: event.id,
            click_id: Some(winner.click),
            link_id: Some(winner.link),
            enrolment_id: winner.enrolment,
            partner_id: winner.partner,
            program_id: winner.program,
        };
        let place = self.known.get(who).copied().flatten();
        if let Some(customer) = place.and_then(|place| self.told.customers.get_mut(place))
            && customer.enrolment_id.is_none()
        {
            customer.enrolment_id = Some(winner.enrolment);
            customer.converted_at = Some(event.occurred_at);
        }
        books.earn(self.random, event, &attribution);
        self.told.attributions.push((attribution, event.created_at));
    }

    /// Writes down which visits were a shopper's as far as that is known now, and the shopper where they are new. Returns the click
    /// that the event itself names.
    fn identify(&mut self, who: usize, at: Timestamp) -> Option<ClickId> {
        let shopper = self.shoppers.get_mut(who)?;
        let (due, waiting) = shopper
            .touches
            .drain(..)
            .partition(|touch| touch.known_at <= at);
        shopper.touches = waiting;
        let mut due: Vec<Touch> = due;
        due.sort_by_key(|touch| touch.known_at);
        let by_browser = |touch: &&Touch| touch.source == IdentitySource::Browser;
        let heard_at = due
            .iter()
            .find(by_browser)
            .map_or(at, |touch| touch.known_at);
        let customer = self.customer(who, heard_at);
        let mut named = None;
        for touch in due {
            let Some(visit) = self.visits.get(touch.visit) else {
                continue;
            };
            let created_at = match touch.source {
                IdentitySource::Browser => touch.known_at,
                IdentitySource::Server => {
                    named = Some(visit.id);
                    at
                }
            };
            self.told.identities.push(Identity {
                customer_id: customer,
                click_id: visit.id,
                link_id: visit.link,
                clicked_at: visit.id.made_at(),
                source: touch.source,
                created_at,
            });
            if let Some(said) = self.said.get_mut(who) {
                said.push(touch.visit);
            }
        }
        named
    }

    /// The customer a shopper is.
    fn customer(&mut self, who: usize, heard_at: Timestamp) -> CustomerId {
        let known = self.known.get(who).copied().flatten();
        let place = known.unwrap_or(self.told.customers.len());
        if let Some(customer) = self.told.customers.get(place) {
            return customer.id;
        }
        let id = self.random.id(heard_at);
        self.told.customers.push(Customer {
            id,
            external_id: format!("demo-customer-{}", 1_000 + place),
            enrolment_id: None,
            converted_at: None,
            created_at: heard_at,
        });
        if let Some(known) = self.known.get_mut(who) {
            *known = Some(place);
        }
        id
    }

    fn candidate(&self, visit: usize, at: Timestamp) -> Option<Candidate> {
        let visit = self.visits.get(visit)?;
        let on_stage = self.stage.links.get(visit.number)?;
        let program = self
            .stage
            .programs
            .iter()
            .find(|one| one.id == on_stage.link.program_id)?;
        Some(Candidate {
            click: visit.id,
            link: visit.link,
            enrolment: on_stage.link.enrolment_id,
            partner: on_stage.link.partner_id,
            program: program.id,
            clicked_at: visit.id.made_at(),
            window_days: program.attribution_window_days,
            earns: visit.flag.is_none() && on_stage.closed_at.is_none_or(|closed| at < closed),
        })
    }

    /// A sale comes back, whole or in part.
    fn refund(&mut self, at: Timestamp, sale: usize, share: i64, books: &mut Books<'_>) {
        let found = self
            .told
            .events
            .iter()
            .filter(|event| event.kind == SALE)
            .nth(sale);
        let Some(sold) = found.cloned() else { return };
        let before: Vec<i64> = self
            .told
            .events
            .iter()
            .filter(|event| event.refunds_event_id == Some(sold.id))
            .filter_map(|event| event.value.map(|value| value.amount_minor))
            .collect();
        let refunded: i64 = before.iter().sum();
        let wish = sold
            .value
            .filter(|_| share < 1_000)
            .map(|value| Money::new((value.amount_minor * share / 1_000).max(1), value.currency));
        let Ok(Some(amount)) = refund_amount(sold.value, refunded, before.len(), wish) else {
            return;
        };
        self.reported += 1;
        let event = Event {
            id: self.random.id(at),
            kind: REFUND.to_owned(),
            customer_id: sold.customer_id,
            click_id: None,
            refunds_event_id: Some(sold.id),
            external_id: format!("demo-{REFUND}-{}", FIRST_NUMBER + self.reported),
            value: Some(amount),
            occurred_at: at,
            metadata: None,
            outcome: None,
            created_at: at,
        };
        let whole = sold
            .value
            .map(|value| (refunded + amount.amount_minor, value.amount_minor));
        books.take_back(self.random, &event, &sold, whole);
        self.told.events.push(event);
    }
}

fn later(at: Timestamp, micros: i64) -> Timestamp {
    at.plus(Duration::from_micros(micros.unsigned_abs()))
}
