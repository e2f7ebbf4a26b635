//! Which events are wanted: the same words in the page's address, the API and the command line.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::id::TenantId;
use crate::web::Query;
use crate::{Error, Result};

/// Filters of the trail; all that are given must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Who: an id, a name, or a kind (`user`, `api_key`, `shell`, `system`, `public`).
    pub actor: Option<String>,
    /// What: an action (`partner.approved`), or a noun for all that happened to its kind (`partner`).
    pub action: Option<String>,
    /// To what: an id, or a kind (`partner`).
    pub target: Option<String>,
    /// In which part of the product.
    pub product: Option<String>,
    /// Not before.
    pub since: Option<Timestamp>,
    /// Before this instant.
    pub until: Option<Timestamp>,
    /// Any of this in names, ids, action, address or request id.
    pub q: Option<String>,
    /// Of the control plane's events those that are this company's; nobody asks for it by a word.
    pub company: Option<TenantId>,
}

impl Filter {
    /// The names of the filters in an address, besides `q`.
    pub const NAMES: &'static [&'static str] =
        &["actor", "action", "target", "product", "since", "until"];

    /// From a query. `since` and `until` are instants or days; a day is meant in `zone`, and `until` includes it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a time that is none.
    pub fn read(query: &Query, zone: &TimeZone) -> Result<Self> {
        Self::from_words(|name| query.get(name).to_owned(), zone)
    }

    /// The same from anywhere that knows values by name.
    ///
    /// # Errors
    /// As [`Filter::read`].
    pub fn from_words(word: impl Fn(&str) -> String, zone: &TimeZone) -> Result<Self> {
        let given = |name: &str| Some(word(name)).filter(|text| !text.is_empty());
        Ok(Self {
            actor: given("actor"),
            action: given("action"),
            target: given("target"),
            product: given("product"),
            since: given("since")
                .map(|text| instant("since", &text, zone, 0))
                .transpose()?,
            until: given("until")
                .map(|text| instant("until", &text, zone, 1))
                .transpose()?,
            q: given("q"),
            company: None,
        })
    }
}

/// An instant, or the beginning of a day (`plus_days` later).
fn instant(name: &str, text: &str, zone: &TimeZone, plus_days: i32) -> Result<Timestamp> {
    if let Ok(at) = text.parse() {
        return Ok(at);
    }
    let day = |text: &str| {
        let date: Date = text.parse().ok()?;
        let date = date.checked_add(jiff::Span::new().days(plus_days)).ok()?;
        let start = date.to_zoned(zone.clone()).ok()?;
        Some(Timestamp::from_jiff(start.timestamp()))
    };
    // A date parser also takes dates with a time behind them; a day is ten characters.
    Some(text)
        .filter(|text| text.len() == 10)
        .and_then(day)
        .ok_or_else(|| {
            Error::invalid(
                name,
                "Write a day like 2026-10-31 or a time like 2026-10-31T09:30:00Z.",
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Filter> {
        Filter::read(
            &Query::parse(query),
            &TimeZone::get("Europe/Bucharest").unwrap(),
        )
    }

    #[test]
    fn days_are_the_companys_and_until_includes_its_day() {
        let filter = read("since=2026-10-20&until=2026-10-20").unwrap();
        assert_eq!(filter.since, "2026-10-19T21:00:00Z".parse().ok());
        assert_eq!(filter.until, "2026-10-20T21:00:00Z".parse().ok());
        let exact = read("since=2026-10-20T08:00:00Z").unwrap();
        assert_eq!(exact.since, "2026-10-20T08:00:00Z".parse().ok());
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for bad in ["yesterday", "2026-13-01", "2026-10-20T08", "0", "2026-1-1"] {
            let refused = read(&format!("until={bad}")).unwrap_err();
            assert!(
                matches!(&refused, Error::Invalid(fields) if fields[0].pointer == "/until"),
                "{bad}"
            );
        }
    }
}
