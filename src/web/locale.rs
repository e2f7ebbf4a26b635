//! How regions write numbers, money and dates. Words stay English; this is about figures only.

/// The figures' habits of one region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Locale {
    /// BCP 47 tag, as kept in settings and handed to the browser.
    pub tag: &'static str,
    /// What the settings page calls it.
    pub name: &'static str,
    /// Between thousands.
    pub group: &'static str,
    /// Digits needed before grouping starts (Spanish, Polish, Portuguese write 1234 but 12.345).
    pub grouped_from: usize,
    /// Before decimals.
    pub decimal: &'static str,
    /// Where the currency stands.
    pub currency: CurrencyPlace,
    /// Between a figure and `%`.
    pub before_percent: &'static str,
    /// The order of a date.
    pub date: DateOrder,
}

/// Where the currency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurrencyPlace {
    /// `€1.00`, and `RON 1.00` where the sign is a word.
    Before,
    /// `€ 1,00`
    BeforeSpaced,
    /// `1,00 €`
    After,
}

/// The order of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// `12 Oct 2026`
    Words,
    /// `10/12/2026`
    MonthFirst,
    /// `12.10.2026`
    Dots,
    /// `12/10/2026`
    Slashes,
    /// `12-10-2026`
    Dashes,
    /// `12. 10. 2026`
    SpacedDots,
    /// `2026. 10. 12.`
    YearFirstDots,
    /// `2026-10-12`
    Iso,
}

/// No-break space: a figure and its unit stay on one line.
pub(super) const NBSP: &str = "\u{a0}";
/// Narrow no-break space: thousands in French.
const NNBSP: &str = "\u{202f}";

const fn locale(
    tag: &'static str,
    name: &'static str,
    separators: (&'static str, &'static str),
    grouped_from: usize,
    currency: CurrencyPlace,
    before_percent: &'static str,
    date: DateOrder,
) -> Locale {
    let (group, decimal) = separators;
    Locale {
        tag,
        name,
        group,
        grouped_from,
        decimal,
        currency,
        before_percent,
        date,
    }
}

/// All we know, in the order the settings page shows.
pub const LOCALES: &[Locale] = &[
    locale(
        "en",
        "English (1,234.50 · 31 Dec 2026)",
        (",", "."),
        4,
        CurrencyPlace::Before,
        "",
        DateOrder::Words,
    ),
    locale(
        "en-US",
        "English, US (1,234.50 · 12/31/2026)",
        (",", "."),
        4,
        CurrencyPlace::Before,
        "",
        DateOrder::MonthFirst,
    ),
    locale(
        "bg",
        "Bulgarian (1 234,50 · 31.12.2026)",
        (NBSP, ","),
        5,
        CurrencyPlace::After,
        "",
        DateOrder::Dots,
    ),
    locale(
        "cs",
        "Czech (1 234,50 · 31. 12. 2026)",
        (NBSP, ","),
        4,
        CurrencyPlace::After,
        NBSP,
        DateOrder::SpacedDots,
    ),
    locale(
        "da",
        "Danish (1.234,50 · 31.12.2026)",
        (".", ","),
        4,
        CurrencyPlace::After,
        NBSP,
        DateOrder::Dots,
    ),
    locale(
        "de",
        "German (1.234,50 · 31.12.2026)",
        (".", ","),
        4,
        CurrencyPlace::After,
        NBSP,
        DateOrder::Dots,
    ),
    locale(
        "de-CH",
        "Swiss German (1’234.50 · 31.12.2026)",
        ("’", "."),
        4,
        CurrencyPlace::BeforeSpaced,
        "",
        DateOrder::Dots,
    ),
    locale(
        "es",
        "Spanish (1234,50 · 31/12/2026)",
        (".", ","),
        5,
        CurrencyPlace::After,
        NBSP,
        DateOrder::Slashes,
    ),
    locale(
        "fi",
        "Finnish (1 234,50 · 31.12.2026)",
        (NBSP, ","),
        4,
        CurrencyPlace::After,
        NBSP,
        DateOrder::Dots,
    ),
    locale(
        "fr",
        "French (1 234,50 · 31/12/2026)",
        (NNBSP, ","),
        4,
        CurrencyPlace::After,
        NNBSP,
        DateOrder::Slashes,
    ),
    locale(
        "hu",
        "Hungarian (1234,50 · 2026. 12. 31.)",
        (NBSP, ","),
        5,
        CurrencyPlace::After,
        "",
        DateOrder::YearFirstDots,
    ),
    locale(
        "it",
        "Italian (1234,50 · 31/12/2026)",
        (".", ","),
        5,
        CurrencyPlace::After,
        "",
        DateOrder::Slashes,
    ),
    locale(
        "nl",
        "Dutch (1.234,50 · 31-12-2026)",
        (".", ","),
        4,
        CurrencyPlace::BeforeSpaced,
        "",
        DateOrder::Dashes,
    ),
    locale(
        "nb",
        "Norwegian (1 234,50 · 31.12.2026)",
        (NBSP, ","),
        4,
        CurrencyPlace::After,
        NBSP,
        DateOrder::Dots,
    ),
    locale(
        "pl",
        "Polish (1234,50 · 31.12.2026)",
        (NBSP, ","),
        5,
        CurrencyPlace::After,
        "",
        DateOrder::Dots,
    ),
    locale(
        "pt",
        "Portuguese (1234,50 · 31/12/2026)",
        (NBSP, ","),
        5,
        CurrencyPlace::After,
        "",
        DateOrder::Slashes,
    ),
    locale(
        "ro",
        "Romanian (1.234,50 · 31.12.2026)",
        (".", ","),
        4,
        CurrencyPlace::After,
        NBSP,
        DateOrder::Dots,
    ),
    locale(
        "sv",
        "Swedish (1 234,50 · 2026-12-31)",
        (NBSP, ","),
        4,
        CurrencyPlace::After,
        NBSP,
        DateOrder::Iso,
    ),
];

impl Locale {
    /// The one used until a company chooses.
    pub const ENGLISH: Self = locale(
        "en",
        "English (1,234.50 · 31 Dec 2026)",
        (",", "."),
        4,
        CurrencyPlace::Before,
        "",
        DateOrder::Words,
    );

    /// The locale of a tag; a region we do not list falls back to its language, then to English.
    pub fn find(tag: &str) -> Self {
        let exact = |wanted: &str| {
            LOCALES
                .iter()
                .find(|l| l.tag.eq_ignore_ascii_case(wanted))
                .copied()
        };
        exact(tag)
            .or_else(|| tag.split(['-', '_']).next().and_then(exact))
            .unwrap_or(Self::ENGLISH)
    }
}
