//! One outbox for one company: its own mails, and in single mode, for those who may see them, the mails about its accounts,
//! which wait in the control plane.

use super::mail::{Filter, State, StoredMail};
use super::queue::opened;
use super::{outbox, store};
use crate::app::App;
use crate::audit::{self, AuditEvent};
use crate::config::Tenancy;
use crate::crypto::{SYSTEM, Sealed};
use crate::gate::{Permission, Rights};
use crate::id::{MailId, TenantId};
use crate::web::Allowed;
use crate::{Error, Result};

/// A mail with what happened to it.
pub(super) struct Found {
    pub(super) mail: StoredMail,
    pub(super) history: Vec<AuditEvent>,
    /// Its body may be shown here: nobody's secret, or one this person may see and that has not left yet.
    pub(super) is_open: bool,
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
            is_open: is_open(&mail, &allowed.rights),
            mail: opened(vault, allowed.scope.tenant(), mail)?,
            history,
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
        is_open: is_open(&mail, &allowed.rights),
        mail: opened(vault, TenantId::from_uuid(SYSTEM), mail)?,
        history,
    })
}

/// A sealed body carries a one-time link: whoever opened it would be somebody else.
fn is_open(mail: &StoredMail, rights: &Rights) -> bool {
    let has_left = State::read(&mail.state) == Some(State::Sent);
    Sealed::parse(&mail.text).is_err() || (rights.allows(super::ReadAccountMail::NAME) && !has_left)
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
