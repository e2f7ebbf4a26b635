//! The ways out, behind one `send`.

use std::time::{Duration, Instant};

use super::letter::{Message, first_link};
use super::memory::MemoryOutbox;
use super::smtp::SmtpServer;

/// Where messages go.
#[derive(Clone, Debug)]
pub enum Transport {
    /// A mail server takes them.
    Smtp(SmtpServer),
    /// No mail server is set: the link is written to the log and the mail stays on the outbox page.
    Log,
    /// Tests read them.
    Memory(MemoryOutbox),
}

/// What the other side said when it took a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Its answer, word for word.
    pub answer: String,
    /// From the first connection to the answer.
    pub took: Duration,
    /// Whether it left the machine (false: it was only logged).
    pub left: bool,
}

/// Why a message was not taken. The text may be shown to whoever set the server up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{answer}")]
pub struct MailError {
    /// Trying again cannot help.
    pub permanent: bool,
    /// What the server said, or what stood in the way of asking it.
    pub answer: String,
}

impl MailError {
    pub(super) fn permanent(answer: impl Into<String>) -> Self {
        Self {
            permanent: true,
            answer: answer.into(),
        }
    }

    pub(super) fn passing(answer: impl Into<String>) -> Self {
        Self {
            permanent: false,
            answer: answer.into(),
        }
    }
}

impl Transport {
    /// Sends one message. Waits for the server's answer, off the event loop.
    ///
    /// # Errors
    /// What the server said, or why it could not be asked.
    pub async fn send(&self, message: Message) -> Result<Receipt, MailError> {
        let began = Instant::now();
        let (answer, left) = match self {
            Self::Smtp(server) => {
                let server = server.clone();
                let answer = tokio::task::spawn_blocking(move || server.send(&message))
                    .await
                    .map_err(|_| MailError::passing("The sender stopped."))??;
                (answer, true)
            }
            Self::Log => {
                // The one place where a link is logged: without a mail server the operator has no other way to it.
                tracing::info!(
                    mail.id = %message.id,
                    mail.kind = %message.kind,
                    link = first_link(&message.text).unwrap_or("none"),
                    "No mail server is set, so this mail stays here"
                );
                (
                    "No mail server is set: the mail was written to the log.".to_owned(),
                    false,
                )
            }
            Self::Memory(outbox) => {
                outbox.take(message)?;
                ("250 kept in memory".to_owned(), true)
            }
        };
        Ok(Receipt {
            answer,
            took: began.elapsed(),
            left,
        })
    }
}
