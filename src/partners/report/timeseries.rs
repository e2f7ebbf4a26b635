//! How one figure went, day by day; days without anything are there too, with nothing.

use actix_web::HttpResponse;
use schemars::JsonSchema;
use serde::Serialize;

use super::window::Window;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::money::{Currency, Money};
use crate::partners::permissions::ReadReports;
use crate::partners::store::reports::{self, DayFigure};
use crate::web::route::Parameter;
use crate::web::{Allowed, Query, answer};

/// The query's parameters.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "metric",
        about: "`clicks`, `events`, `refunds` or `commissions`; `clicks` where absent.",
    },
    Parameter {
        name: "since",
        about: "From this time on, by whole UTC days; 30 days back where absent.",
    },
    Parameter {
        name: "until",
        about: "Before this time, by whole UTC days; the end of today where absent.",
    },
];

/// Which figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Clicks that count.
    Clicks,
    /// Events other than refunds, with their value.
    Events,
    /// Refunds.
    Refunds,
    /// Commissions by when they were earned, less what was taken back.
    Commissions,
}

impl std::str::FromStr for Metric {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text {
            "clicks" => Ok(Self::Clicks),
            "events" => Ok(Self::Events),
            "refunds" => Ok(Self::Refunds),
            "commissions" => Ok(Self::Commissions),
            _ => Err("use clicks, events, refunds or commissions"),
        }
    }
}

/// One day.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Point {
    /// The UTC day, `2026-10-31`.
    pub day: String,
    /// How many.
    pub count: i64,
    /// What they come to, each currency by itself; every day names the same currencies.
    pub amounts: Vec<Money>,
}

/// A figure day by day.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Timeseries {
    /// Which figure.
    pub metric: Metric,
    /// From here on.
    pub since: Timestamp,
    /// Before this.
    pub until: Timestamp,
    /// The days, first to last.
    pub points: Vec<Point>,
}

/// A figure day by day.
///
/// # Errors
/// Where the store fails.
pub fn timeseries(c: &mut TenantConn, metric: Metric, window: Window) -> Result<Timeseries> {
    let (first, last) = window.ends();
    let figures = match metric {
        Metric::Clicks => reports::clicks_by_day(c, &first, &last, None)?,
        Metric::Events => reports::events_by_day(c, window.since, window.until, false)?,
        Metric::Refunds => reports::events_by_day(c, window.since, window.until, true)?,
        Metric::Commissions => reports::commissions_by_day(c, window.since, window.until)?,
    };
    Ok(Timeseries {
        metric,
        since: window.since,
        until: window.until,
        points: fill(window, &figures),
    })
}

fn fill(window: Window, figures: &[DayFigure]) -> Vec<Point> {
    let mut currencies: Vec<Currency> = figures
        .iter()
        .filter_map(|figure| figure.amount.map(|amount| amount.currency))
        .collect();
    currencies.sort_unstable();
    currencies.dedup();
    let mut rest = figures.iter().peekable();
    let mut points = Vec::new();
    for day in window.days() {
        let amounts = currencies
            .iter()
            .map(|currency| Money::new(0, *currency))
            .collect();
        let mut point = Point {
            day,
            count: 0,
            amounts,
        };
        while let Some(figure) = rest.next_if(|figure| figure.day <= point.day) {
            point.count += figure.many;
            let own = point.amounts.iter_mut().find(|sum| {
                figure
                    .amount
                    .is_some_and(|amount| amount.currency == sum.currency)
            });
            if let (Some(sum), Some(amount)) = (own, figure.amount) {
                sum.amount_minor = sum.amount_minor.saturating_add(amount.amount_minor);
            }
        }
        points.push(point);
    }
    points
}

/// `GET /reports/timeseries`
///
/// # Errors
/// [`crate::Error::Invalid`] for a figure or stretch of time that does not fit.
pub async fn get(allowed: Allowed<InProject<ReadReports>>) -> Result<HttpResponse> {
    let query = Query::of(&allowed.request);
    query.only(&["metric", "since", "until"])?;
    let metric = query.parsed("metric")?.unwrap_or(Metric::Clicks);
    let window = Window::of(&query, allowed.app.clock.now())?;
    Ok(answer::ok(
        &allowed
            .scope
            .read(move |c| timeseries(c, metric, window))
            .await?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_is_there_with_every_currency() {
        let eur = |amount: i64| Money::new(amount, "EUR".parse().unwrap());
        let ron = |amount: i64| Money::new(amount, "RON".parse().unwrap());
        let figure = |day: &str, many, amount| DayFigure {
            day: day.to_owned(),
            many,
            amount,
        };
        let at = |text: &str| text.parse().unwrap();
        let window = Window {
            since: at("2026-10-01T00:00:00Z"),
            until: at("2026-10-04T00:00:00Z"),
        };
        let figures = [
            figure("2026-10-02", 2, Some(eur(5))),
            figure("2026-10-02", 1, Some(ron(7))),
            figure("2026-10-03", 1, None),
        ];
        let points = fill(window, &figures);
        let seen: Vec<(&str, i64, Vec<Money>)> = points
            .iter()
            .map(|p| (p.day.as_str(), p.count, p.amounts.clone()))
            .collect();
        assert_eq!(
            seen,
            [
                ("2026-10-01", 0, vec![eur(0), ron(0)]),
                ("2026-10-02", 3, vec![eur(5), ron(7)]),
                ("2026-10-03", 1, vec![eur(0), ron(0)]),
            ]
        );
    }
}
