//! How mail leaves.

use std::fmt;
use std::str::FromStr;

use lettre::message::Mailbox;
use url::Url;

use super::key::{Fallback, Key, Kind, Secrecy};
use super::reader::Reader;
use super::secret::{Secret, redact_url};
use super::server::PublicUrl;

/// How mail leaves.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The server that takes our mail; without one, mails are kept on the outbox page.
    pub smtp_url: Option<SmtpUrl>,
    /// The sender, if it was given; see [`Mail::sender`].
    pub from: Option<Mailbox>,
}

pub(super) const KEYS: &[Key] = &[
    Key::new("mail.smtp_url", Kind::Url, Fallback::Unset("mails are logged and kept on the outbox page"))
        .secrecy(Secrecy::UrlPassword)
        .example("smtps://mailer@smtp.example.com")
        .doc("The mail server: `smtps://user:password@host:465` for TLS from the start, `smtp://user:password@host:587?tls=required` for STARTTLS, `smtp://host:25` for neither. Characters such as `@` in the password are written as `%40`."),
    Key::new("mail.from", Kind::Email, Fallback::Derived("`steading@` and the host of `server.public_url`"))
        .example("Example Ltd <partners@example.com>")
        .doc("The sender of all mails, as `address` or `Name <address>`."),
];

impl Mail {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let smtp_url = reader.parse::<SmtpUrl>("mail.smtp_url");
        let from = reader.parse_with("mail.from", mailbox);
        Some(Self { smtp_url, from })
    }

    /// The sender: the one given, else `steading@` the host people use.
    pub fn sender(&self, public_url: &PublicUrl) -> String {
        match &self.from {
            Some(from) => from.to_string(),
            None => sender_at(public_url),
        }
    }
}

/// The sender when none is given. Nobody takes mail from a bare address of a machine, and the mail library reads none.
pub(super) fn sender_at(public_url: &PublicUrl) -> String {
    let host = public_url.host();
    match host.parse::<std::net::IpAddr>() {
        Ok(_) => "steading@localhost".to_owned(),
        Err(_) => format!("steading@{host}"),
    }
}

fn mailbox(text: &str) -> Result<Mailbox, String> {
    text.parse()
        .map_err(|_| "is not a mail address such as Example Ltd <partners@example.com>".to_owned())
}

/// An address without a name.
pub(super) fn plain_address(text: &str) -> Result<String, String> {
    text.parse::<lettre::Address>()
        .map(|address| address.to_string())
        .map_err(|_| "is not a mail address such as ada@example.com".to_owned())
}

/// `smtp://` or `smtps://`. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub struct SmtpUrl(Secret);

impl SmtpUrl {
    /// With its password, for connecting.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl fmt::Display for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact_url(self.expose()))
    }
}

impl fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for SmtpUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
        if !matches!(url.scheme(), "smtp" | "smtps") {
            return Err("must begin with smtp:// or smtps://".to_owned());
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("names no host".to_owned());
        }
        for (name, value) in url.query_pairs() {
            if name != "tls" || !matches!(value.as_ref(), "required" | "opportunistic") {
                return Err(
                    "may carry only ?tls=required or ?tls=opportunistic behind the host".to_owned(),
                );
            }
        }
        Ok(Self(Secret::new(text)))
    }
}
