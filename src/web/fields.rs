//! Checking values one by one and telling all that do not fit at once.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::form::FormErrors;
use super::posted::Form;
use crate::error::FieldError;
use crate::money::{Currency, Money};
use crate::{Error, Result};

/// Collects what does not fit. Every method gives a usable stand-in, so that checking goes on; [`Fields::check`] ends it.
#[derive(Debug, Default)]
pub struct Fields(Vec<FieldError>);

impl Fields {
    /// Notes an error.
    pub fn add(&mut self, name: &str, message: impl Into<String>) {
        self.0.push(FieldError::new(name, message));
    }

    /// A text whose length in characters must lie in a range.
    pub fn text(
        &mut self,
        name: &str,
        given: &str,
        length: RangeInclusive<usize>,
        message: &str,
    ) -> String {
        let text = given.trim();
        if !length.contains(&text.chars().count())
            || text
                .chars()
                .any(|c| c.is_control() && c != '\n' && c != '\t' && c != '\r')
        {
            self.add(name, message);
        }
        text.to_owned()
    }

    /// The same, where empty means none.
    pub fn optional_text(
        &mut self,
        name: &str,
        given: &str,
        most: usize,
        message: &str,
    ) -> Option<String> {
        let text = self.text(name, given, 0..=most, message);
        (!text.is_empty()).then_some(text)
    }

    /// Anything that reads itself from text; its own words say what is right.
    pub fn parse<T: FromStr>(&mut self, name: &str, given: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        match given.trim().parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.add(name, sentence(&error.to_string()));
                None
            }
        }
    }

    /// The same, where empty means none.
    pub fn optional<T: FromStr>(&mut self, name: &str, given: &str) -> Option<T>
    where
        T::Err: std::fmt::Display,
    {
        if given.trim().is_empty() {
            None
        } else {
            self.parse(name, given)
        }
    }

    /// A whole number in a range.
    pub fn number(&mut self, name: &str, given: &str, range: RangeInclusive<i64>) -> i64 {
        match given.trim().parse::<i64>() {
            Ok(value) if range.contains(&value) => value,
            _ => {
                self.add(
                    name,
                    format!(
                        "Write a whole number from {} to {}.",
                        range.start(),
                        range.end()
                    ),
                );
                *range.start()
            }
        }
    }

    /// An amount above zero in a currency, as typed.
    pub fn amount(&mut self, name: &str, given: &str, currency: Option<Currency>) -> Option<Money> {
        let currency = currency?;
        match Money::from_decimal(given, currency) {
            Ok(money) if money.amount_minor > 0 => Some(money),
            Ok(_) => {
                self.add(name, "The amount must be above zero.");
                None
            }
            Err(error) => {
                self.add(name, sentence(&error.to_string()));
                None
            }
        }
    }

    /// A mail address, lower-cased. Only the shape is checked; whether it exists, a mail must show.
    pub fn email(&mut self, name: &str, given: &str) -> String {
        let text = given.trim().to_lowercase();
        let fits = text.len() <= 254
            && text.split_once('@').is_some_and(|(local, domain)| {
                !local.is_empty()
                    && local.len() <= 64
                    && domain.len() >= 3
                    && domain.contains('.')
                    && !domain.starts_with('.')
                    && !domain.ends_with('.')
                    && !domain.contains("..")
                    && !domain.contains('@')
            })
            && !text
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c));
        if !fits {
            self.add(name, "Write a mail address such as ana@example.com.");
        }
        text
    }

    /// One of a list of words.
    pub fn choice(&mut self, name: &str, given: &str, words: &[&str]) -> String {
        if !words.contains(&given.trim()) {
            self.add(name, format!("Choose one of: {}.", words.join(", ")));
        }
        given.trim().to_owned()
    }

    /// Whether nothing was wrong so far.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Ends the checking.
    ///
    /// # Errors
    /// [`Error::Invalid`] with everything that was noted.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(self.0))
        }
    }
}

/// Begins with a capital and ends with a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters
        .next()
        .map(|c| c.to_uppercase().to_string())
        .unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

impl From<&[FieldError]> for FormErrors {
    fn from(errors: &[FieldError]) -> Self {
        errors.iter().fold(Self::none(), |all, error| {
            all.with(error.pointer.trim_start_matches('/'), error.message.clone())
        })
    }
}

/// What a form page does with an action's error: errors of values are shown beside the form, others go their own way.
///
/// # Errors
/// Everything that is not about a value of the form.
pub fn shown_in_form(error: Error) -> Result<FormErrors> {
    match error {
        Error::Invalid(fields) => Ok(fields.as_slice().into()),
        Error::Conflict { message, .. } => Ok(FormErrors::none().with("", message)),
        other => Err(other),
    }
}

/// Reads form fields by the same rules as [`Fields`], with the form at hand.
impl Fields {
    /// [`Fields::text`] of a form's field.
    pub fn form_text(
        &mut self,
        form: &Form,
        name: &str,
        length: RangeInclusive<usize>,
        message: &str,
    ) -> String {
        self.text(name, form.text(name), length, message)
    }

    /// [`Fields::email`] of a form's field.
    pub fn form_email(&mut self, form: &Form, name: &str) -> String {
        self.email(name, form.text(name))
    }
}
