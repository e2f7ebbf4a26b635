//! A message ready to leave, and its MIME form.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lettre::message::header::{Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart};

use super::transport::MailError;
use crate::clock::Timestamp;
use crate::id::MailId;

/// A message with both of its bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Becomes the Message-ID, so that a message sent twice is recognised as one.
    pub id: MailId,
    /// What it is for: `password_reset`, `test`.
    pub kind: String,
    /// The sender, as `address` or `Name <address>`.
    pub from: String,
    /// The one recipient.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The date it carries.
    pub at: Timestamp,
}

/// Tells other machines that nobody waits for an answer (RFC 3834).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

impl Message {
    /// The MIME message: plain text with its HTML alternative.
    pub(super) fn build(&self) -> Result<lettre::Message, MailError> {
        let from = mailbox(&self.from, "sender")?;
        let to = mailbox(&self.to, "recipient")?;
        let id = format!("<{}@{}>", self.id, from.email.domain());
        lettre::Message::builder()
            .from(from)
            .to(to)
            .subject(&self.subject)
            .date(system_time(self.at))
            .message_id(Some(id))
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(
                self.text.clone(),
                self.html.clone(),
            ))
            .map_err(|error| {
                MailError::permanent(format!("The message cannot be written: {error}"))
            })
    }
}

fn mailbox(text: &str, whose: &str) -> Result<Mailbox, MailError> {
    text.parse().map_err(|error| {
        MailError::permanent(format!("The {whose}’s address does not fit: {error}"))
    })
}

fn system_time(at: Timestamp) -> SystemTime {
    let micros = u64::try_from(at.as_micros()).unwrap_or(0);
    UNIX_EPOCH + Duration::from_micros(micros)
}

/// Whether a text is one mail address, with or without a name before it.
pub fn is_address(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// The first web address in a text: what its reader is meant to open.
pub fn first_link(text: &str) -> Option<&str> {
    let start = ["https://", "http://"]
        .into_iter()
        .filter_map(|scheme| text.find(scheme))
        .min()?;
    let rest = text.get(start..)?;
    let end = rest
        .find(|c: char| c.is_whitespace() || matches!(c, '>' | '"' | '<'))
        .unwrap_or(rest.len());
    // A sentence may end with it.
    let link = rest.get(..end)?;
    Some(link.trim_end_matches(['.', ',', ';', ':', '!', '?', ')']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message() -> Message {
        let at = Timestamp::from_micros(1_792_484_040_000_000);
        Message {
            id: MailId::floor(at),
            kind: "test".into(),
            from: "Ärger & Söhne <mail@example.com>".into(),
            to: "ana@example.org".into(),
            subject: "Neues Passwort – jetzt".into(),
            text: "Öffne https://example.com/x?y=1 bitte.".into(),
            html: "<p>Öffne</p>".into(),
            at,
        }
    }

    #[test]
    fn a_link_at_the_end_of_a_sentence_is_the_link_alone() {
        for (text, link) in [
            (
                "Open http://127.0.0.1:18101. Then sign in.",
                "http://127.0.0.1:18101",
            ),
            (
                "(See https://example.com/a.b?c=d.)",
                "https://example.com/a.b?c=d",
            ),
            ("<https://example.com/>", "https://example.com/"),
        ] {
            assert_eq!(first_link(text), Some(link), "{text}");
        }
        assert_eq!(first_link("No link."), None);
    }

    #[test]
    fn a_message_carries_its_id_date_and_both_bodies() {
        let written = String::from_utf8(message().build().unwrap().formatted()).unwrap();
        let id = format!("Message-ID: <{}@example.com>", message().id);
        for wanted in [
            id.as_str(),
            "Date: Tue, 20 Oct 2026 08:14:00 +0000",
            "Auto-Submitted: auto-generated",
            "multipart/alternative",
            "text/plain",
            "text/html",
        ] {
            assert!(written.contains(wanted), "{wanted}\n{written}");
        }
    }

    #[test]
    fn a_subject_cannot_add_headers() {
        let mut sly = message();
        sly.subject = "Hello\r\nBcc: all@example.com".into();
        let written = String::from_utf8(sly.build().unwrap().formatted()).unwrap();
        assert!(!written.contains("\nBcc:"), "{written}");
        sly = message();
        sly.to = "ana@example.org\r\nBcc: all@example.com".into();
        assert!(sly.build().is_err());
    }

    #[test]
    fn links_end_where_the_word_ends() {
        assert_eq!(
            first_link("a https://x.example/r?t=1\nb"),
            Some("https://x.example/r?t=1")
        );
        assert_eq!(
            first_link("<http://x.example/a> b"),
            Some("http://x.example/a")
        );
        assert_eq!(first_link("nothing here"), None);
    }
}
