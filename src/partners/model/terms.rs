//! What an event earns: whose terms apply, how much that is, and when it may be paid.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{CommissionState, Enrolment, Program};
use crate::clock::Timestamp;
use crate::money::{Money, Rate};

/// What a partner gets for an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reward {
    /// A share of the event's value, in the event's currency.
    Percent {
        /// `"12.5"` is 12.5 percent.
        rate: Rate,
    },
    /// The same amount for each event, in its own currency.
    Fixed {
        /// The amount.
        value: Money,
    },
}

impl Reward {
    /// What an event of this value earns; nothing where that is no money at all.
    pub fn earned(self, value: Option<Money>) -> Option<Money> {
        let earned = match self {
            Self::Fixed { value } => value,
            Self::Percent { rate } => {
                let value = value?;
                Money::new(rate.of(value.amount_minor), value.currency)
            }
        };
        (earned.amount_minor > 0).then_some(earned)
    }
}

/// What holds for one partner in one programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// What an event earns.
    pub reward: Reward,
    /// Days a commission waits for refunds.
    pub holding_days: i64,
}

/// The enrolment's own terms where it has them, else the programme's; reward and holding each on their own.
pub fn terms(program: &Program, enrolment: &Enrolment) -> Terms {
    Terms {
        reward: enrolment.commission.unwrap_or(program.commission),
        holding_days: enrolment.holding_days.unwrap_or(program.holding_days),
    }
}

/// Until when a commission waits. It is fixed when the commission is made, so later changes of terms leave it alone.
pub fn hold_until(occurred_at: Timestamp, holding_days: i64) -> Timestamp {
    occurred_at.plus_days(holding_days)
}

/// Whether a commission may be approved without a person: the one rule the job, the list and the page ask.
pub fn is_mature(state: CommissionState, hold_until: Timestamp, now: Timestamp) -> bool {
    state == CommissionState::Pending && hold_until <= now
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(amount: i64, code: &str) -> Money {
        Money::new(amount, code.parse().unwrap())
    }

    #[test]
    fn what_an_event_earns() {
        let percent = |rate: &str| Reward::Percent {
            rate: rate.parse().unwrap(),
        };
        let fixed = Reward::Fixed {
            value: money(500, "EUR"),
        };
        for (reward, value, earned) in [
            (
                percent("20"),
                Some(money(1999, "EUR")),
                Some(money(400, "EUR")),
            ),
            (
                percent("12.5"),
                Some(money(1000, "JPY")),
                Some(money(125, "JPY")),
            ),
            (percent("10"), Some(money(5, "KWD")), Some(money(1, "KWD"))),
            (percent("10"), Some(money(4, "EUR")), None),
            (percent("10"), Some(money(0, "EUR")), None),
            (percent("10"), None, None),
            (percent("0"), Some(money(1000, "EUR")), None),
            (fixed, None, Some(money(500, "EUR"))),
            (fixed, Some(money(10, "RON")), Some(money(500, "EUR"))),
        ] {
            assert_eq!(reward.earned(value), earned, "{reward:?} of {value:?}");
        }
    }

    #[test]
    fn rewards_read_and_write_the_same_text() {
        for text in [
            r#"{"type":"percent","rate":"12.5"}"#,
            r#"{"type":"fixed","value":{"amount":500,"currency":"EUR"}}"#,
        ] {
            let reward: Reward = serde_json::from_str(text).unwrap();
            assert_eq!(serde_json::to_string(&reward).unwrap(), text);
        }
        for bad in [
            r#"{"type":"percent","rate":12.5}"#,
            r#"{"type":"percent","rate":"12.5","value":1}"#,
            r#"{"type":"share","rate":"12.5"}"#,
        ] {
            assert!(serde_json::from_str::<Reward>(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_hold_ends_at_its_instant() {
        let sale = Timestamp::from_micros(1_700_000_000_000_000);
        let until = hold_until(sale, 14);
        assert!(!is_mature(
            CommissionState::Pending,
            until,
            sale.plus_days(13)
        ));
        assert!(is_mature(
            CommissionState::Pending,
            until,
            sale.plus_days(14)
        ));
        assert!(is_mature(
            CommissionState::Pending,
            hold_until(sale, 0),
            sale
        ));
        assert!(!is_mature(CommissionState::Paid, until, sale.plus_days(20)));
    }

    proptest! {
        #[test]
        fn a_share_never_exceeds_the_sale(amount in 0..crate::money::MAX_AMOUNT_MINOR, ppm in 0_u32..=1_000_000) {
            let value = money(amount, "EUR");
            let earned = Reward::Percent { rate: Rate::from_ppm(ppm) }.earned(Some(value));
            prop_assert!(earned.is_none_or(|earned| earned.amount_minor <= amount && earned.currency == value.currency));
        }
    }
}
