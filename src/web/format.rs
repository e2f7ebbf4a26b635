//! Writes figures for people: numbers, money, rates, sizes, dates, by locale and time zone.
//!
//! Sums of different currencies are listed side by side, never added.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::clock::Timestamp;
use crate::money::{Money, Rate};

use super::locale::{CurrencyPlace, Locale, NBSP};
use super::markup::{Markup, escape};

/// A true minus, as wide as a plus and never a line break.
const MINUS: &str = "\u{2212}";
/// What stands where there is nothing to say.
pub const NONE: &str = "\u{2013}";

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// Writes figures the way one company reads them.
#[derive(Clone, Debug)]
pub struct Format {
    locale: Locale,
    zone: TimeZone,
}

impl Default for Format {
    fn default() -> Self {
        Self {
            locale: Locale::ENGLISH,
            zone: TimeZone::UTC,
        }
    }
}

impl Format {
    /// Figures of a locale, times of a zone.
    pub fn new(locale: Locale, zone: TimeZone) -> Self {
        Self { locale, zone }
    }

    /// By names, as settings keep them; an unknown zone reads as UTC.
    pub fn named(locale: &str, zone: &str) -> Self {
        Self {
            locale: Locale::find(locale),
            zone: TimeZone::get(zone).unwrap_or(TimeZone::UTC),
        }
    }

