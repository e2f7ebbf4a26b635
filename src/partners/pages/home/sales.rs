//! The chart: sales through partners a day, one currency at a time.

use super::super::sums;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::money::{Currency, Money};
use crate::partners::permissions::ReadReports;
use crate::partners::report::Window;
use crate::partners::store::pages;
use crate::partners::store::reports::DayFigure;
use crate::web::chart::{Chart, Point, Shape};
use crate::web::format::Format;
use crate::web::markup::Markup;
use crate::web::parts::Link;
use crate::web::{Allowed, Query};
use crate::{Error, Result};

/// Stretches of time to choose from.
const DAYS: [i64; 2] = [30, 90];

/// What the address asks the chart to show.
pub(super) struct Wish {
    days: i64,
    currency: Option<Currency>,
}

impl Wish {
    /// Reads it.
    pub(super) fn of(query: &Query) -> Result<Self> {
        let days = query.parsed::<i64>("days")?.unwrap_or(30);
        if !DAYS.contains(&days) {
            return Err(Error::invalid("days", "Choose 30 or 90 days."));
        }
        let currency = query.parsed("currency")?;
        Ok(Self { days, currency })
    }
}

/// What the chart is made of.
pub(super) struct Found {
    days: i64,
    currency: Currency,
    others: Vec<Currency>,
    window: Window,
    figures: Vec<DayFigure>,
}

impl Found {
    /// Reads it; where no currency is asked for, the one of most days.
    pub(super) fn of(
        c: &mut TenantConn,
        wish: &Wish,
        own: Currency,
        now: Timestamp,
    ) -> Result<Self> {
        let window = Window::last_days(wish.days, now);
        let figures = pages::brought_by_day(c, window.since, window.until)?;
        let sums = sums::by_currency(figures.iter().filter_map(|figure| figure.amount));
        let currency = wish
            .currency
            .or(sums.first().map(|sum| sum.currency))
            .unwrap_or(own);
        Ok(Self {
            days: wish.days,
            others: sums
                .iter()
                .map(|sum| sum.currency)
                .filter(|other| *other != currency)
                .collect(),
            currency,
            window,
            figures,
        })
    }

    /// Views of the chart; the one at hand has no address.
    pub(super) fn choices(&self, allowed: &Allowed<ReadReports>) -> Vec<Link> {
        let link = |label: String, days: i64, currency: Currency| {
            let at_hand = days == self.days && currency == self.currency;
            let address = if at_hand {
                String::new()
            } else {
                allowed.url(&format!("/admin?days={days}&currency={currency}"))
            };
            Link::new(label, address)
        };
        let days = DAYS
            .iter()
            .map(|days| link(format!("{days} days"), *days, self.currency));
        let mut currencies: Vec<Currency> = self.others.clone();
        currencies.push(self.currency);
        currencies.sort();
        // One currency leaves nothing to choose.
        let currencies = currencies
            .iter()
            .filter(|_| !self.others.is_empty())
            .map(|currency| link(currency.code().to_owned(), self.days, *currency));
        days.chain(currencies).collect()
    }

    /// The currency it is drawn in.
    pub(super) fn currency(&self) -> Currency {
        self.currency
    }

    /// The chart; nothing where there is nothing to draw.
    pub(super) fn render(&self, format: &Format) -> Markup {
        let amount_of = |day: &str| {
            self.figures
                .iter()
                .filter(|figure| figure.day == day)
                .filter_map(|figure| figure.amount)
                .filter(|amount| amount.currency == self.currency)
                .map(|amount| amount.amount_minor)
                .sum::<i64>()
        };
        let points: Vec<Point> = self
            .window
            .days()
            .into_iter()
            .map(|day| {
                let value = amount_of(&day);
                let label = day.parse().map_or(day, |date| format.day_month(date));
                Point::new(label, value, format.money(Money::new(value, self.currency)))
            })
            .collect();
        if points.iter().all(|point| point.value == 0) {
            return Markup::default();
        }
        let whole = 10_i64.pow(u32::from(self.currency.exponent()));
        let title = format!(
            "Sales through partners, {} a day, the last {} days",
            self.currency, self.days
        );
        Chart {
            id: "sales",
            title: &title,
            heads: ("Day (UTC)", "Sales"),
            shape: Shape::Line,
            points: &points,
        }
        .render(|value| {
            // Steps below one whole unit need their decimals.
            if value % whole == 0 {
                format.number(value / whole)
            } else {
                format.scaled(value, self.currency.exponent())
            }
        })
    }
}
