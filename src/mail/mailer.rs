//! What the operator's configuration says about mail. Where it is silent, the company's own settings speak.

use std::sync::Arc;

use super::memory::MemoryOutbox;
use super::smtp::SmtpServer;
use super::transport::Transport;
use crate::config::{Layer, Mail, PublicUrl, Setting};

/// The configured way out, if there is one, and the sender to use where nobody chose one.
#[derive(Clone, Debug)]
pub struct Mailer(Arc<Configured>);

#[derive(Debug, Clone)]
struct Configured {
    transport: Option<Transport>,
    from: Option<String>,
    usual_from: String,
    transport_origin: String,
    from_origin: String,
}

impl Mailer {
    /// From the configuration; `settings` tell where its values came from.
    pub fn from_config(mail: &Mail, public_url: &PublicUrl, settings: &[Setting]) -> Self {
        let origin = |name: &str| {
            settings
                .iter()
                .find(|setting| setting.key.name == name && setting.origin.layer != Layer::Default)
                .map_or_else(|| name.to_owned(), |setting| setting.origin.to_string())
        };
        let smtp = mail
            .smtp_url
            .as_ref()
            .and_then(|url| SmtpServer::from_url(url.expose()));
        Self(Arc::new(Configured {
            transport: smtp.map(Transport::Smtp),
            from: mail.from.as_ref().map(ToString::to_string),
            usual_from: mail.sender(public_url),
            transport_origin: origin("mail.smtp_url"),
            from_origin: origin("mail.from"),
        }))
    }

    /// A mailer that keeps everything in memory, and the outbox to read it from.
    pub fn memory() -> (Self, MemoryOutbox) {
        let outbox = MemoryOutbox::default();
        let mailer = Self(Arc::new(Configured {
            transport: Some(Transport::Memory(outbox.clone())),
            from: None,
            usual_from: "steading@localhost".to_owned(),
            transport_origin: "memory".to_owned(),
            from_origin: String::new(),
        }));
        (mailer, outbox)
    }

    /// A mailer without a configured server.
    pub fn unset() -> Self {
        Self(Arc::new(Configured {
            transport: None,
            from: None,
            usual_from: "steading@localhost".to_owned(),
            transport_origin: String::new(),
            from_origin: String::new(),
        }))
    }

    /// The configured way out. It wins over the company's settings.
    pub fn transport(&self) -> Option<&Transport> {
        self.0.transport.as_ref()
    }

    /// The configured sender. It wins over the company's settings.
    pub fn from(&self) -> Option<&str> {
        self.0.from.as_deref()
    }

    /// The sender where nobody chose one.
    pub fn usual_from(&self) -> &str {
        &self.0.usual_from
    }

    /// Where the configured server was set: `env STEADING_MAIL__SMTP_URL`.
    pub fn transport_origin(&self) -> &str {
        &self.0.transport_origin
    }

    /// Where the configured sender was set.
    pub fn from_origin(&self) -> &str {
        &self.0.from_origin
    }
}