    /// The locale's tag, for the browser.
    pub fn tag(&self) -> &'static str {
        self.locale.tag
    }

    /// A whole number: `18,204`.
    pub fn number(&self, value: i64) -> String {
        self.scaled(value, 0)
    }

    /// A count of things: `18,204`.
    pub fn count(&self, value: u64) -> String {
        self.number(i64::try_from(value).unwrap_or(i64::MAX))
    }

    /// `value / 10^places` with exactly that many decimals.
    pub fn scaled(&self, value: i64, places: u8) -> String {
        let digits = self.digits(value, places);
        if value < 0 {
            format!("{MINUS}{digits}")
        } else {
            digits
        }
    }

    /// A rate given in parts per million of one (125,000 is `12.5%`), at most `places` decimals.
    pub fn percent(&self, ppm: i64, places: u8) -> String {
        let shown = round_to(ppm, 4, places);
        let text = trim_zeros(&self.scaled(shown, places), self.locale.decimal, places);
        format!("{text}{}%", self.locale.before_percent)
    }

    /// A commission rate: `12.5%`, with every decimal it has.
    pub fn rate(&self, rate: Rate) -> String {
        self.percent(i64::from(rate.ppm()), 4)
    }

    /// A change, with its sign: `+12.4%`.
    pub fn change(&self, ppm: i64) -> String {
        let text = self.percent(ppm, 1);
        if ppm > 0 { format!("+{text}") } else { text }
    }

    /// Money: `€1,204.90`, `RON 84.00`, `−€40.00`; `1.204,90 €` where that is the habit.
    pub fn money(&self, money: Money) -> String {
        let figure = self.digits(money.amount_minor, money.currency.exponent());
        let sign = if money.amount_minor < 0 { MINUS } else { "" };
        let symbol = self.symbol(money.currency.code());
        let word = symbol.chars().last().is_some_and(char::is_alphanumeric);
        match self.locale.currency {
            CurrencyPlace::Before if !word => format!("{sign}{symbol}{figure}"),
            CurrencyPlace::Before | CurrencyPlace::BeforeSpaced => {
                format!("{sign}{symbol}{NBSP}{figure}")
            }
            CurrencyPlace::After => format!("{sign}{figure}{NBSP}{symbol}"),
        }
    }

    /// Several currencies side by side: `€1,204.90 and RON 84.00`. Nothing at all reads as a dash.
    pub fn sums(&self, sums: &[Money]) -> String {
        let texts: Vec<String> = sums.iter().map(|money| self.money(*money)).collect();
        match texts.split_last() {
            None => NONE.to_owned(),
            Some((only, [])) => only.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
        }
    }

    /// A size in bytes: `1.3 MB`.
    pub fn bytes(&self, bytes: u64) -> String {
        const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
        if bytes < 1000 {
            return format!("{bytes}{NBSP}B");
        }
        // Tenths of the unit; integer arithmetic keeps large disks exact.
        let mut tenths = bytes / 100;
        let mut unit = UNITS.iter();
        let mut name = unit.next().copied().unwrap_or("kB");
        while tenths >= 10_000 {
            let Some(next) = unit.next() else { break };
            tenths /= 1000;
            name = next;
        }
        let tenths = i64::try_from(tenths).unwrap_or(i64::MAX);
        let figure = if tenths >= 1000 {
            self.number(tenths / 10)
        } else {
            self.scaled(tenths, 1)
        };
        format!("{figure}{NBSP}{name}")
    }

    /// A day: `12 Oct 2026`, `12.10.2026`.
    pub fn date(&self, date: Date) -> String {
        written(date, self.locale.date)
    }

    /// A day of a year that needs no saying: `12 Oct`, `12.10.`.
    pub fn day_month(&self, date: Date) -> String {
        let without_year = self.locale.date.replace("yyyy", "");
        let pattern = without_year
            .trim_start_matches(|c: char| !c.is_alphabetic())
            .trim_end_matches(|c: char| c.is_whitespace() || c == '/' || c == '-');
        written(date, pattern)
    }

    /// The pattern behind [`Format::date`], for the browser.
    pub fn date_pattern(&self) -> &'static str {
        self.locale.date
    }

    /// The day an instant falls on in the company's zone.
    pub fn day_of(&self, at: Timestamp) -> Date {
        at.to_jiff().to_zoned(self.zone.clone()).date()
    }

    /// The hour of the company's day an instant falls in.
    pub fn hour_of(&self, at: Timestamp) -> i8 {
        at.to_jiff().to_zoned(self.zone.clone()).hour()
    }

    /// A moment as a `<time>`: the company's zone without scripts, the reader's with them, UTC on hover.
    pub fn when(&self, at: Timestamp) -> Markup {
        self.time_element(at, false)
    }

    /// The day of a moment as a `<time>`.
    pub fn day(&self, at: Timestamp) -> Markup {
        self.time_element(at, true)
    }

    /// A moment that may not have come: a dash for none.
    pub fn when_or_none(&self, at: Option<Timestamp>) -> Markup {
        at.map_or_else(|| Markup::text(NONE), |at| self.when(at))
    }

    /// A moment in plain text, for mails and titles: `12 Oct 2026, 09:14 UTC`.
    pub fn moment(&self, at: Timestamp) -> String {
        let zoned = at.to_jiff().to_zoned(self.zone.clone());
        format!(
            "{}, {:02}:{:02} {}",
            self.date(zoned.date()),
            zoned.hour(),
            zoned.minute(),
            zoned.strftime("%Z")
        )
    }

    /// A stretch of time in words: `3 days`, `45 s`.
    pub fn duration(&self, seconds: u64) -> String {
        let (value, unit) = match seconds {
            0..120 => return format!("{seconds}{NBSP}s"),
            120..7_200 => return format!("{}{NBSP}min", seconds / 60),
            7_200..172_800 => (seconds / 3_600, "hours"),
            _ => (seconds / 86_400, "days"),
        };
        format!("{}{NBSP}{unit}", self.count(value))
    }

    fn time_element(&self, at: Timestamp, day_only: bool) -> Markup {
        let utc = at.to_jiff().to_zoned(TimeZone::UTC);
        let here = utc.with_time_zone(self.zone.clone());
        let clock = |hour: i8, minute: i8| format!(", {hour:02}:{minute:02}");
        let shown = if day_only {
            String::new()
        } else {
            clock(here.hour(), here.minute())
        };
        Markup::trusted(format!(
            r#"<time datetime="{}" title="{}{} UTC"{}>{}{shown}</time>"#,
            utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
            escape(&self.date(utc.date())),
            clock(utc.hour(), utc.minute()),
            if day_only { r#" data-day"# } else { "" },
            escape(&self.date(here.date())),
        ))
    }

    /// Absolute digits with separators.
    fn digits(&self, value: i64, places: u8) -> String {
        let places = usize::from(places);
        let digits = format!("{:0>width$}", value.unsigned_abs(), width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let mut out = self.group(whole);
        if places > 0 {
            out.push_str(self.locale.decimal);
            out.push_str(fraction);
        }
        out
    }

    fn group(&self, whole: &str) -> String {
        if whole.len() < self.locale.grouped_from {
            return whole.to_owned();
        }
        let mut out = String::with_capacity(whole.len() * 2);
        for (index, digit) in whole.chars().enumerate() {
            if index > 0 && (whole.len() - index).is_multiple_of(3) {
                out.push_str(self.locale.group);
            }
            out.push(digit);
        }
        out
    }

    /// The sign of a currency where everybody knows it, else its code.
    fn symbol<'a>(&self, code: &'a str) -> &'a str {
        match (code, self.locale.tag) {
            // Romanian and Bulgarian write the code, also for the euro.
            ("EUR", "ro") => "EUR",
            ("EUR", _) => "€",
            ("GBP", _) => "£",
            ("JPY", _) => "¥",
            ("USD", _) => "$",
            ("INR", "en") => "₹",
            ("PLN", "pl") => "zł",
            ("CZK", "cs") => "Kč",
            ("HUF", "hu") => "Ft",
            ("SEK", "sv") | ("DKK", "da") | ("NOK", "nb") => "kr",
            _ => code,
        }
    }
}

