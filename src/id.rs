//! Ids: UUIDv7 inside, TypeID text outside (`prt_01h455vb4pex5vsknk084sn02q`), a type for each kind of thing.
//!
//! Text form after the TypeID specification 0.3: prefix, `_`, 26 characters of lower-case Crockford base32.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::clock::Timestamp;

mod drawn;

pub use drawn::random;

/// A kind of thing that has ids.
pub trait Kind: Send + Sync + 'static {
    /// The prefix of the text form.
    const PREFIX: &'static str;
}

/// The id of a thing of kind `K`.
pub struct Id<K>(Uuid, PhantomData<fn() -> K>);

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl<K> Id<K> {
    /// A new id that begins with the time to the microsecond, so that ids sort as they were made.
    pub fn new(now: Timestamp) -> Self {
        // Without randomness no id is safe to hand out; the time alone still keeps them apart in order.
        let random = random().unwrap_or_else(|| {
            let [a, b, c, d, e, f, g, h] = now.as_micros().to_be_bytes();
            [a, b, c, d, e, f, g, h, a, b]
        });
        Self::drawn(now, random)
    }

    /// An id of this time from bytes drawn elsewhere: what is made from a seed gets the same ids again.
    /// The part below the millisecond stands in the 12 bits after it, as RFC 9562 §6.2 (method 3) allows.
    pub fn drawn(now: Timestamp, mut random: [u8; 10]) -> Self {
        let millis = u64::try_from(now.as_micros() / 1000).unwrap_or(0);
        let fraction = u16::try_from(now.as_micros().rem_euclid(1000) * 4096 / 1000).unwrap_or(0);
        let [high, low, ..] = &mut random;
        [*high, *low] = fraction.to_be_bytes();
        Self(
            uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid(),
            PhantomData,
        )
    }

    /// The smallest id that could have been made at `at`: ranges of ids are ranges of time.
    pub fn floor(at: Timestamp) -> Self {
        let millis = u128::try_from(at.as_micros() / 1000).unwrap_or(0);
        Self(Uuid::from_u128(millis << 80), PhantomData)
    }

    /// From the bare UUID, as the stores keep it.
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// The bare UUID.
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// When it was made (milliseconds of its first 48 bits).
    pub fn made_at(self) -> Timestamp {
        let millis = i64::try_from(self.0.as_u128() >> 80).unwrap_or(0);
        Timestamp::from_micros(millis.saturating_mul(1000))
    }
}

impl<K> Clone for Id<K> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<K> Copy for Id<K> {}
impl<K> PartialEq for Id<K> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<K> Eq for Id<K> {}
impl<K> PartialOrd for Id<K> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<K> Ord for Id<K> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.cmp(&other.0)
    }
}
impl<K> Hash for Id<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<K: Kind> fmt::Display for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.0.as_u128();
        let mut text = [b'0'; 26];
        for (place, slot) in text.iter_mut().enumerate() {
            let shift = 5 * (25 - place);
            let digit = usize::try_from((value >> shift) & 31).unwrap_or(0);
            *slot = ALPHABET.get(digit).copied().unwrap_or(b'0');
        }
        write!(
            f,
            "{}_{}",
            K::PREFIX,
            std::str::from_utf8(&text).unwrap_or_default()
        )
    }
}

impl<K: Kind> fmt::Debug for Id<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not an id of the wanted kind.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("an id here looks like {prefix}_01h455vb4pex5vsknk084sn02q")]
pub struct NotAnId {
    /// The prefix that was wanted.
    pub prefix: &'static str,
}

impl<K: Kind> FromStr for Id<K> {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let bad = NotAnId { prefix: K::PREFIX };
        let Some(digits) = text
            .strip_prefix(K::PREFIX)
            .and_then(|rest| rest.strip_prefix('_'))
        else {
            return Err(bad);
        };
        if digits.len() != 26 || !digits.starts_with(|c| ('0'..='7').contains(&c)) {
            return Err(bad);
        }
        let mut value: u128 = 0;
        for byte in digits.bytes() {
            let Some(digit) = ALPHABET.iter().position(|&a| a == byte) else {
                return Err(bad);
            };
            value = (value << 5) | u128::try_from(digit).unwrap_or(0);
        }
        Ok(Self(Uuid::from_u128(value), PhantomData))
    }
}

