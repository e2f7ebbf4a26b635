//! This month so far and the same days of the month before, in whole UTC days as every report counts them.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Timestamp;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Two stretches of days to compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Month {
    /// The first day of this month.
    pub(super) first: Date,
    /// Today.
    pub(super) today: Date,
    /// The first day of the month before.
    pub(super) first_before: Date,
    /// The same day of the month before, or its last where it is shorter.
    pub(super) last_before: Date,
}

impl Month {
    /// Around an instant.
    pub(super) fn of(now: Timestamp) -> Self {
        let today = now.to_jiff().to_zoned(TimeZone::UTC).date();
        let first = today.first_of_month();
        let first_before = first.yesterday().unwrap_or(first).first_of_month();
        let day = today.day().min(first_before.days_in_month());
        let last_before = first_before.with().day(day).build().unwrap_or(first_before);
        Self {
            first,
            today,
            first_before,
            last_before,
        }
    }

    /// The line under the heading.
    pub(super) fn words(self) -> String {
        format!(
            "{} so far, compared with the same days of {}.",
            name(self.first),
            name(self.first_before)
        )
    }

    /// Whether a day, as the store writes it, is in this month.
    pub(super) fn is_now(self, day: &str) -> bool {
        within(day, self.first, self.today)
    }

    /// Whether it is among the days to compare with.
    pub(super) fn is_before(self, day: &str) -> bool {
        within(day, self.first_before, self.last_before)
    }

    /// The first instant of both.
    pub(super) fn since(self) -> Timestamp {
        start(self.first_before)
    }

    /// The first instant after today.
    pub(super) fn until(self) -> Timestamp {
        start(self.today).plus_days(1)
    }
}

fn name(date: Date) -> &'static str {
    usize::try_from(date.month() - 1)
        .ok()
        .and_then(|month| MONTHS.get(month))
        .copied()
        .unwrap_or_default()
}

fn within(day: &str, first: Date, last: Date) -> bool {
    day.parse::<Date>()
        .is_ok_and(|day| first <= day && day <= last)
}

fn start(date: Date) -> Timestamp {
    date.to_zoned(TimeZone::UTC)
        .map_or(Timestamp::from_micros(0), |at| {
            Timestamp::from_jiff(at.timestamp())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_months_and_new_years_compare_what_there_is() {
        for (now, first, before, last) in [
            (
                "2026-11-20T10:00:00Z",
                "2026-11-01",
                "2026-10-01",
                "2026-10-20",
            ),
            (
                "2026-03-31T10:00:00Z",
                "2026-03-01",
                "2026-02-01",
                "2026-02-28",
            ),
            (
                "2026-01-01T00:00:00Z",
                "2026-01-01",
                "2025-12-01",
                "2025-12-01",
            ),
        ] {
            let month = Month::of(now.parse().unwrap());
            assert_eq!(month.first.to_string(), first);
            assert_eq!(month.first_before.to_string(), before);
            assert_eq!(month.last_before.to_string(), last);
        }
        let month = Month::of("2026-11-20T10:00:00Z".parse().unwrap());
        assert!(month.is_now("2026-11-20") && !month.is_now("2026-11-21"));
        assert!(month.is_before("2026-10-20") && !month.is_before("2026-10-21"));
        assert_eq!(
            month.words(),
            "November so far, compared with the same days of October."
        );
    }
}
