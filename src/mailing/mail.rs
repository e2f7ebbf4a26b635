//! A mail as it is written, and as it is kept.

use super::letters::Letter;
use crate::clock::Timestamp;
use crate::id::MailId;

/// A mail to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mail {
    /// The one recipient's address.
    pub to: String,
    /// What it is for: `password_reset`, `test`.
    pub kind: &'static str,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// Whether the body carries something only its reader may have, such as a one-time link: then it is sealed at rest.
    pub confidential: bool,
}

impl Mail {
    /// From a written letter.
    pub fn of(kind: &'static str, to: &str, letter: Letter) -> Self {
        Self {
            to: to.to_owned(),
            kind,
            subject: letter.subject,
            text: letter.text,
            html: letter.html,
            confidential: false,
        }
    }

    /// Marks the body as nobody's but its reader's.
    #[must_use]
    pub fn confidential(mut self) -> Self {
        self.confidential = true;
        self
    }
}

/// Where a mail is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Will be sent, or tried again.
    Waiting,
    /// A server took it.
    Sent,
    /// No server is set: it was written to the log and stays here.
    Logged,
    /// Given up.
    Failed,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Logged, Self::Failed];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Logged => "logged",
            Self::Failed => "failed",
        }
    }

    /// From the word stored.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// A mail as the outbox keeps it, its body opened where the caller asked for that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMail {
    /// Its id.
    pub id: MailId,
    /// What it is for.
    pub kind: String,
    /// To whom.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text; sealed where it was not opened.
    pub text: String,
    /// The HTML; sealed where it was not opened.
    pub html: String,
    /// See [`State`].
    pub state: String,
    /// The server's answer to the last attempt that failed.
    pub error: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When a server took it.
    pub sent_at: Option<Timestamp>,
}

impl StoredMail {
    /// What its reader is meant to open.
    pub fn link(&self) -> Option<&str> {
        crate::mail::first_link(&self.text)
    }
}

/// Which mails are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this state.
    pub state: Option<State>,
    /// Of this kind.
    pub kind: Option<String>,
    /// To an address, or with a subject, that contains this.
    pub q: Option<String>,
}