/// A day after a pattern of `d`, `dd`, `M`, `MM`, `MMM` and `yyyy`.
fn written(date: Date, pattern: &str) -> String {
    let mut out = String::with_capacity(12);
    let mut rest = pattern;
    while let Some(first) = rest.chars().next() {
        let run = rest.chars().take_while(|c| *c == first).count();
        let (part, after) = rest.split_at(run * first.len_utf8());
        match part {
            "d" => out.push_str(&date.day().to_string()),
            "dd" => out.push_str(&format!("{:02}", date.day())),
            "M" => out.push_str(&date.month().to_string()),
            "MM" => out.push_str(&format!("{:02}", date.month())),
            "MMM" => out.push_str(month(date.month())),
            "yyyy" => out.push_str(&date.year().to_string()),
            other => out.push_str(other),
        }
        rest = after;
    }
    out
}

fn month(number: i8) -> &'static str {
    usize::try_from(number - 1)
        .ok()
        .and_then(|index| MONTHS.get(index))
        .copied()
        .unwrap_or("?")
}

/// Rounds half away from zero from `from` decimals to `to` decimals.
fn round_to(value: i64, from: u8, to: u8) -> i64 {
    let step = 10_i128.pow(u32::from(from.saturating_sub(to)));
    let value = i128::from(value);
    let half = if value < 0 { -step / 2 } else { step / 2 };
    i64::try_from((value + half) / step).unwrap_or(i64::MAX)
}

