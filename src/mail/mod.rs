//! How a message leaves: by SMTP, into the log, or into memory for tests. What is sent and when is `mailing`'s matter.
//!
//! Sending is remote work: never inside a transaction. Nothing here prints a password or a body.

mod letter;
mod mailer;
mod memory;
mod smtp;
mod transport;

pub use letter::{Message, first_link, is_address};
pub use mailer::Mailer;
pub use memory::MemoryOutbox;
pub use smtp::{Security, SmtpServer};
pub use transport::{MailError, Receipt, Transport};
