//! Sums of amounts, currency by currency: what is shown beside each other and never added up.

use crate::money::Money;
use crate::web::format::{Format, NONE};

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

/// Several currencies on a card: the first as its figure, the others to stand in the line below.
pub(super) fn on_card(sums: &[Money], format: &Format) -> (String, String) {
    match sums.split_first() {
        None => (NONE.to_owned(), String::new()),
        Some((first, [])) => (format.money(*first), String::new()),
        Some((first, others)) => (
            format.money(*first),
            format!("and {}, ", format.sums(others)),
        ),
    }
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
        let format = Format::default();
        assert_eq!(on_card(&[], &format).0, NONE);
        let (figure, note) = on_card(&sums, &format);
        assert_eq!(
            (figure.as_str(), note.as_str()),
            ("€0.03", "and RON\u{a0}0.05, ")
        );
    }
}
