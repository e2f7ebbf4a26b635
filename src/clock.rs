//! Time: UTC inside, microseconds, from a clock that is passed in. Nothing else in the program asks what time it is.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in UTC, in microseconds since 1970. Text form: RFC 3339 with six decimals and `Z`, so text order is time order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// Microseconds in a second.
const MICROS: i64 = 1_000_000;
/// From 0000-01-01, where RFC 3339 begins, to 9999-12-30T22:00:00, where the calendar library ends (a day early, so that every
/// time zone has a name for it).
const RANGE: std::ops::RangeInclusive<i64> = -62_167_219_200 * MICROS..=253_402_207_200 * MICROS;

impl Timestamp {
    /// From microseconds since 1970, held inside the years RFC 3339 can write.
    pub fn from_micros(micros: i64) -> Self {
        Self(micros.clamp(*RANGE.start(), *RANGE.end()))
    }

    /// Microseconds since 1970.
    pub fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970.
    pub fn as_seconds(self) -> i64 {
        self.0.div_euclid(MICROS)
    }

    /// This instant in the calendar library's type.
    pub fn to_jiff(self) -> jiff::Timestamp {
        jiff::Timestamp::from_microsecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH)
    }

    /// From the calendar library's type.
    pub fn from_jiff(at: jiff::Timestamp) -> Self {
        Self::from_micros(at.as_microsecond())
    }

    /// Later by a duration.
    #[must_use]
    pub fn plus(self, by: Duration) -> Self {
        Self::from_micros(
            self.0
                .saturating_add(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// Earlier by a duration.
    #[must_use]
    pub fn minus(self, by: Duration) -> Self {
        Self::from_micros(
            self.0
                .saturating_sub(i64::try_from(by.as_micros()).unwrap_or(i64::MAX)),
        )
    }

    /// Later by whole days of 24 hours (negative: earlier).
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_micros(self.0.saturating_add(days.saturating_mul(86_400 * MICROS)))
    }

    /// How long since `earlier`; zero where the clock went backwards.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// The calendar month around it, in UTC: its first moment and the first of the next.
    pub fn month(self) -> (Self, Self) {
        let first = self
            .to_jiff()
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .first_of_month();
        let moment = |date: jiff::civil::Date| {
            let midnight = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0));
            midnight.map_or(self, Self::from_jiff)
        };
        let next = first.saturating_add(jiff::Span::new().months(1));
        (moment(first), moment(next))
    }

    /// The UTC day, `2026-10-31`.
    pub fn day(self) -> String {
        let date = self.to_jiff().to_zoned(jiff::tz::TimeZone::UTC).date();
        format!("{:04}-{:02}-{:02}", date.year(), date.month(), date.day())
    }
}

impl fmt::Display for Timestamp {
    /// Digit by digit: every row written has several, and the formatting machinery costs more than the rest of a small insert.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let t = jiff::tz::Offset::UTC.to_datetime(self.to_jiff());
        let mut text = *b"0000-00-00T00:00:00.000000Z";
        let fields = [
            (0..4, i32::from(t.year())),
            (5..7, i32::from(t.month())),
            (8..10, i32::from(t.day())),
            (11..13, i32::from(t.hour())),
            (14..16, i32::from(t.minute())),
            (17..19, i32::from(t.second())),
            (20..26, t.subsec_nanosecond() / 1000),
        ];
        for (place, value) in fields {
            let mut rest = value.unsigned_abs();
            for digit in text.get_mut(place).into_iter().flatten().rev() {
                *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
                rest /= 10;
            }
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not an RFC 3339 instant.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("write a time like 2026-10-31T09:30:00Z")]
pub struct NotATime;

impl FromStr for Timestamp {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let at: jiff::Timestamp = text.parse().map_err(|_| NotATime)?;
        let micros = at.as_microsecond();
        if RANGE.contains(&micros) {
            Ok(Self(micros))
        } else {
            Err(NotATime)
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// Where `now` comes from. Cloned freely; tests hand in one they move by hand.
#[derive(Clone, Debug)]
pub struct Clock(Kind);

#[derive(Clone, Debug)]
enum Kind {
    System,
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Kind::System)
    }

    /// A clock that stands still until it is moved.
    pub fn manual(at: Timestamp) -> Self {
        Self(Kind::Manual(Arc::new(AtomicI64::new(at.as_micros()))))
    }

    /// The present.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that asks the machine"
    )]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Kind::System => Timestamp::from_jiff(jiff::Timestamp::now()),
            Kind::Manual(at) => Timestamp::from_micros(at.load(Ordering::SeqCst)),
        }
    }

    /// Moves a manual clock forward; the machine's clock is not ours to move and stays.
    pub fn advance(&self, by: Duration) {
        if let Kind::Manual(at) = &self.0 {
            at.fetch_add(i64::try_from(by.as_micros()).unwrap_or(0), Ordering::SeqCst);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_is_fixed_width_and_round_trips() {
        for micros in [0, 1, -1, 1_700_000_000_123_456, -62_135_596_800_000_000] {
            let t = Timestamp::from_micros(micros);
            assert_eq!(t.to_string().len(), 27);
            assert_eq!(t.to_string().parse::<Timestamp>(), Ok(t));
        }
    }

    #[test]
    fn the_ends_of_time_have_names_of_their_own() {
        let (first, last) = (
            Timestamp::from_micros(i64::MIN),
            Timestamp::from_micros(i64::MAX),
        );
        assert_eq!(first.to_string(), "0000-01-01T00:00:00.000000Z");
        assert_eq!(last.to_string(), "9999-12-30T22:00:00.000000Z");
        for end in [first, last] {
            assert_eq!(end.to_string().parse(), Ok(end));
        }
    }

    #[test]
    fn absurd_times_are_refused() {
        for bad in [
            "",
            "yesterday",
            "2026-13-01T00:00:00Z",
            "2026-10-31",
            "+12026-01-01T00:00:00Z",
        ] {
            assert_eq!(bad.parse::<Timestamp>(), Err(NotATime), "{bad}");
        }
    }
}
