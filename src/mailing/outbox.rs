//! One mail of the outbox, opened; and sending it again.

use super::mail::{State, StoredMail};
use super::queue::opened;
use super::{send, store};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::db::{Plane, Scoped};
use crate::id::MailId;
use crate::{Error, Result, jobs};

/// A mail with its bodies opened, for whoever may read them.
///
/// # Errors
/// [`Error::NotFound`]; where a sealed body cannot be opened.
pub fn show<P: Plane>(c: &mut Scoped<'_, P>, app: &App, id: MailId) -> Result<StoredMail> {
    let mail = store::mail(c, id)?.ok_or(Error::NotFound)?;
    opened(&app.vault, c.owner(), mail)
}

/// Sends a mail again, whatever became of it before; one that still waits is tried at once.
///
/// # Errors
/// [`Error::NotFound`]; where the store fails.
pub fn resend<P: Plane>(c: &mut Scoped<'_, P>, actor: &Actor, id: MailId) -> Result<StoredMail> {
    let mail = store::mail(c, id)?.ok_or(Error::NotFound)?;
    let now = c.now();
    store::wait_again(c, id)?;
    let key = format!("mail.send:{id}");
    jobs::enqueue(c, send::KIND, &send::Payload { mail: id }, now, Some(&key))?;
    let event = Event::new("mail.resent")
        .product("mailing")
        .target("mail", &id, &mail.subject)
        .before_after(
            &serde_json::json!({ "state": mail.state }),
            &serde_json::json!({ "state": State::Waiting.as_str() }),
        );
    audit::record(c, actor, event)?;
    Ok(mail)
}
