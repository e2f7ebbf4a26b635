//! The cards: sales through partners, clicks, what waits to be approved, the next payout.

use super::super::{sums, words};
use super::month::Month;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::money::{Currency, Money, proportion};
use crate::partners::payout::{self, Owed};
use crate::partners::permissions::ReadReports;
use crate::partners::store::reports::DayFigure;
use crate::partners::store::{pages, reports};
use crate::web::Allowed;
use crate::web::chart::spark;
use crate::web::format::Format;
use crate::web::parts::{Figure, Tone};

/// What the cards are made of.
pub(super) struct Found {
    month: Month,
    sales: Vec<DayFigure>,
    clicks: Vec<DayFigure>,
    ready: Vec<(i64, Money)>,
    owed: Vec<Owed>,
}

impl Found {
    /// Reads it.
    pub(super) fn of(c: &mut TenantConn, month: Month, now: Timestamp) -> Result<Self> {
        let first = month.first_before.to_string();
        let last = month.today.to_string();
        Ok(Self {
            sales: pages::brought_by_day(c, month.since(), month.until())?,
            clicks: reports::clicks_by_day(c, &first, &last, None)?,
            ready: pages::ready(c, now)?,
            owed: payout::owed(c)?,
            month,
        })
    }

    /// The cards, in order.
    pub(super) fn cards(
        &self,
        allowed: &Allowed<ReadReports>,
        own: Currency,
        format: &Format,
    ) -> Vec<Figure> {
        vec![
            self.sales(own, format),
            self.clicks(format),
            self.ready(allowed, format),
            self.payout(allowed, format),
        ]
    }

    fn sales(&self, own: Currency, format: &Format) -> Figure {
        let amounts = |is: &dyn Fn(&str) -> bool| {
            let days = self.sales.iter().filter(|figure| is(&figure.day));
            sums::by_currency(days.filter_map(|figure| figure.amount))
        };
        let now = amounts(&|day| self.month.is_now(day));
        let before = amounts(&|day| self.month.is_before(day));
        let main = now
            .first()
            .or(before.first())
            .map_or(own, |sum| sum.currency);
        let of = |sums: &[Money]| {
            sums.iter()
                .find(|sum| sum.currency == main)
                .map_or(0, |sum| sum.amount_minor)
        };
        let others: Vec<Money> = now
            .iter()
            .copied()
            .filter(|sum| sum.currency != main)
            .collect();
        let daily: Vec<i64> = self
            .sales
            .iter()
            .filter(|figure| self.month.is_now(&figure.day))
            .filter_map(|figure| figure.amount)
            .filter(|amount| amount.currency == main)
            .map(|amount| amount.amount_minor)
            .collect();
        let (change, tone) = change(of(&now), of(&before), format);
        Figure {
            label: "Partner sales".to_owned(),
            value: format.money(Money::new(of(&now), main)),
            note: match (others.is_empty(), change.is_empty()) {
                (false, _) => format!("and {}, before refunds", format.sums(&others)),
                (true, true) => "nothing to compare with yet".to_owned(),
                (true, false) => "before refunds".to_owned(),
            },
            change,
            tone,
            spark: spark(&daily),
            href: String::new(),
        }
    }

    fn clicks(&self, format: &Format) -> Figure {
        let count = |figures: &[DayFigure], is: &dyn Fn(&str) -> bool| -> i64 {
            let days = figures.iter().filter(|figure| is(&figure.day));
            days.map(|figure| figure.many).sum()
        };
        let is_now = |day: &str| self.month.is_now(day);
        let now = count(&self.clicks, &is_now);
        let before = count(&self.clicks, &|day| self.month.is_before(day));
        let sales = count(&self.sales, &is_now);
        let daily: Vec<i64> = self
            .clicks
            .iter()
            .filter(|figure| is_now(&figure.day))
            .map(|figure| figure.many)
            .collect();
        let (change, tone) = change(now, before, format);
        Figure {
            label: "Clicks".to_owned(),
            value: format.number(now),
            note: if now > 0 {
                let share = format.percent(proportion(1_000_000, sales, now), 1);
                format!("{share} became sales")
            } else {
                "no visits through partners yet".to_owned()
            },
            change,
            tone,
            spark: spark(&daily),
            href: String::new(),
        }
    }

    fn ready(&self, allowed: &Allowed<ReadReports>, format: &Format) -> Figure {
        let many: i64 = self.ready.iter().map(|(many, _)| many).sum();
        let amounts: Vec<Money> = self.ready.iter().map(|(_, amount)| *amount).collect();
        Figure {
            label: "Commissions to approve".to_owned(),
            value: format.number(many),
            note: if many > 0 {
                format!("{} past their hold", format.sums(&amounts))
            } else {
                "nothing waits for you".to_owned()
            },
            href: allowed.url("/admin/commissions?state=ready"),
            ..Figure::default()
        }
    }

    fn payout(&self, allowed: &Allowed<ReadReports>, format: &Format) -> Figure {
        let due: Vec<&Owed> = self
            .owed
            .iter()
            .filter(|owed| owed.has_payee && owed.amount.amount_minor > 0)
            .collect();
        let mut without: Vec<_> = self
            .owed
            .iter()
            .filter(|owed| !owed.has_payee && owed.amount.amount_minor > 0)
            .map(|owed| owed.partner)
            .collect();
        without.sort();
        without.dedup();
        let mut people: Vec<_> = due.iter().map(|owed| owed.partner).collect();
        people.sort();
        people.dedup();
        let carried = self
            .owed
            .iter()
            .filter(|owed| owed.amount.amount_minor < 0)
            .count();
        let amounts = sums::by_currency(due.iter().map(|owed| owed.amount));
        let many = i64::try_from(people.len()).unwrap_or(i64::MAX);
        let mut note = words::many(many, "partner", "partners", format);
        if carried > 0 {
            let verb = if carried == 1 { "carries" } else { "carry" };
            note.push_str(&format!(", {carried} {verb} a minus over"));
        }
        if !without.is_empty() {
            note.push_str(&format!(", {} without an account", without.len()));
        }
        let (value, others) = sums::on_card(&amounts, format);
        Figure {
            label: "Next payout".to_owned(),
            value,
            note: if due.is_empty() && without.is_empty() {
                "nothing approved and unpaid".to_owned()
            } else {
                others + &note
            },
            href: allowed.url("/admin/payouts"),
            ..Figure::default()
        }
    }
}

/// How a figure changed, and whether that is welcome; nothing where there was nothing.
fn change(now: i64, before: i64, format: &Format) -> (String, Tone) {
    if before <= 0 {
        return (String::new(), Tone::Quiet);
    }
    let ppm = proportion(1_000_000, now.saturating_sub(before), before);
    let tone = match ppm {
        1.. => Tone::Good,
        0 => Tone::Quiet,
        _ => Tone::Bad,
    };
    (format.change(ppm), tone)
}
