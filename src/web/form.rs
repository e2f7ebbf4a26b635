//! What a form template needs: the errors by field name, and the choices of a select.

use crate::error::FieldError;

/// The errors of one submitted form, by the names of its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    /// A form nobody sent yet.
    pub fn none() -> Self {
        Self::default()
    }

    /// The errors of [`crate::Error::Invalid`], as a form shows them.
    pub fn of_fields(errors: &[FieldError]) -> Self {
        Self(
            errors
                .iter()
                .map(|e| {
                    (
                        e.pointer.trim_start_matches('/').to_owned(),
                        e.message.clone(),
                    )
                })
                .collect(),
        )
    }

    /// Adds a sentence that says what is right; an empty field name speaks of the whole form.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push((field.into(), message.into()));
    }

    /// The same, chained.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.add(field, message);
        self
    }

    /// Nothing wrong?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is there one for this field?
    pub fn has(&self, field: &str) -> bool {
        self.0.iter().any(|(name, _)| name == field)
    }

    /// The sentences for one field, in order.
    pub fn of(&self, field: &str) -> String {
        let texts: Vec<&str> = self
            .0
            .iter()
            .filter(|(name, _)| name == field)
            .map(|(_, m)| m.as_str())
            .collect();
        texts.join(" ")
    }

    /// All of them, for the summary on top.
    pub fn iter(&self) -> impl Iterator<Item = &(String, String)> {
        self.0.iter()
    }
}

/// One option of a select, a radio group or a group of ticks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub label: String,
    /// A line below, for radios and ticks.
    pub hint: String,
}

impl Choice {
    /// An option without a line below.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self {
            value: value.into(),
            label: label.into(),
            hint: String::new(),
        }
    }

    /// Adds the line below.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}
