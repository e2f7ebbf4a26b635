//! A mail server for tests: it keeps what it is given, or refuses as told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::letter::Message;
use super::transport::MailError;

/// Messages kept in memory. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct MemoryOutbox(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    messages: Vec<Message>,
    refusal: Option<MailError>,
}

impl MemoryOutbox {
    /// What was sent so far.
    pub fn messages(&self) -> Vec<Message> {
        self.kept().messages.clone()
    }

    /// Refuses everything from now on, or takes it again.
    pub fn refuse(&self, with: Option<MailError>) {
        self.kept().refusal = with;
    }

    pub(super) fn take(&self, message: Message) -> Result<(), MailError> {
        let mut kept = self.kept();
        if let Some(refusal) = &kept.refusal {
            return Err(refusal.clone());
        }
        kept.messages.push(message);
        Ok(())
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
