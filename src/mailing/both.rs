//! One outbox for one company: its own mails, and in single mode, for those who may see them, the mails about its accounts,
//! which wait in the control plane.

use super::mail::{Filter, StoredMail};
use super::queue::opened;
use super::{outbox, store};
use crate::app::App;
use crate::audit::{self, AuditEvent};
use crate::config::Tenancy;
use crate::crypto::SYSTEM;
use crate::gate::{Permission, Rights};
use crate::id::{MailId, TenantId};
use crate::web::Allowed;
use crate::{Error, Result};

/// A mail with what happened to it.
pub(super) struct Found {
    pub(super) mail: StoredMail,
    pub(super) history: Vec<AuditEvent>,
    /// It is about somebody's account.
    pub(super) of_accounts: bool,
}

/// Whether the accounts' mails are this person's to see: with many companies on one instance they are the operators'.
fn sees_accounts(app: &App, rights: &Rights) -> bool {
    app.config.tenancy == Tenancy::Single && rights.allows(super::ReadAccountMail::NAME)
}

/// Mails that fit a filter, newest first, older than `after`; their bodies stay as they are kept.
pub(super) async fn page<P>(
    allowed: &Allowed<P>,
    filter: &Filter,
    after: Option<MailId>,
    limit: i64,
) -> Result<Vec<StoredMail>> {
    let wanted = filter.clone();
    let mut mails = allowed
        .scope
        .read(move |c| store::page(c, &wanted, after, limit))
        .await?;
    if sees_accounts(&allowed.app, &allowed.rights) {
        let wanted = filter.clone();
        mails.extend(
            allowed
                .app
                .control
                .read(move |c| store::page(c, &wanted, after, limit))
                .await?,
        );
        mails.sort_by_key(|mail| std::cmp::Reverse(mail.id));
        mails.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(mails)
}

/// One mail, opened, with its history.
pub(super) async fn find<P>(allowed: &Allowed<P>, id: MailId) -> Result<Found> {
    let own = allowed
        .scope
        .read(move |c| Ok((store::mail(c, id)?, audit::history_of(c, &id)?)))
        .await?;
    let vault = &allowed.app.vault;
    if let (Some(mail), history) = own {
        return Ok(Found {
            mail: opened(vault, allowed.scope.tenant(), mail)?,
            history,
            of_accounts: false,
        });
    }
    if !sees_accounts(&allowed.app, &allowed.rights) {
        return Err(Error::NotFound);
    }
    let accounts = allowed
        .app
        .control
        .read(move |c| Ok((store::mail(c, id)?, audit::history_of(c, &id)?)))
        .await?;
    let (Some(mail), history) = accounts else {
        return Err(Error::NotFound);
    };
    Ok(Found {
        mail: opened(vault, TenantId::from_uuid(SYSTEM), mail)?,
        history,
        of_accounts: true,
    })
}

/// Sends a mail again from whichever outbox has it.
pub(super) async fn resend<P>(allowed: &Allowed<P>, id: MailId) -> Result<StoredMail> {
    let actor = allowed.actor.clone();
    let own = allowed
        .scope
        .write(move |c| outbox::resend(c, &actor, id))
        .await;
    match own {
        Err(Error::NotFound) if sees_accounts(&allowed.app, &allowed.rights) => {
            let actor = allowed.actor.clone();
            allowed
                .app
                .control
                .write(move |c| outbox::resend(c, &actor, id))
                .await
        }
        own => own,
    }
}
