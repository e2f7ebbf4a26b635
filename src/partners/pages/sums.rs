//! Sums of amounts, currency by currency: what is shown beside each other and never added up.

use crate::money::Money;

/// The sums of some amounts, the currency with the most rows first.
pub(super) fn by_currency(amounts: impl IntoIterator<Item = Money>) -> Vec<Money> {
    let mut sums: Vec<(u64, Money)> = Vec::new();
    for amount in amounts {
        match sums
            .iter_mut()
            .find(|(_, sum)| sum.currency == amount.currency)
        {
            Some((many, sum)) => {
                *many += 1;
                sum.amount_minor = sum.amount_minor.saturating_add(amount.amount_minor);
            }
            None => sums.push((1, amount)),
        }
    }
    sums.sort_by_key(|(many, sum)| (std::cmp::Reverse(*many), sum.currency));
    sums.into_iter().map(|(_, sum)| sum).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_stay_apart() {
        let money = |amount, code: &str| Money::new(amount, code.parse().unwrap());
        let sums = by_currency([money(1, "EUR"), money(5, "RON"), money(2, "EUR")]);
        assert_eq!(sums, [money(3, "EUR"), money(5, "RON")]);
        assert!(by_currency([]).is_empty());
    }
}
