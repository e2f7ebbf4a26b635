//! Who bought: customers won by visits and customers who came by themselves, and what each of them did when.

use std::time::Duration;

use super::cast::{CLUB, LEI, PRICES, PROGRAMMES, ROLES, ROMANIA};
use super::random::Random;
use super::season;
use super::stage::Stage;
use super::traffic::{DAYS, Visit, date, moment};
use crate::clock::Timestamp;
use crate::money::{Currency, Money};
use crate::partners::model::IdentitySource;

/// Customers who came by themselves.
const BY_THEMSELVES: i64 = 540;
const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// A customer and their year.
#[derive(Debug, Default)]
pub(super) struct Shopper {
    /// The visits that were theirs.
    pub(super) touches: Vec<Touch>,
    /// What they did, in the order of time.
    pub(super) deeds: Vec<Deed>,
}

/// A visit that turned out to be a customer's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Touch {
    /// The visit's number.
    pub(super) visit: usize,
    /// From when on it may be said.
    pub(super) known_at: Timestamp,
    /// By whom it is: the browser says it at once, the company's server with the next event.
    pub(super) source: IdentitySource,
}

/// Something a customer did.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deed {
    pub(super) at: Timestamp,
    /// What was paid; nothing for a sign-up.
    pub(super) paid: Option<Money>,
}

/// Everybody's year, up to `until`.
pub(super) fn shoppers(
    random: &mut Random,
    stage: &Stage,
    visits: &[Visit],
    until: Timestamp,
) -> Vec<Shopper> {
    let mut shop = Shop {
        random,
        stage,
        visits,
        taken: vec![false; visits.len()],
        until,
    };
    let mut shoppers: Vec<Shopper> = (0..visits.len())
        .filter_map(|number| shop.won_by(number))
        .collect();
    shoppers.extend(shop.by_themselves());
    shoppers
}

struct Shop<'a> {
    random: &'a mut Random,
    stage: &'a Stage,
    visits: &'a [Visit],
    taken: Vec<bool>,
    until: Timestamp,
}

