//! What a browser's languages tell of a company's habits: good first guesses, changed in the settings at any time.

use crate::web::locale::LOCALES;

/// The currency of a region or a language, where it is not the euro.
const CURRENCIES: [(&str, &str); 17] = [
    ("us", "USD"),
    ("gb", "GBP"),
    ("ch", "CHF"),
    ("ca", "CAD"),
    ("au", "AUD"),
    ("nz", "NZD"),
    ("in", "INR"),
    ("ro", "RON"),
    ("bg", "BGN"),
    ("cs", "CZK"),
    ("da", "DKK"),
    ("hu", "HUF"),
    ("nb", "NOK"),
    ("no", "NOK"),
    ("pl", "PLN"),
    ("sv", "SEK"),
    ("ja", "JPY"),
];

/// The languages of an `Accept-Language` header, in the order given, lower-case.
fn languages(header: &str) -> impl Iterator<Item = String> + '_ {
    header
        .split(',')
        .filter_map(|part| part.split(';').next())
        .map(|tag| tag.trim().to_ascii_lowercase())
        .filter(|tag| !tag.is_empty())
}

/// How figures are written where this browser is at home.
pub(super) fn locale(header: &str) -> &'static str {
    let known = |wanted: &str| {
        LOCALES
            .iter()
            .find(|one| one.tag.eq_ignore_ascii_case(wanted))
            .map(|one| one.tag)
    };
    languages(header)
        .find_map(|tag| known(&tag).or_else(|| tag.split('-').next().and_then(known)))
        .unwrap_or("en")
}

/// The currency offered first.
pub(super) fn currency(header: &str) -> &'static str {
    let known = |part: &str| {
        CURRENCIES
            .iter()
            .find(|(place, _)| *place == part)
            .map(|(_, code)| *code)
    };
    languages(header)
        .next()
        .and_then(|tag| tag.split('-').rev().find_map(known))
        .unwrap_or("EUR")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn habits_follow_the_first_language() {
        for (header, habits) in [
            ("", ("en", "EUR")),
            ("ro-RO,ro;q=0.9,en;q=0.8", ("ro", "RON")),
            ("en-US,en;q=0.5", ("en-US", "USD")),
            ("en-GB", ("en", "GBP")),
            ("de", ("de", "EUR")),
            ("de-CH", ("de-CH", "CHF")),
            ("tlh, fr", ("fr", "EUR")),
            ("*;q=0.1", ("en", "EUR")),
        ] {
            assert_eq!((locale(header), currency(header)), habits, "{header}");
        }
    }
}
