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
    /// A date as a pattern of `d`, `dd`, `M`, `MM`, `MMM` and `yyyy`; the browser reads it too.
    pub date: &'static str,
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
    date: &'static str,
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
        "d\u{a0}MMM\u{a0}yyyy",
    ),
    locale(
        "en-US",
        "English, US (1,234.50 · 12/31/2026)",
        (",", "."),
        4,
        CurrencyPlace::Before,
        "",
        "MM/dd/yyyy",
    ),
    locale(
        "bg",
        "Bulgarian (1 234,50 · 31.12.2026)",
        (NBSP, ","),
        5,
        CurrencyPlace::After,
        "",
        "dd.MM.yyyy",
    ),
    locale(
        "cs",
        "Czech (1 234,50 · 31. 12. 2026)",
        (NBSP, ","),
        4,
        CurrencyPlace::After,
        NBSP,
        "d.\u{a0}M.\u{a0}yyyy",
    ),
    locale(
        "da",
        "Danish (1.234,50 · 31.12.2026)",
        (".", ","),
        4,
        CurrencyPlace::After,
        NBSP,
        "dd.MM.yyyy",
    ),
    locale(
        "de",
        "German (1.234,50 · 31.12.2026)",
        (".", ","),
        4,
        CurrencyPlace::After,
        NBSP,
        "dd.MM.yyyy",
    ),
    locale(
        "de-CH",
        "Swiss German (1’234.50 · 31.12.2026)",
        ("’", "."),
        4,
        CurrencyPlace::BeforeSpaced,
        "",
        "dd.MM.yyyy",
    ),
    locale(
        "es",
        "Spanish (1234,50 · 31/12/2026)",
        (".", ","),
        5,
        CurrencyPlace::After,
        NBSP,
        "dd/MM/yyyy",
    ),
    locale(
        "fi",
        "Finnish (1 234,50 · 31.12.2026)",
        (NBSP, ","),
        4,
        CurrencyPlace::After,
        NBSP,
        "dd.MM.yyyy",
    ),
    locale(
        "fr",
        "French (1 234,50 · 31/12/2026)",
        (NNBSP, ","),
        4,
        CurrencyPlace::After,
        NNBSP,
        "dd/MM/yyyy",
    ),
    locale(
        "hu",
        "Hungarian (1234,50 · 2026. 12. 31.)",
        (NBSP, ","),
        5,
        CurrencyPlace::After,
        "",
        "yyyy.\u{a0}MM.\u{a0}dd.",
    ),
    locale(
        "it",
        "Italian (1234,50 · 31/12/2026)",
        (".", ","),
        5,
        CurrencyPlace::After,
        "",
        "dd/MM/yyyy",
    ),
    locale(
        "nl",
        "Dutch (1.234,50 · 31-12-2026)",
        (".", ","),
        4,
        CurrencyPlace::BeforeSpaced,
        "",
        "dd-MM-yyyy",
    ),
    locale(
        "nb",
        "Norwegian (1 234,50 · 31.12.2026)",
        (NBSP, ","),
        4,
        CurrencyPlace::After,
        NBSP,
        "dd.MM.yyyy",
    ),
    locale(
        "pl",
        "Polish (1234,50 · 31.12.2026)",
        (NBSP, ","),
        5,
        CurrencyPlace::After,
        "",
        "dd.MM.yyyy",
    ),
    locale(
        "pt",
        "Portuguese (1234,50 · 31/12/2026)",
        (NBSP, ","),
        5,
        CurrencyPlace::After,
        "",
        "dd/MM/yyyy",
    ),
    locale(
        "ro",
        "Romanian (1.234,50 · 31.12.2026)",
        (".", ","),
        4,
        CurrencyPlace::After,
        NBSP,
        "dd.MM.yyyy",
    ),
    locale(
        "sv",
        "Swedish (1 234,50 · 2026-12-31)",
        (NBSP, ","),
        4,
        CurrencyPlace::After,
        NBSP,
        "yyyy-MM-dd",
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
        "d\u{a0}MMM\u{a0}yyyy",
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
