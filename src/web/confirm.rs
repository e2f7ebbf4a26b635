//! The page that asks before something cannot be taken back: a page of its own, shown as a dialog
//! where scripts run. The third tier asks for the name to be typed.

use askama::Template;

use super::form::FormErrors;
use super::page::PageShell;

/// A question with its consequences.
#[derive(Debug, Template)]
#[template(path = "confirm.html")]
pub struct Confirm {
    /// The shell; its title is the question ("Archive Slow Kettle?").
    pub shell: PageShell,
    /// What will happen, one sentence each.
    pub consequences: Vec<String>,
    /// Where the form posts to.
    pub action: String,
    /// Fields that travel along.
    pub fields: Vec<(String, String)>,
    /// The button: a verb with its object ("Archive partner").
    pub verb: String,
    /// Is it destructive? Then the button is red.
    pub destructive: bool,
    /// What has to be typed into the field `retype` to go on; empty asks for nothing.
    pub retype: String,
    /// What was typed wrong.
    pub errors: FormErrors,
    /// The way out.
    pub cancel: String,
}

impl Confirm {
    /// A question that posts to `action` and leads back to `cancel`.
    pub fn new(
        shell: PageShell,
        verb: impl Into<String>,
        action: impl Into<String>,
        cancel: impl Into<String>,
    ) -> Self {
        Self {
            shell,
            consequences: Vec::new(),
            action: action.into(),
            fields: Vec::new(),
            verb: verb.into(),
            destructive: false,
            retype: String::new(),
            errors: FormErrors::none(),
            cancel: cancel.into(),
        }
    }

    /// Adds a sentence about what will happen.
    #[must_use]
    pub fn consequence(mut self, sentence: impl Into<String>) -> Self {
        self.consequences.push(sentence.into());
        self
    }

    /// Adds a field that travels along.
    #[must_use]
    pub fn field(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.fields.push((name.into(), value.into()));
        self
    }

    /// Marks it as destructive.
    #[must_use]
    pub fn destructive(mut self) -> Self {
        self.destructive = true;
        self
    }

    /// Asks for this text to be typed first.
    #[must_use]
    pub fn retype(mut self, text: impl Into<String>) -> Self {
        self.retype = text.into();
        self
    }

    /// What the field of the third tier says.
    fn retype_label(&self) -> String {
        format!("Type “{}” to go on", self.retype)
    }
}
