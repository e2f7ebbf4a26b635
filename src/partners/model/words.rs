//! The words records carry: states, kinds, outcomes. Each has one text form, the same in the store, the API and the trail.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::db::types::{Word, word};

/// Gives an enum its text form and makes it storable.
macro_rules! texts {
    ($rust:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $rust {
            /// The stored and shown word.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
            /// Every word, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
        }
        impl Word for $rust {
            fn word(&self) -> &str {
                self.as_str()
            }
            fn read(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
        impl std::str::FromStr for $rust {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                Self::read(text).ok_or_else(|| format!("use one of {}", [$($text),*].join(", ")))
            }
        }
        impl std::fmt::Display for $rust {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        word!($rust);
    };
}

/// Whether a programme is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProgramState {
    /// Links lead on and sales earn.
    Active,
    /// Kept for the record.
    Archived,
}
texts!(ProgramState { Active = "active", Archived = "archived" });

/// Where a partner stands. To have applied is not to be approved: only a person of the company does that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PartnerState {
    /// Asked to take part; earns nothing.
    Applied,
    /// Takes part.
    Approved,
    /// Asked and was told no.
    Declined,
    /// Took part; links are closed, nothing is earned or paid for now.
    Suspended,
    /// Kept for the record; what was earned is still paid.
    Archived,
}
texts!(PartnerState {
    Applied = "applied",
    Approved = "approved",
    Declined = "declined",
    Suspended = "suspended",
    Archived = "archived",
});

impl PartnerState {
    /// Whether a partner here counts for the company's plan.
    pub fn counts(self) -> bool {
        matches!(self, Self::Applied | Self::Approved | Self::Suspended)
    }

    /// Whether a partner may go from here to `to`.
    pub fn may_become(self, to: Self) -> bool {
        use PartnerState::{Applied, Approved, Archived, Declined, Suspended};
        matches!(
            (self, to),
            (Applied | Declined, Approved)
                | (Applied, Declined)
                | (Approved, Suspended)
                | (Suspended, Approved)
                | (Applied | Approved | Declined | Suspended, Archived)
        )
    }
}

/// Whether a partner's place in a programme is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EnrolmentState {
    /// Takes part.
    Active,
    /// Took part.
    Ended,
}
texts!(EnrolmentState { Active = "active", Ended = "ended" });

/// Whether a link leads on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Leads on.
    Active,
    /// Answers that it is no longer here.
    Archived,
}
texts!(LinkState { Active = "active", Archived = "archived" });

/// Why a click earns nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClickFlag {
    /// One visitor came through one link too often in a minute.
    Flood,
    /// A program that says it is one.
    Bot,
    /// Flagged by a person.
    Manual,
}
texts!(ClickFlag { Flood = "flood", Bot = "bot", Manual = "manual" });

/// Who said which customer a click was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentitySource {
    /// The company's server, with a key.
    Server,
    /// A visitor's browser, which anybody may imitate.
    Browser,
}
texts!(IdentitySource { Server = "server", Browser = "browser" });

/// What attribution made of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A partner's click led to it.
    Attributed,
    /// Neither a customer nor a click was named.
    NoCustomer,
    /// No click of this customer is known.
    NoClick,
    /// Clicks are known, all too old or later than the event.
    OutsideWindow,
    /// A click fits in time, but it is flagged, or its partner, enrolment or programme does not earn.
    NotEarning,
}
texts!(Outcome {
    Attributed = "attributed",
    NoCustomer = "no_customer",
    NoClick = "no_click",
    OutsideWindow = "outside_window",
    NotEarning = "not_earning",
});

/// Where a commission stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CommissionState {
    /// Earned, waiting for its hold or a person.
    Pending,
    /// To be paid with the next payout.
    Approved,
    /// Paid.
    Paid,
    /// Taken back in full before it was paid.
    Reversed,
}
texts!(CommissionState {
    Pending = "pending",
    Approved = "approved",
    Paid = "paid",
    Reversed = "reversed",
});

/// Where a payout and its batch stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PayoutState {
    /// Drawn up, to be looked at.
    Draft,
    /// Looked at.
    Approved,
    /// The file for the bank was taken.
    Exported,
    /// The money left.
    Paid,
    /// Given up; its commissions are free again.
    Cancelled,
}
texts!(PayoutState {
    Draft = "draft",
    Approved = "approved",
    Exported = "exported",
    Paid = "paid",
    Cancelled = "cancelled",
});

impl PayoutState {
    /// Whether a batch may go from here to `to`. An export may be taken again.
    pub fn may_become(self, to: Self) -> bool {
        use PayoutState::{Approved, Cancelled, Draft, Exported, Paid};
        matches!(
            (self, to),
            (Draft, Approved)
                | (Approved | Exported, Exported)
                | (Exported, Paid)
                | (Draft | Approved | Exported, Cancelled)
        )
    }
}

/// Why a partner's account was corrected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdjustmentKind {
    /// A sale was refunded after its commission was paid.
    Refund,
    /// A person took a paid commission back.
    Reversal,
    /// A person added it.
    Manual,
}
texts!(AdjustmentKind { Refund = "refund", Reversal = "reversal", Manual = "manual" });

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_and_store_use_the_same_words() {
        for state in PartnerState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
            assert_eq!(state.as_str().parse(), Ok(*state));
        }
        for outcome in Outcome::ALL {
            assert_eq!(serde_json::to_value(outcome).unwrap(), outcome.as_str());
        }
        for state in PayoutState::ALL {
            assert_eq!(serde_json::to_value(state).unwrap(), state.as_str());
        }
        assert!("approvd".parse::<PartnerState>().is_err());
    }

    #[test]
    fn an_application_is_not_an_approval() {
        use PartnerState::{Applied, Approved, Archived, Declined, Suspended};
        for (from, to, may) in [
            (Applied, Approved, true),
            (Declined, Approved, true),
            (Applied, Suspended, false),
            (Approved, Declined, false),
            (Suspended, Approved, true),
            (Archived, Approved, false),
            (Approved, Approved, false),
        ] {
            assert_eq!(from.may_become(to), may, "{from} -> {to}");
        }
    }

    #[test]
    fn nothing_leaves_paid_or_cancelled() {
        for to in PayoutState::ALL {
            assert!(!PayoutState::Paid.may_become(*to));
            assert!(!PayoutState::Cancelled.may_become(*to));
        }
        assert!(!PayoutState::Draft.may_become(PayoutState::Exported));
        assert!(!PayoutState::Approved.may_become(PayoutState::Paid));
    }
}
