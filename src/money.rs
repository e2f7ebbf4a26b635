//! Money: integer minor units with an ISO 4217 currency. Never a float, never a sum across currencies.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Currencies whose exponent is not 2 (ISO 4217 list one, edition of 2024-06-25).
const EXPONENTS: &[(&str, u8)] = &[
    ("BHD", 3),
    ("BIF", 0),
    ("CLF", 4),
    ("CLP", 0),
    ("DJF", 0),
    ("GNF", 0),
    ("IQD", 3),
    ("ISK", 0),
    ("JOD", 3),
    ("JPY", 0),
    ("KMF", 0),
    ("KRW", 0),
    ("KWD", 3),
    ("LYD", 3),
    ("OMR", 3),
    ("PYG", 0),
    ("RWF", 0),
    ("TND", 3),
    ("UGX", 0),
    ("UYI", 0),
    ("UYW", 4),
    ("VND", 0),
    ("VUV", 0),
    ("XAF", 0),
    ("XOF", 0),
    ("XPF", 0),
];

/// The currencies people pay with (ISO 4217 list one without funds, metals and test codes).
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
CAD CDF CHF CLF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL \
HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK \
MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR \
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYI UYU UYW UZS VED VES VND \
VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// An ISO 4217 currency.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// The euro: what a company has until it chooses.
    pub const EUR: Self = Self(*b"EUR");

    /// The code, `EUR`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// Decimal places of the minor unit: 2 for EUR, 0 for JPY, 3 for KWD.
    pub fn exponent(&self) -> u8 {
        EXPONENTS
            .iter()
            .find(|(code, _)| *code == self.code())
            .map_or(2, |(_, e)| *e)
    }

    /// Every code, in order.
    pub fn all() -> impl Iterator<Item = Currency> {
        CODES
            .split_ascii_whitespace()
            .filter_map(|code| code.parse().ok())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// A text that is not a currency.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a currency is three capital letters of ISO 4217, such as EUR")]
pub struct NotACurrency;

impl FromStr for Currency {
    type Err = NotACurrency;

    fn from_str(text: &str) -> Result<Self, NotACurrency> {
        let bytes: [u8; 3] = text.as_bytes().try_into().map_err(|_| NotACurrency)?;
        if CODES.split_ascii_whitespace().any(|code| code == text) {
            Ok(Self(bytes))
        } else {
            Err(NotACurrency)
        }
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}
impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
impl schemars::JsonSchema for Currency {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Currency".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217 code" })
    }
}

/// The largest amount taken from outside: far above any sale, far below what sums could overflow.
pub const MAX_AMOUNT_MINOR: i64 = 1_000_000_000_000_000;

/// An amount in the minor unit of its currency: `{"amount": 1999, "currency": "EUR"}` is €19.99.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units; the currency's own exponent says how many make one.
    #[serde(rename = "amount")]
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: Currency,
}

/// The same, as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMoney {
    amount: i64,
    currency: Currency,
}

impl<'de> Deserialize<'de> for Money {
    /// Only from an object with both names: a list of two values would leave open which is which.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Named;
        impl<'de> serde::de::Visitor<'de> for Named {
            type Value = Money;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object with amount and currency")
            }

            fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<Money, A::Error> {
                let written =
                    WrittenMoney::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
                Ok(Money::new(written.amount, written.currency))
            }
        }
        from.deserialize_map(Named)
    }
}

/// Amounts of two currencies met.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MoneyError {
    /// They cannot be added.
    #[error("amounts in different currencies are never added")]
    Mixed,
    /// The result does not fit.
    #[error("the amount is too large")]
    Overflow,
    /// A text that is not an amount in this currency.
    #[error("write an amount with at most {0} decimals, such as 12.50")]
    NotAnAmount(u8),
}

impl Money {
    /// An amount of a currency.
    pub fn new(amount_minor: i64, currency: Currency) -> Self {
        Self {
            amount_minor,
            currency,
        }
    }

    /// The sum, within one currency.
    ///
    /// # Errors
    /// [`MoneyError::Mixed`] across currencies, [`MoneyError::Overflow`] beyond `i64`.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed);
        }
        let amount_minor = self
            .amount_minor
            .checked_add(other.amount_minor)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self {
            amount_minor,
            ..self
        })
    }

    /// The same amount owed the other way.
    #[must_use]
    pub fn negated(self) -> Self {
        Self {
            amount_minor: self.amount_minor.saturating_neg(),
            ..self
        }
    }

    /// Reads what a person types: `12`, `12.5`, `12,50` (comma or point, no grouping).
    ///
    /// # Errors
    /// [`MoneyError::NotAnAmount`] for anything else or too many decimals, [`MoneyError::Overflow`] beyond [`MAX_AMOUNT_MINOR`].
    pub fn from_decimal(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let exponent = currency.exponent();
        let amount = decimal_to_scaled(text, exponent).ok_or(MoneyError::NotAnAmount(exponent))?;
        if amount.abs() > MAX_AMOUNT_MINOR {
            Err(MoneyError::Overflow)
        } else {
            Ok(Self::new(amount, currency))
        }
    }

    /// Plain decimal text with a point: `19.99`, `-5`, `1200` (yen).
    pub fn to_decimal(self) -> String {
        scaled_to_decimal(self.amount_minor, self.currency.exponent())
    }
}

/// A percentage as parts per million of the whole: `12.5` (percent) is 125,000. Up to four decimals of a percent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rate(u32);

impl Rate {
    /// From parts per million.
    pub fn from_ppm(ppm: u32) -> Self {
        Self(ppm)
    }

    /// Parts per million.
    pub fn ppm(self) -> u32 {
        self.0
    }