impl<K: Kind> Serialize for Id<K> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de, K: Kind> Deserialize<'de> for Id<K> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(from)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl<K: Kind> schemars::JsonSchema for Id<K> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Id_{}", K::PREFIX).into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": format!("^{}_[0-7][0-9a-hjkmnp-tv-z]{{25}}$", K::PREFIX) })
    }
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $alias:ident $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub enum $kind {}
        impl Kind for $kind { const PREFIX: &'static str = $prefix; }
        $(#[$doc])*
        pub type $alias = Id<$kind>;
    )*};
}

kinds! {
    /// A company.
    Tenant TenantId "tnt";
    /// A part of a company.
    Project ProjectId "prj";
    /// A company's own domain.
    Domain DomainId "dom";
    /// A person who signs in.
    User UserId "usr";
    /// A signed-in browser.
    Session SessionId "ses";
    /// A program's key.
    ApiKey ApiKeyId "key";
    /// Somebody who looks after the instance.
    Operator OperatorId "opr";
    /// An operator's signed-in browser.
    OperatorSession OperatorSessionId "ops";
    /// A key of a program that does what operators do.
    OperatorKey OperatorKeyId "opk";
    /// A company somebody asked for.
    Signup SignupId "sup";
    /// A one-time link.
    OneTime OneTimeId "otl";
    /// An event of the audit trail.
    AuditEvent AuditEventId "aud";
    /// A piece of work for later.
    Job JobId "job";
    /// A message to send.
    Mail MailId "eml";
    /// A partner programme.
    Program ProgramId "prg";
    /// A partner.
    Partner PartnerId "prt";
    /// A partner's place in a programme.
    Enrolment EnrolmentId "enr";
    /// A tracked link.
    Link LinkId "lnk";
    /// A visit through a link.
    Click ClickId "clk";
    /// A customer of the company.
    Customer CustomerId "cus";
    /// A reported event: sign-up, sale, refund.
    Event EventId "evt";
    /// Whose work an event was.
    Attribution AttributionId "att";
    /// What a partner earned.
    Commission CommissionId "com";
    /// A correction to what a partner earned.
    Adjustment AdjustmentId "adj";
    /// Payouts that are approved and paid together.
    PayoutBatch PayoutBatchId "pob";
    /// One partner's share of a batch.
    Payout PayoutId "pay";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_form_follows_the_specification() {
        // The specification's own example.
        let uuid: Uuid = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        let id = PartnerId::from_uuid(uuid);
        assert_eq!(id.to_string(), "prt_01h455vb4pex5vsknk084sn02q");
        assert_eq!("prt_01h455vb4pex5vsknk084sn02q".parse(), Ok(id));
    }

    #[test]
    fn wrong_kinds_and_shapes_are_refused() {
        for bad in [
            "",
            "prt_",
            "lnk_01h455vb4pex5vsknk084sn02q",
            "prt_81h455vb4pex5vsknk084sn02q",
            "prt_01h455vb4pex5vsknk084sn02",
            "prt_01H455VB4PEX5VSKNK084SN02Q",
        ] {
            assert!(bad.parse::<PartnerId>().is_err(), "{bad}");
        }
    }

    #[test]
    fn ids_carry_and_sort_by_their_time() {
        let early = Timestamp::from_micros(1_700_000_000_000_000);
        let late = early.plus_days(1);
        assert_eq!(ClickId::new(early).made_at(), early);
        assert!(
            ClickId::new(early) < ClickId::floor(late)
                && ClickId::floor(late) <= ClickId::new(late)
        );
        let after = Timestamp::from_micros(early.as_micros() + 1);
        assert!(ClickId::new(early) < ClickId::new(after));
        assert_eq!(ClickId::new(after).uuid().get_version_num(), 7);
    }
}
