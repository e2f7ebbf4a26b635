//! The stretch of time a report covers: whole UTC days.

use crate::clock::Timestamp;
use crate::web::Query;
use crate::web::route::Parameter;
use crate::{Error, Result};

/// Days a report covers where nobody says.
const DAYS: i64 = 30;
/// Days a report covers at most.
const MOST_DAYS: i64 = 732;

/// The query's parameters.
pub const PARAMETERS: &[Parameter] = &[
    Parameter {
        name: "since",
        about: "From this time on, by whole UTC days; 30 days back where absent.",
    },
    Parameter {
        name: "until",
        about: "Before this time, by whole UTC days; the end of today where absent.",
    },
];

/// From the beginning of a UTC day to the end of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first instant.
    pub since: Timestamp,
    /// The first instant after it.
    pub until: Timestamp,
}

fn midnight(at: Timestamp) -> Timestamp {
    const DAY: i64 = 86_400;
    let days = at.as_seconds().div_euclid(DAY);
    Timestamp::from_micros(days.saturating_mul(DAY).saturating_mul(1_000_000))
}

impl Window {
    /// The last days up to the end of today.
    pub fn last_days(days: i64, now: Timestamp) -> Self {
        let until = midnight(now).plus_days(1);
        Self {
            since: until.plus_days(-days),
            until,
        }
    }

    /// Widens two instants to whole days.
    ///
    /// # Errors
    /// [`Error::Invalid`] where they are turned around or too far apart.
    pub fn between(
        since: Option<Timestamp>,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self> {
        let until = until.map_or_else(
            || midnight(now).plus_days(1),
            |until| {
                let begin = midnight(until);
                if begin == until {
                    until
                } else {
                    begin.plus_days(1)
                }
            },
        );
        let since = since.map_or_else(|| until.plus_days(-DAYS), midnight);
        if since >= until || since < until.plus_days(-MOST_DAYS) {
            return Err(Error::invalid(
                "since",
                "Ask for 1 day to 2 years, `since` before `until`.",
            ));
        }
        Ok(Self { since, until })
    }

    /// From a query.
    pub(super) fn of(query: &Query, now: Timestamp) -> Result<Self> {
        Self::between(query.parsed("since")?, query.parsed("until")?, now)
    }

    /// Its days, first to last.
    pub fn days(self) -> Vec<String> {
        let mut days = Vec::new();
        let mut at = self.since;
        while at < self.until {
            days.push(at.day());
            at = at.plus_days(1);
        }
        days
    }

    /// Its first and last day.
    pub(super) fn ends(self) -> (String, String) {
        (self.since.day(), self.until.plus_days(-1).day())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_whole_days() {
        let now: Timestamp = "2026-10-31T09:30:00Z".parse().unwrap();
        let window = Window::between(None, None, now).unwrap();
        assert_eq!(
            (window.days().len(), window.ends()),
            (30, ("2026-10-02".to_owned(), "2026-10-31".to_owned()))
        );
        let at = |text: &str| Some(text.parse().unwrap());
        let one =
            Window::between(at("2026-10-30T05:00:00Z"), at("2026-10-31T00:00:00Z"), now).unwrap();
        assert_eq!(one.days(), ["2026-10-30"]);
        assert!(Window::between(at("2026-11-02T00:00:00Z"), None, now).is_err());
        assert!(Window::between(at("2020-01-01T00:00:00Z"), None, now).is_err());
    }
}
