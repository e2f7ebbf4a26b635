//! Refunds in proportion: however a sale is refunded in parts, a partner gives back the same share, and all of it at the end.

use crate::money::{Money, proportion};

/// Why a refund does not fit its sale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRefund {
    /// Another currency than the sale's.
    #[error("a refund is in the currency of its sale, {0}")]
    Currency(crate::money::Currency),
    /// More than is left of the sale.
    #[error("of this sale {left} is left to refund", left = .0.to_decimal())]
    TooMuch(Money),
    /// The sale had no value.
    #[error("this event had no value; leave the amount out to take it back whole")]
    NoValue,
    /// Nothing is left of the sale.
    #[error("this was refunded in full already")]
    AlreadyWhole,
}

/// How much is refunded now: the wish, or all that is left.
///
/// # Errors
/// [`BadRefund`] where the wish does not fit the sale.
pub fn refund_amount(
    sale: Option<Money>,
    refunded_minor: i64,
    refunds: usize,
    wish: Option<Money>,
) -> Result<Option<Money>, BadRefund> {
    let Some(sale) = sale else {
        return match wish {
            Some(_) => Err(BadRefund::NoValue),
            None if refunds > 0 => Err(BadRefund::AlreadyWhole),
            None => Ok(None),
        };
    };
    let left = Money::new(
        sale.amount_minor.saturating_sub(refunded_minor),
        sale.currency,
    );
    if left.amount_minor <= 0 && (sale.amount_minor > 0 || refunds > 0) {
        return Err(BadRefund::AlreadyWhole);
    }
    match wish {
        None => Ok(Some(left)),
        Some(wish) if wish.currency != sale.currency => Err(BadRefund::Currency(sale.currency)),
        Some(wish) if wish.amount_minor > left.amount_minor => Err(BadRefund::TooMuch(left)),
        Some(wish) => Ok(Some(wish)),
    }
}

/// What is to be taken off a commission now, after `refunded` of a sale of `sale` in all (`None`: an event without a value, taken
/// back whole) and with `taken_minor` of it taken off before. The share is worked out on the whole refunded so far, so the
/// roundings of parts never add up to more or less than the commission.
pub fn to_reverse(
    commission_minor: i64,
    taken_minor: i64,
    refunded_and_sale: Option<(i64, i64)>,
) -> i64 {
    let owed_back = match refunded_and_sale {
        Some((refunded, sale)) if refunded < sale => proportion(commission_minor, refunded, sale),
        _ => commission_minor,
    };
    owed_back.saturating_sub(taken_minor).max(0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn eur(amount: i64) -> Money {
        Money::new(amount, "EUR".parse().unwrap())
    }

    #[test]
    fn how_much_may_be_refunded() {
        for (sale, refunded, refunds, wish, answer) in [
            (Some(eur(100)), 0, 0, None, Ok(Some(eur(100)))),
            (Some(eur(100)), 40, 1, None, Ok(Some(eur(60)))),
            (Some(eur(100)), 40, 1, Some(eur(60)), Ok(Some(eur(60)))),
            (
                Some(eur(100)),
                40,
                1,
                Some(eur(61)),
                Err(BadRefund::TooMuch(eur(60))),
            ),
            (Some(eur(100)), 100, 1, None, Err(BadRefund::AlreadyWhole)),
            (Some(eur(0)), 0, 0, None, Ok(Some(eur(0)))),
            (Some(eur(0)), 0, 1, None, Err(BadRefund::AlreadyWhole)),
            (None, 0, 0, None, Ok(None)),
            (None, 0, 1, None, Err(BadRefund::AlreadyWhole)),
            (None, 0, 0, Some(eur(1)), Err(BadRefund::NoValue)),
        ] {
            assert_eq!(
                refund_amount(sale, refunded, refunds, wish),
                answer,
                "{sale:?} {refunded} {wish:?}"
            );
        }
        let ron = Money::new(1, "RON".parse().unwrap());
        assert_eq!(
            refund_amount(Some(eur(100)), 0, 0, Some(ron)),
            Err(BadRefund::Currency(eur(0).currency))
        );
    }

    #[test]
    fn shares_of_a_refund() {
        for (commission, taken, refund, expected) in [
            (400, 0, Some((1999, 1999)), 400),
            (400, 0, Some((1000, 2000)), 200),
            (400, 200, Some((2000, 2000)), 200),
            (1, 0, Some((1, 3)), 0),
            (1, 0, Some((2, 3)), 1),
            (500, 0, None, 500),
            (500, 500, None, 0),
            // Taken back by hand before: nothing more to take.
            (400, 400, Some((1000, 2000)), 0),
        ] {
            assert_eq!(
                to_reverse(commission, taken, refund),
                expected,
                "{commission} {taken} {refund:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn parts_of_a_refund_take_back_exactly_the_commission(
            sale in 1_i64..1_000_000_000, share in 0_u32..=1_000_000, cuts in prop::collection::vec(1_i64..1_000_000, 0..8),
        ) {
            let commission = crate::money::Rate::from_ppm(share).of(sale);
            let (mut refunded, mut taken) = (0, 0);
            let mut parts: Vec<i64> = cuts;
            parts.push(i64::MAX);
            for part in parts {
                refunded = (refunded + part.min(sale)).min(sale);
                let now = to_reverse(commission, taken, Some((refunded, sale)));
                taken += now;
                prop_assert!(now >= 0 && taken <= commission);
                // Never further than one minor unit from the exact share.
                let exact = i128::from(commission) * i128::from(refunded);
                prop_assert!((exact - i128::from(taken) * i128::from(sale)).abs() <= i128::from(sale));
            }
            prop_assert_eq!(taken, commission);
        }
    }
}
