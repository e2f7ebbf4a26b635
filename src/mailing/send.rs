//! The job that hands a waiting mail to a server. A mail sent twice after a crash carries the same Message-ID.

use serde::{Deserialize, Serialize};

use super::mail::{State, StoredMail};
use super::queue::opened;
use super::{store, way};
use crate::gate::Later;
use crate::id::{MailId, TenantId};
use crate::mail::Message;
use crate::slice::{JobContext, JobKind, JobPlane};
use crate::{Error, Result, jobs};

/// The kind's name.
pub(super) const KIND: &str = "mail.send";

/// In each tenant's store.
pub(super) const TENANT: JobKind = JobKind {
    name: KIND,
    plane: JobPlane::Tenant,
    every: None,
    needed: None,
    run,
};
/// In the control plane.
pub(super) const CONTROL: JobKind = JobKind {
    plane: JobPlane::Control,
    ..TENANT
};

/// What the job is enqueued with.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Payload {
    pub(super) mail: MailId,
}

fn run(context: JobContext) -> Later<'static, Result<()>> {
    Box::pin(async move {
        let payload: Payload = serde_json::from_value(context.payload.clone())
            .map_err(|e| Error::Internal(Box::new(e)))?;
        let id = payload.mail;
        let Some(mail) = load(&context, id).await? else {
            return Ok(());
        };
        if State::read(&mail.state) != Some(State::Waiting) {
            return Ok(());
        }
        let way = way::of(&context.app, context.scope.as_ref()).await?;
        let message = Message {
            id: mail.id,
            kind: mail.kind,
            from: way.from.clone(),
            to: mail.to,
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            at: context.app.clock.now(),
        };
        match way.send(message).await {
            Ok(receipt) => {
                let state = if receipt.left {
                    State::Sent
                } else {
                    State::Logged
                };
                end(&context, id, state, None).await
            }
            Err(error) if error.permanent || context.attempt >= jobs::MAX_ATTEMPTS => {
                end(&context, id, State::Failed, Some(error.answer)).await
            }
            Err(error) => {
                note(&context, id, error.answer.clone()).await?;
                Err(Error::Internal(Box::new(error)))
            }
        }
    })
}

async fn load(context: &JobContext, id: MailId) -> Result<Option<StoredMail>> {
    let (mail, owner) = match &context.scope {
        Some(scope) => (
            scope.read(move |c| store::mail(c, id)).await?,
            scope.tenant(),
        ),
        None => (
            context
                .app
                .control
                .read(move |c| store::mail(c, id))
                .await?,
            TenantId::from_uuid(crate::crypto::SYSTEM),
        ),
    };
    mail.map(|mail| opened(&context.app.vault, owner, mail))
        .transpose()
}

/// The mail's end and the job's in one write.
async fn end(context: &JobContext, id: MailId, state: State, error: Option<String>) -> Result<()> {
    if context.scope.is_some() {
        context
            .finish_with(move |c| store::tried(c, id, state, error.as_deref()))
            .await
    } else {
        context
            .finish_control_with(move |c| store::tried(c, id, state, error.as_deref()))
            .await
    }
}

/// A refusal that may pass.
async fn note(context: &JobContext, id: MailId, answer: String) -> Result<()> {
    match &context.scope {
        Some(scope) => {
            scope
                .write(move |c| store::tried(c, id, State::Waiting, Some(&answer)))
                .await
        }
        None => {
            context
                .app
                .control
                .write(move |c| store::tried(c, id, State::Waiting, Some(&answer)))
                .await
        }
    }
}