fn trim_zeros(text: &str, decimal: &str, places: u8) -> String {
    if places == 0 {
        return text.to_owned();
    }
    text.trim_end_matches('0')
        .trim_end_matches(decimal)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(minor: i64, currency: &str) -> Money {
        Money::new(minor, currency.parse().unwrap())
    }

    #[test]
    fn english_writes_currency_first_and_a_true_minus() {
        let f = Format::default();
        assert_eq!(f.money(sum(120_490, "EUR")), "€1,204.90");
        assert_eq!(f.money(sum(8_400, "RON")), "RON\u{a0}84.00");
        assert_eq!(f.money(sum(-4_000, "EUR")), "\u{2212}€40.00");
        assert_eq!(f.money(sum(12_345, "JPY")), "¥12,345");
        assert_eq!(f.money(sum(-5, "KWD")), "\u{2212}KWD\u{a0}0.005");
        assert_eq!(
            f.money(sum(i64::MIN, "EUR")),
            "\u{2212}€92,233,720,368,547,758.08"
        );
    }

    #[test]
    fn regions_keep_their_separators() {
        let at = |tag| Format::new(Locale::find(tag), TimeZone::UTC);
        assert_eq!(at("ro").money(sum(120_490, "RON")), "1.204,90\u{a0}RON");
        assert_eq!(
            at("de-AT").money(sum(-120_490, "EUR")),
            "\u{2212}1.204,90\u{a0}€"
        );
        assert_eq!(at("es").number(1_234), "1234");
        assert_eq!(at("es").number(12_345), "12.345");
        assert_eq!(at("fr").number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(at("xx").number(1_234), "1,234");
    }

    #[test]
    fn currencies_are_listed_never_added() {
        let f = Format::default();
        assert_eq!(f.sums(&[]), "–");
        assert_eq!(f.sums(&[sum(1, "EUR")]), "€0.01");
        assert_eq!(
            f.sums(&[sum(120_490, "EUR"), sum(8_400, "RON")]),
            "€1,204.90 and RON\u{a0}84.00"
        );
        assert_eq!(
            f.sums(&[sum(1, "EUR"), sum(2, "RON"), sum(3, "USD")]),
            "€0.01, RON\u{a0}0.02 and $0.03"
        );
    }

    #[test]
    fn rates_round_half_away_and_drop_idle_zeros() {
        let f = Format::default();
        assert_eq!(f.percent(125_000, 1), "12.5%");
        assert_eq!(f.percent(200_000, 2), "20%");
        assert_eq!(f.percent(0, 1), "0%");
        assert_eq!(f.percent(-500, 1), "\u{2212}0.1%");
        assert_eq!(f.change(123_500), "+12.4%");
        assert_eq!(
            Format::named("ro", "UTC").percent(125_000, 1),
            "12,5\u{a0}%"
        );
    }

    #[test]
    fn times_show_the_zone_and_carry_utc() {
        let f = Format::named("ro", "Europe/Bucharest");
        let at: Timestamp = "2026-10-20T08:14:00Z".parse().unwrap();
        assert_eq!(
            f.when(at).as_str(),
            r#"<time datetime="2026-10-20T08:14:00Z" title="20.10.2026, 08:14 UTC">20.10.2026, 11:14</time>"#
        );
        assert_eq!(f.moment(at), "20.10.2026, 11:14 EEST");
        assert_eq!(f.day_month(f.day_of(at)), "20.10.");
        assert_eq!(Format::default().day_month(f.day_of(at)), "20\u{a0}Oct");
        assert_eq!(
            Format::default().date(f.day_of(at)),
            "20\u{a0}Oct\u{a0}2026"
        );
    }

    #[test]
    fn every_region_writes_the_same_day_its_way() {
        let day = jiff::civil::date(2026, 3, 5);
        let at = |tag| Format::new(Locale::find(tag), TimeZone::UTC).date(day);
        assert_eq!(at("en"), "5\u{a0}Mar\u{a0}2026");
        assert_eq!(at("en-US"), "03/05/2026");
        assert_eq!(at("ro"), "05.03.2026");
        assert_eq!(at("cs"), "5.\u{a0}3.\u{a0}2026");
        assert_eq!(at("hu"), "2026.\u{a0}03.\u{a0}05.");
        assert_eq!(at("sv"), "2026-03-05");
    }

    #[test]
    fn sizes_and_stretches_read_short() {
        let f = Format::default();
        assert_eq!(f.bytes(999), "999\u{a0}B");
        assert_eq!(f.bytes(1_340_000), "1.3\u{a0}MB");
        assert_eq!(f.bytes(250_000_000_000), "250\u{a0}GB");
        assert_eq!(f.duration(45), "45\u{a0}s");
        assert_eq!(f.duration(259_200), "3\u{a0}days");
    }
}
