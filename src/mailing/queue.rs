//! Queueing a mail in the transaction that causes it, and opening it again where its words are needed.

use super::mail::{Mail, State, StoredMail};
use super::{send, store};
use crate::crypto::{Place, Sealed, Vault};
use crate::db::{Plane, Scoped};
use crate::id::{MailId, TenantId};
use crate::slice::SealedColumn;
use crate::{Error, Result, jobs};

/// Where a sealed body belongs: part of the stored format.
const SERVICE: &str = "mail";

const fn body(column: &'static str, field: &'static str) -> SealedColumn {
    SealedColumn {
        table: "mails",
        column,
        member: None,
        service: SERVICE,
        field,
        record: |id| MailId::from_uuid(id).to_string(),
        may_be_null: false,
    }
}

/// Where the bodies of confidential mails are kept.
pub(super) const BODIES: [SealedColumn; 2] = [body("body_text", "text"), body("body_html", "html")];

/// Queues a mail: rolled back with the caller's transaction, sent soon after its commit.
///
/// # Errors
/// Where the store fails, or a confidential body cannot be sealed.
pub fn queue<P: Plane>(c: &mut Scoped<'_, P>, vault: &Vault, mail: &Mail) -> Result<MailId> {
    let now = c.now();
    let id = MailId::new(now);
    let stored = kept(vault, c.owner(), id, mail, State::Waiting, now)?;
    store::insert(c, &stored)?;
    let key = format!("mail.send:{id}");
    jobs::enqueue(c, send::KIND, &send::Payload { mail: id }, now, Some(&key))?;
    Ok(id)
}

/// A mail as it is kept.
pub(super) fn kept(
    vault: &Vault,
    owner: TenantId,
    id: MailId,
    mail: &Mail,
    state: State,
    now: crate::clock::Timestamp,
) -> Result<StoredMail> {
    let body = |field: &str, text: &str| -> Result<String> {
        if !mail.confidential {
            return Ok(text.to_owned());
        }
        let record = id.to_string();
        let place = Place {
            service: SERVICE,
            record: &record,
            field,
        };
        let sealed = vault
            .seal(owner.uuid(), place, text.as_bytes())
            .map_err(|e| Error::Internal(Box::new(e)))?;
        Ok(sealed.into_string())
    };
    Ok(StoredMail {
        id,
        kind: mail.kind.to_owned(),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        text: body("text", &mail.text)?,
        html: body("html", &mail.html)?,
        state: state.as_str().to_owned(),
        error: None,
        attempts: 0,
        created_at: now,
        updated_at: now,
        sent_at: None,
    })
}

/// The mail with its bodies opened.
pub(super) fn opened(vault: &Vault, owner: TenantId, mut mail: StoredMail) -> Result<StoredMail> {
    let record = mail.id.to_string();
    for (field, body) in [("text", &mut mail.text), ("html", &mut mail.html)] {
        let Ok(sealed) = Sealed::parse(body) else {
            continue;
        };
        let place = Place {
            service: SERVICE,
            record: &record,
            field,
        };
        let plain = vault
            .open(owner.uuid(), place, &sealed)
            .map_err(|e| Error::Internal(Box::new(e)))?;
        *body = plain
            .expose_str()
            .ok_or_else(|| Error::internal("a sealed mail is not text"))?
            .to_owned();
    }
    Ok(mail)
}
