//! What an event is made of, as sent, and the rules it must fit.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Result;
use crate::clock::Timestamp;
use crate::id::ClickId;
use crate::money::{MAX_AMOUNT_MINOR, Money};
use crate::web::Fields;

/// Refunds have their own door.
pub(super) const REFUND: &str = "refund";
/// Longest name of a customer or event of the company's.
const LONGEST_ID: usize = 200;
/// Most that is remembered beside an event, as JSON text.
const LONGEST_METADATA: usize = 8 * 1024;
/// Clocks of shops may be this much ahead.
const AHEAD: Duration = Duration::from_secs(300);
/// 2000-01-01: nothing reported happened before.
const EARLIEST: i64 = 946_684_800_000_000;

/// An event to report.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEvent {
    /// The company's id of the customer.
    #[serde(default)]
    pub customer_id: Option<String>,
    /// The click's reference, as `steading.js` gives it. A click that is not known is as none.
    #[serde(default)]
    pub click: Option<ClickId>,
    /// `sale`, `signup` or any other word.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it was worth.
    #[serde(default)]
    pub value: Option<Money>,
    /// The company's id of the event: the same id again is the same event.
    pub external_id: String,
    /// When it happened; now where absent.
    #[serde(default)]
    pub occurred_at: Option<Timestamp>,
    /// What the company wants to remember of it, up to 8 KiB.
    #[serde(default)]
    pub metadata: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Whether a text may be an event's type.
pub fn is_type(text: &str) -> bool {
    (1..=80).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_-.:".contains(&b))
}

/// The rules every event fits. `at` is where it stands in a batch, as a JSON pointer.
pub(super) fn check(fields: &mut Fields, at: &str, event: &NewEvent, now: Timestamp) {
    let place = |name: &str| format!("{at}/{name}");
    if !is_type(&event.kind) {
        fields.add(
            &place("type"),
            "Use 1 to 80 letters, digits, “_”, “-”, “.” or “:”, such as sale.",
        );
    } else if event.kind == REFUND {
        fields.add(&place("type"), "Report refunds at /refunds.");
    }
    external_id(fields, &place("external_id"), &event.external_id);
    if let Some(customer) = &event.customer_id {
        external_id(fields, &place("customer_id"), customer);
    }
    if let Some(value) = event.value {
        amount(fields, &place("value/amount"), value);
    }
    if let Some(at) = event.occurred_at {
        time(fields, &place("occurred_at"), at, now);
    }
    if let Some(metadata) = &event.metadata {
        let text = serde_json::to_string(metadata).unwrap_or_default();
        if text.len() > LONGEST_METADATA {
            fields.add(&place("metadata"), "Keep it below 8 KiB.");
        }
    }
}

/// A name that the company gave to something.
pub(super) fn external_id(fields: &mut Fields, place: &str, text: &str) {
    let fits = (1..=LONGEST_ID).contains(&text.chars().count())
        && !text.chars().any(char::is_control)
        && text.trim() == text;
    if !fits {
        fields.add(
            place,
            "Use 1 to 200 characters, without control characters or spaces around them.",
        );
    }
}

/// An amount of a sale or refund.
pub(super) fn amount(fields: &mut Fields, place: &str, value: Money) {
    if !(0..=MAX_AMOUNT_MINOR).contains(&value.amount_minor) {
        fields.add(
            place,
            format!("Use whole minor units from 0 to {MAX_AMOUNT_MINOR}."),
        );
    }
}

/// A time at which something reported may have happened.
pub(super) fn time(fields: &mut Fields, place: &str, at: Timestamp, now: Timestamp) {
    if at.as_micros() < EARLIEST || at > now.plus(AHEAD) {
        fields.add(
            place,
            "Use the time it happened: after 1999 and not in the future.",
        );
    }
}

/// The same for one event by itself.
pub(super) fn check_one(event: &NewEvent, now: Timestamp) -> Result<()> {
    let mut fields = Fields::default();
    check(&mut fields, "", event, now);
    fields.check()
}
