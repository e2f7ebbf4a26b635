//! A mail server: where it is, how it is secured, who we are there.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use lettre::Transport as _;
use lettre::transport::smtp::SmtpTransport;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use url::Url;

use super::letter::Message;
use super::transport::MailError;
use crate::config::Secret;

/// No step of a conversation may take longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the line is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// STARTTLS, or nothing is sent.
    StartTls,
    /// STARTTLS where the server offers it.
    Opportunistic,
    /// In the clear: for a server on the same machine.
    None,
}

impl Security {
    /// The word stored and sent by forms.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tls => "tls",
            Self::StartTls => "starttls",
            Self::Opportunistic => "opportunistic",
            Self::None => "none",
        }
    }

    /// The port such servers listen on.
    pub fn usual_port(self) -> u16 {
        match self {
            Self::Tls => 465,
            Self::StartTls | Self::Opportunistic => 587,
            Self::None => 25,
        }
    }
}

impl FromStr for Security {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Tls, Self::StartTls, Self::Opportunistic, Self::None]
            .into_iter()
            .find(|security| security.as_str() == text)
            .ok_or(())
    }
}

/// A mail server that takes our mail. `Debug` shows no password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpServer {
    /// Its name, which its certificate must carry.
    pub host: String,
    /// The port.
    pub port: u16,
    /// How the line is secured.
    pub security: Security,
    /// Who we are there.
    pub user: Option<String>,
    /// And how we prove it.
    pub password: Option<Secret>,
    /// The address to connect to instead of asking the resolver: set where the address was checked before.
    pub address: Option<IpAddr>,
}

impl fmt::Display for SmtpServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

impl SmtpServer {
    /// The server a `mail.smtp_url` names; the configuration has checked its form.
    pub(super) fn from_url(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let wanted = url
            .query_pairs()
            .find(|(name, _)| name == "tls")
            .map(|(_, value)| value.into_owned());
        let security = match (url.scheme(), wanted.as_deref()) {
            ("smtps", _) => Security::Tls,
            (_, Some("required")) => Security::StartTls,
            (_, Some("opportunistic")) => Security::Opportunistic,
            _ => Security::None,
        };
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Some(Self {
            host: url.host_str()?.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(security.usual_port()),
            security,
            user: Some(plain(url.username())).filter(|user| !user.is_empty()),
            password: url.password().map(|password| Secret::new(plain(password))),
            address: None,
        })
    }

    /// Sends one message and returns the server's answer. Blocks.
    pub(super) fn send(&self, message: &Message) -> Result<String, MailError> {
        let letter = message.build()?;
        let sender = letter
            .envelope()
            .from()
            .map(|from| from.domain().to_owned());
        let answer = self.connect(sender)?.send(&letter).map_err(explain)?;
        let words: Vec<&str> = answer.message().collect();
        Ok(format!("{} {}", answer.code(), words.join(" "))
            .trim_end()
            .to_owned())
    }

    fn connect(&self, hello: Option<String>) -> Result<SmtpTransport, MailError> {
        let tls = || TlsParameters::new(self.host.clone()).map_err(explain);
        let tls = match self.security {
            Security::Tls => Tls::Wrapper(tls()?),
            Security::StartTls => Tls::Required(tls()?),
            Security::Opportunistic => Tls::Opportunistic(tls()?),
            Security::None => Tls::None,
        };
        let server = self
            .address
            .map_or_else(|| self.host.clone(), |address| address.to_string());
        let mut builder = SmtpTransport::builder_dangerous(server)
            .port(self.port)
            .tls(tls)
            .timeout(Some(PATIENCE));
        if let Some(domain) = hello {
            builder = builder.hello_name(ClientId::Domain(domain));
        }
        if let Some(user) = &self.user {
            let password = self
                .password
                .as_ref()
                .map_or("", |password| password.expose());
            builder = builder.credentials(Credentials::new(user.clone(), password.to_owned()));
        }
        Ok(builder.build())
    }
}

/// The server's refusal, or what kept us from reaching it, in one line.
fn explain(error: lettre::transport::smtp::Error) -> MailError {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    MailError {
        permanent: error.is_permanent(),
        answer: text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_servers_are_read_as_written() {
        let read = |text| SmtpServer::from_url(text).unwrap();
        let full = read("smtps://ana%40example.com:p%2Fw@smtp.example.com");
        assert_eq!((full.port, full.security), (465, Security::Tls));
        assert_eq!(full.user.as_deref(), Some("ana@example.com"));
        assert_eq!(full.password.as_ref().map(Secret::expose), Some("p/w"));
        let bare = read("smtp://localhost");
        assert_eq!(
            (bare.port, bare.security, bare.user),
            (25, Security::None, None)
        );
        let upgraded = read("smtp://u:p@h.example?tls=required");
        assert_eq!(
            (upgraded.port, upgraded.security),
            (587, Security::StartTls)
        );
        assert!(!format!("{full:?}").contains("p/w"));
    }
}
