//! Two people edited one record: the second sees both versions and decides, instead of writing over the first unseen.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::page::{PageShell, html};
use super::posted::Form;
use super::{csrf, sent_once};

/// A field that both changed, or that differs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The field, in words.
    pub label: String,
    /// What is saved.
    pub theirs: String,
    /// What was typed.
    pub mine: String,
}

/// The page with both versions.
#[derive(Debug, Template)]
#[template(path = "conflict.html")]
pub struct ConflictPage {
    shell: PageShell,
    differences: Vec<Difference>,
    action: String,
    fields: Vec<(String, String)>,
    cancel: String,
}

impl ConflictPage {
    /// A page whose form sends `form` again over version `version`, to `action`; `cancel` shows the record as it is.
    pub fn new(
        shell: PageShell,
        form: &Form,
        version: i64,
        action: impl Into<String>,
        cancel: impl Into<String>,
    ) -> Self {
        let ours = [csrf::FIELD, sent_once::FIELD, "version"];
        let mut fields: Vec<(String, String)> = form
            .pairs()
            .iter()
            .filter(|(name, _)| !ours.contains(&name.as_str()))
            .cloned()
            .collect();
        fields.push(("version".to_owned(), version.to_string()));
        fields.push((sent_once::FIELD.to_owned(), sent_once::number()));
        Self {
            shell,
            differences: Vec::new(),
            action: action.into(),
            fields,
            cancel: cancel.into(),
        }
    }

    /// Shows a field where the two differ.
    #[must_use]
    pub fn field(
        mut self,
        label: &str,
        theirs: impl Into<String>,
        mine: impl Into<String>,
    ) -> Self {
        let (theirs, mine) = (theirs.into(), mine.into());
        if theirs != mine {
            self.differences.push(Difference {
                label: label.to_owned(),
                theirs,
                mine,
            });
        }
        self
    }

    /// The answer: 412.
    pub fn answer(&self) -> HttpResponse {
        html(StatusCode::PRECONDITION_FAILED, self)
    }
}
