//! `Idempotency-Key` at the operators' API: the same request sent again gets the first answer, and changes nothing. Each operator's
//! key has its own.
//!
//! The answer is kept sealed, in the write of the change: one may hold a link that opens a company.

use std::future::Future;

use actix_web::HttpResponse;

use super::door::Keyed;
use crate::crypto::{Place, Sealed, Vault};
use crate::db::ControlConn;
use crate::db::replay::{KeptAnswer, keep_answer, kept_answer};
use crate::web::once::{Answer, fingerprint, key_of, replay};
use crate::{Error, Result};

/// What a change keeps of its answer; nothing where the request has no key.
#[derive(Clone)]
pub(super) struct Keep(Option<Repeat>);

#[derive(Clone)]
struct Repeat {
    key: String,
    fingerprint: String,
    vault: Vault,
}

/// Where an answer is sealed: part of the stored format.
fn place(record: &str) -> Place<'_> {
    Place {
        service: "operator",
        record,
        field: "answer",
    }
}

impl Keep {
    /// Keeps the answer. Call it in the write of the change.
    ///
    /// # Errors
    /// [`Error::Duplicate`] where another request with this key was first.
    pub(super) fn keep(&self, c: &mut ControlConn, answer: &Answer) -> Result<()> {
        let Some(repeat) = &self.0 else {
            return Ok(());
        };
        let (owner, body) = (c.owner().uuid(), answer.body.as_bytes());
        let sealed = repeat.vault.seal(owner, place(&repeat.key), body);
        let kept = KeptAnswer {
            key: repeat.key.clone(),
            fingerprint: repeat.fingerprint.clone(),
            status: i64::from(answer.status.as_u16()),
            body: sealed
                .map_err(|e| Error::Internal(Box::new(e)))?
                .into_string(),
            created_at: c.now(),
        };
        keep_answer(c, &kept)
    }

    /// The first answer, where there is one.
    async fn first(&self, who: &Keyed) -> Result<Option<HttpResponse>> {
        let Some(repeat) = self.0.clone() else {
            return Ok(None);
        };
        let read = move |c: &mut ControlConn<'_>| {
            let Some(mut kept) = kept_answer(c, &repeat.key)? else {
                return Ok(None);
            };
            let broken = || Error::internal("a kept answer cannot be read");
            let sealed = Sealed::parse(&kept.body).map_err(|_| broken())?;
            let opened = repeat
                .vault
                .open(c.owner().uuid(), place(&repeat.key), &sealed)
                .map_err(|e| Error::Internal(Box::new(e)))?;
            kept.body = opened.expose_str().ok_or_else(broken)?.to_owned();
            let answer = replay(kept, &repeat.fingerprint)?;
            Ok(Some((answer.status, answer.body)))
        };
        let found = who.app.control.read(read).await?;
        Ok(found.map(|(status, body)| {
            let version = None;
            Answer {
                status,
                body,
                version,
            }
            .respond(true)
        }))
    }
}

/// Runs a change once per `Idempotency-Key` of this operator's key (always, where the request has none).
///
/// Of two at the same moment one is refused by what the other has done, and then gets its answer.
///
/// # Errors
/// What the change returns; [`Error::Invalid`] for a key used before with another request.
pub(super) async fn once<F, W>(who: &Keyed, body: &[u8], change: F) -> Result<HttpResponse>
where
    F: FnOnce(Keep) -> W,
    W: Future<Output = Result<Answer>>,
{
    let keep = Keep(key_of(&who.request)?.map(|key| Repeat {
        key: format!("{} {key}", who.actor.id.as_deref().unwrap_or_default()),
        fingerprint: fingerprint(&who.request, None, body),
        vault: who.app.vault.clone(),
    }));
    if let Some(first) = keep.first(who).await? {
        return Ok(first);
    }
    match change(keep.clone()).await {
        Ok(answer) => Ok(answer.respond(false)),
        Err(error) => keep.first(who).await?.ok_or(error),
    }
}
