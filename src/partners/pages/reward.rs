//! The fields of a form that say what an event earns: kind, rate, amount, currency.

use crate::money::{Currency, Rate};
use crate::partners::model::Reward;
use crate::web::form::Choice;
use crate::web::{Fields, Form};

/// The kinds, each with what it means.
pub(super) fn kinds() -> Vec<Choice> {
    vec![
        Choice::new("percent", "Part of the value")
            .hint("The same percentage of every sale, in the sale's own currency."),
        Choice::new("fixed", "Fixed amount")
            .hint("The same amount for every event, whatever it is worth."),
    ]
}

/// Reads the fields; nothing where they do not fit (the errors say why).
pub(super) fn read(form: &Form, fields: &mut Fields) -> Option<Reward> {
    match form.text("kind") {
        "percent" => {
            let rate: Rate = fields.parse("rate", form.text("rate"))?;
            if rate.ppm() == 0 {
                fields.add("rate", "Choose more than 0 percent.");
                return None;
            }
            Some(Reward::Percent { rate })
        }
        "fixed" => {
            let currency: Option<Currency> = fields.parse("currency", form.text("currency"));
            let value = fields.amount("amount", form.text("amount"), currency)?;
            Some(Reward::Fixed { value })
        }
        _ => {
            fields.add("kind", "Choose one of the two.");
            None
        }
    }
}

/// The fields as a record fills them; `currency` stands where the reward has none.
pub(super) fn pairs(reward: Option<Reward>, currency: Currency) -> Vec<(&'static str, String)> {
    let none = String::new;
    let (kind, rate, amount, currency) = match reward {
        Some(Reward::Percent { rate }) => ("percent", rate.to_string(), none(), currency),
        Some(Reward::Fixed { value }) => ("fixed", none(), value.to_decimal(), value.currency),
        None => ("", none(), none(), currency),
    };
    vec![
        ("kind", kind.to_owned()),
        ("rate", rate),
        ("amount", amount),
        ("currency", currency.to_string()),
    ]
}

/// Every currency, the company's own first.
pub(super) fn currencies(own: Currency) -> Vec<Choice> {
    std::iter::once(own)
        .chain(Currency::all().filter(|currency| *currency != own))
        .map(|currency| Choice::new(currency.code(), currency.code()))
        .collect()
}