impl Shop<'_> {
    /// The customer a visit won, if it won one.
    fn won_by(&mut self, number: usize) -> Option<Shopper> {
        let visit = self.visits.get(number)?;
        let on_stage = self.stage.links.get(visit.number)?;
        let wins = ROLES.get(on_stage.role)?.wins;
        let program = self.program_of(number);
        // Signing up is easier than buying.
        let wins = if program == CLUB { wins * 2 } else { wins };
        if visit.flag.is_some() || self.is_taken(number) || self.random.below(10_000) >= wins {
            return None;
        }
        let mut shopper = Shopper::default();
        self.touch(&mut shopper, number);
        let joins = if program == CLUB { 900 } else { 420 };
        if self.random.chance(joins) {
            let wait = self.random.between(2 * MINUTE, 40 * MINUTE);
            self.deed(&mut shopper, after(visit.at, wait), None);
        }
        if self.random.chance(760) {
            let wait = match self.random.below(100) {
                0..=54 => self.random.between(3 * MINUTE, 2 * HOUR),
                55..=84 => self.random.between(2 * HOUR, 4 * DAY),
                _ => self.random.between(4 * DAY, 21 * DAY),
            };
            let at = after(visit.at, wait);
            if self.random.chance(130) {
                self.touch_before(&mut shopper, at, wait / 2);
            }
            self.buy_and_again(&mut shopper, at, self.currency(program));
        }
        Some(shopper)
    }

    /// Customers whom no partner brought, though a later visit of theirs may be one's.
    fn by_themselves(&mut self) -> Vec<Shopper> {
        let last = self.until.as_seconds().div_euclid(86_400);
        let first = last - DAYS + 1;
        let weights: Vec<i64> = (first..=last)
            .map(|day| season::weight(date(day), day - first, DAYS))
            .collect();
        let all: i64 = weights.iter().sum();
        let mut shoppers = Vec::new();
        let mut carried = 0;
        for (day, weight) in (first..=last).zip(weights) {
            carried += weight * BY_THEMSELVES;
            while carried >= all.max(1) {
                carried -= all.max(1);
                let at = moment(self.random, day);
                let mut shopper = Shopper::default();
                if self.random.chance(300) {
                    self.deed(&mut shopper, after(at, -5 * MINUTE), None);
                }
                let program = if self.random.chance(220) { ROMANIA } else { 0 };
                self.buy_and_again(&mut shopper, at, self.currency(program));
                if !shopper.deeds.is_empty() {
                    shoppers.push(shopper);
                }
            }
        }
        shoppers
    }

    /// A first basket, and often more over the year, some of them after another visit.
    fn buy_and_again(&mut self, shopper: &mut Shopper, first: Timestamp, currency: Currency) {
        let mut at = first;
        for _ in 0..6 {
            let basket = self.basket(currency);
            self.deed(shopper, at, Some(basket));
            if !self.random.chance(430) {
                return;
            }
            at = after(at, self.random.between(12 * DAY, 75 * DAY));
            if at < self.until && self.random.chance(400) {
                self.touch_before(shopper, at, 6 * DAY);
            }
        }
    }

    fn basket(&mut self, currency: Currency) -> Money {
        let things = 1 + self.random.weighted(&[34, 30, 18, 10, 5, 3]);
        let sum: i64 = (0..things).map(|_| self.random.pick(&PRICES)).sum();
        if currency == Currency::EUR {
            Money::new(sum, currency)
        } else {
            // Prices in lei end in whole ones.
            Money::new(sum * LEI / 100 / 100 * 100, currency)
        }
    }

    fn deed(&mut self, shopper: &mut Shopper, at: Timestamp, paid: Option<Money>) {
        if at < self.until {
            shopper.deeds.push(Deed { at, paid });
        }
    }

    /// Lets a visit shortly before a time be this customer's too.
    fn touch_before(&mut self, shopper: &mut Shopper, at: Timestamp, most_micros: i64) {
        let since = after(
            at,
            -self.random.between(MINUTE, most_micros.max(2 * MINUTE)),
        );
        let from = self.visits.partition_point(|visit| visit.at < since);
        let free = (from..self.visits.len()).find(|number| {
            let fits = |visit: &Visit| visit.flag.is_none() && visit.at < at;
            !self.is_taken(*number) && self.visits.get(*number).is_some_and(fits)
        });
        if let Some(number) = free {
            self.touch(shopper, number);
        }
    }

    fn touch(&mut self, shopper: &mut Shopper, number: usize) {
        let Some(visit) = self.visits.get(number) else {
            return;
        };
        let wait = self.random.between(5_000_000, 90_000_000);
        // A browser is believed for a customer's first click only.
        let source = if shopper.touches.is_empty() && self.random.chance(700) {
            IdentitySource::Browser
        } else {
            IdentitySource::Server
        };
        if let Some(taken) = self.taken.get_mut(number) {
            *taken = true;
        }
        shopper.touches.push(Touch {
            visit: number,
            known_at: after(visit.at, wait),
            source,
        });
    }

    fn is_taken(&self, number: usize) -> bool {
        self.taken.get(number).copied().unwrap_or(true)
    }

    fn program_of(&self, number: usize) -> usize {
        let program = self
            .visits
            .get(number)
            .and_then(|visit| self.stage.links.get(visit.number))
            .map(|on_stage| on_stage.link.program_id);
        self.stage
            .programs
            .iter()
            .position(|one| Some(one.id) == program)
            .unwrap_or(0)
    }

    fn currency(&self, program: usize) -> Currency {
        PROGRAMMES
            .get(program)
            .and_then(|programme| programme.currency.parse().ok())
            .unwrap_or(Currency::EUR)
    }
}

/// Later by so many microseconds; earlier where they are negative.
fn after(at: Timestamp, micros: i64) -> Timestamp {
    let by = Duration::from_micros(micros.unsigned_abs());
    if micros < 0 {
        at.minus(by)
    } else {
        at.plus(by)
    }
}
