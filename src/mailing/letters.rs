//! The letters we write: a subject, a text and its HTML each, from `templates/email/NAME/`. Each has its facts in one struct.

use askama::Template;

use crate::{Error, Result};

/// A written letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl Letter {
    /// From its three templates.
    fn of(subject: &impl Template, text: &impl Template, html: &impl Template) -> Result<Self> {
        let write =
            |template: askama::Result<String>| template.map_err(|e| Error::Internal(Box::new(e)));
        Ok(Self {
            subject: write(subject.render())?.trim().to_owned(),
            text: write(text.render())?,
            html: write(html.render())?,
        })
    }
}

struct Reset<'a> {
    company: &'a str,
    link: &'a str,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "email/password_reset/subject.txt")]
struct ResetSubject<'a> {
    facts: &'a Reset<'a>,
}

#[derive(Template)]
#[template(path = "email/password_reset/body.txt")]
struct ResetText<'a> {
    facts: &'a Reset<'a>,
}

#[derive(Template)]
#[template(path = "email/password_reset/body.html")]
struct ResetHtml<'a> {
    facts: &'a Reset<'a>,
}

/// A link to choose a new password. Queue it as confidential.
///
/// # Errors
/// Where the templates fail.
pub fn password_reset(company: &str, link: &str, minutes: u64) -> Result<Letter> {
    let facts = &Reset {
        company,
        link,
        minutes,
    };
    Letter::of(
        &ResetSubject { facts },
        &ResetText { facts },
        &ResetHtml { facts },
    )
}

#[derive(Template)]
#[template(path = "email/test/subject.txt")]
struct TestSubject {}

#[derive(Template)]
#[template(path = "email/test/body.txt")]
struct TestText<'a> {
    address: &'a str,
}

#[derive(Template)]
#[template(path = "email/test/body.html")]
struct TestHtml<'a> {
    address: &'a str,
}

/// The test mail of the instance at `address`.
///
/// # Errors
/// Where the templates fail.
pub(super) fn test(address: &str) -> Result<Letter> {
    Letter::of(
        &TestSubject {},
        &TestText { address },
        &TestHtml { address },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_escapes_in_its_html_alone() {
        let letter = password_reset("Bread & Co", "https://x.example/reset?a=1&b=2", 60).unwrap();
        assert_eq!(letter.subject, "Choose a new password for Bread & Co");
        assert!(letter.text.contains("https://x.example/reset?a=1&b=2"));
        assert!(letter.html.contains("Bread &#38; Co") || letter.html.contains("Bread &amp; Co"));
        assert!(!letter.html.contains("b=2&b"));
    }
}