    /// This share of an amount, rounded half away from zero on the minor unit.
    pub fn of(self, amount_minor: i64) -> i64 {
        proportion(amount_minor, i64::from(self.0), 1_000_000)
    }
}

/// `amount × part ÷ whole`, rounded half away from zero; zero where `whole` is zero.
pub fn proportion(amount_minor: i64, part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return 0;
    }
    let product = i128::from(amount_minor) * i128::from(part);
    let whole = i128::from(whole);
    let half = whole.abs() / 2;
    let sign = if (product < 0) == (whole < 0) { 1 } else { -1 };
    let rounded = sign * ((product.abs() + half) / whole.abs());
    i64::try_from(rounded).unwrap_or(if rounded < 0 { i64::MIN } else { i64::MAX })
}

impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = scaled_to_decimal(i64::from(self.0), 4);
        f.write_str(if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.')
        } else {
            &text
        })
    }
}

/// A text that is not a percentage.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("write a percentage from 0 to 100 with at most 4 decimals, such as 12.5")]
pub struct NotARate;

impl FromStr for Rate {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        let ppm = decimal_to_scaled(text.trim_end_matches('%').trim_end(), 4).ok_or(NotARate)?;
        match u32::try_from(ppm) {
            Ok(ppm) if ppm <= 1_000_000 => Ok(Self(ppm)),
            _ => Err(NotARate),
        }
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Rate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
impl schemars::JsonSchema for Rate {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Rate".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^[0-9]{1,3}(\\.[0-9]{1,4})?$", "description": "percent as decimal text" })
    }
}

fn decimal_to_scaled(text: &str, decimals: u8) -> Option<i64> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, fraction) = digits.split_once(['.', ',']).unwrap_or((digits, ""));
    let fits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > 15
        || fraction.len() > usize::from(decimals)
        || !fits(whole)
        || !fits(fraction)
    {
        return None;
    }
    if digits.len() > whole.len() && fraction.is_empty() {
        return None;
    }
    let mut value: i64 = whole.parse().ok()?;
    for place in 0..usize::from(decimals) {
        let digit = fraction
            .as_bytes()
            .get(place)
            .map_or(0, |b| i64::from(b - b'0'));
        value = value.checked_mul(10)?.checked_add(digit)?;
    }
    Some(if negative { -value } else { value })
}

fn scaled_to_decimal(value: i64, decimals: u8) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let scale = 10_u64.pow(u32::from(decimals));
    let (whole, fraction) = (value.unsigned_abs() / scale, value.unsigned_abs() % scale);
    if decimals == 0 {
        format!("{sign}{whole}")
    } else {
        format!(
            "{sign}{whole}.{fraction:0width$}",
            width = usize::from(decimals)
        )
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(amount: i64) -> Money {
        Money::new(amount, "EUR".parse().unwrap())
    }

    #[test]
    fn every_currency_has_its_own_exponent() {
        for (code, exponent) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("RON", 2)] {
            assert_eq!(
                code.parse::<Currency>().unwrap().exponent(),
                exponent,
                "{code}"
            );
        }
        for bad in ["eur", "EURO", "XXX", "", "ABC", "XAU"] {
            assert!(bad.parse::<Currency>().is_err(), "{bad}");
        }
        assert!(
            EXPONENTS
                .iter()
                .all(|(code, _)| code.parse::<Currency>().is_ok())
        );
    }

    #[test]
    fn currencies_are_never_added() {
        assert_eq!(
            eur(1).plus(Money::new(1, "RON".parse().unwrap())),
            Err(MoneyError::Mixed)
        );
        assert_eq!(eur(i64::MAX).plus(eur(1)), Err(MoneyError::Overflow));
        assert_eq!(eur(2).plus(eur(3)), Ok(eur(5)));
    }

    #[test]
    fn typed_amounts() {
        for (text, minor) in [
            ("12", 1200),
            ("12.5", 1250),
            ("12,50", 1250),
            ("-0.01", -1),
            ("0", 0),
        ] {
            assert_eq!(
                Money::from_decimal(text, eur(0).currency),
                Ok(eur(minor)),
                "{text}"
            );
        }
        for bad in [
            "",
            ".",
            "1.",
            ".5",
            "1.234",
            "1 000",
            "1e3",
            "NaN",
            "--1",
            "99999999999999999999",
        ] {
            assert!(Money::from_decimal(bad, eur(0).currency).is_err(), "{bad}");
        }
    }

    #[test]
    fn rates_round_half_away_from_zero() {
        let ten: Rate = "10".parse().unwrap();
        for (amount, share) in [
            (3333, 333),
            (3335, 334),
            (-3335, -334),
            (0, 0),
            (5, 1),
            (4, 0),
        ] {
            assert_eq!(ten.of(amount), share, "{amount}");
        }
        assert_eq!("12.5".parse::<Rate>().unwrap().to_string(), "12.5");
        assert_eq!("100".parse::<Rate>().unwrap().to_string(), "100");
        for bad in ["-1", "100.0001", "12.34567", "abc", ""] {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn decimal_text_round_trips(amount in -MAX_AMOUNT_MINOR..MAX_AMOUNT_MINOR, code in prop::sample::select(vec!["EUR", "JPY", "KWD", "CLF"])) {
            let currency: Currency = code.parse().unwrap();
            let money = Money::new(amount, currency);
            if let Ok(read) = Money::from_decimal(&money.to_decimal(), currency) { prop_assert_eq!(read, money) }
        }

        #[test]
        fn a_share_is_never_more_than_the_whole(amount in -MAX_AMOUNT_MINOR..MAX_AMOUNT_MINOR, ppm in 0_u32..=1_000_000) {
            prop_assert!(Rate::from_ppm(ppm).of(amount).abs() <= amount.abs());
        }
    }
}
