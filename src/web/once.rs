//! `Idempotency-Key`: the same request sent again gets the first answer, word for word, and changes nothing.
//!
//! The answer is kept in the transaction of the change. Another body under the same key is 422; while the first is still under way
//! the second waits its turn behind it (one writer) or meets it (PostgreSQL) and is then told 409 or the first answer.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use crate::db::replay::{KeptAnswer, keep_answer, kept_answer};
use crate::db::{Scope, TenantConn};
use crate::{Error, Result};

/// Longest key taken.
const KEY_LIMIT: usize = 255;

/// What a change answers with.
pub struct Answer {
    /// 200 or 201.
    pub status: StatusCode,
    /// The body, as JSON text.
    pub body: String,
    /// The version for `ETag`, where the record has one.
    pub version: Option<i64>,
}

impl Answer {
    /// 201 with a record.
    pub fn created(value: &impl serde::Serialize) -> Result<Self> {
        Self::new(StatusCode::CREATED, value)
    }

    /// 200 with a record.
    pub fn ok(value: &impl serde::Serialize) -> Result<Self> {
        Self::new(StatusCode::OK, value)
    }

    fn new(status: StatusCode, value: &impl serde::Serialize) -> Result<Self> {
        let body = serde_json::to_string(value).map_err(|e| Error::Internal(Box::new(e)))?;
        Ok(Self {
            status,
            body,
            version: None,
        })
    }

    /// Adds the record's version.
    #[must_use]
    pub fn version(mut self, version: i64) -> Self {
        self.version = Some(version);
        self
    }

    /// The answer itself; `replayed` where it was given before.
    pub fn respond(self, replayed: bool) -> HttpResponse {
        response(self.status, self.body, self.version, replayed)
    }
}

/// What was answered before to this key, where the request is the same.
///
/// # Errors
/// [`Error::Invalid`] where it is another.
pub fn replay(kept: KeptAnswer, fingerprint: &str) -> Result<Answer> {
    if kept.fingerprint != fingerprint {
        return Err(Error::invalid(
            "Idempotency-Key",
            "This key was used before with another request.",
        ));
    }
    let status = u16::try_from(kept.status)
        .ok()
        .and_then(|s| StatusCode::from_u16(s).ok())
        .unwrap_or(StatusCode::OK);
    Ok(Answer {
        status,
        body: kept.body,
        version: None,
    })
}

/// Runs a change once per `Idempotency-Key` (always, where the request has none) and answers after it is on disk.
///
/// # Errors
/// What the change returns; [`Error::Invalid`] for a key used before with another body.
pub async fn once<F>(
    request: &HttpRequest,
    scope: &Scope,
    body: &[u8],
    change: F,
) -> Result<HttpResponse>
where
    F: Fn(&mut TenantConn) -> Result<Answer> + Send + Sync + 'static,
{
    once_for_all(request, scope, body, Arc::new(change)).await
}

type Change = Arc<dyn Fn(&mut TenantConn) -> Result<Answer> + Send + Sync>;

/// Compiled once, not for every change.
async fn once_for_all(
    request: &HttpRequest,
    scope: &Scope,
    body: &[u8],
    change: Change,
) -> Result<HttpResponse> {
    let Some(key) = key_of(request)? else {
        let answer = scope
            .write(move |c| change(c).map(|a| (a.status, a.body, a.version)))
            .await?;
        return Ok(response(answer.0, answer.1, answer.2, false));
    };
    // What a key of one project was told is none of another's.
    let within = scope.project().map(|project| project.id.to_string());
    let fingerprint = fingerprint(request, within.as_deref(), body);
    let (status, text, version, replayed) = scope
        .write(move |c| {
            if let Some(kept) = kept_answer(c, &key)? {
                let answer = replay(kept, &fingerprint)?;
                return Ok((answer.status, answer.body, None, true));
            }
            let answer = change(c)?;
            let text = answer.body;
            let kept = KeptAnswer {
                key: key.clone(),
                fingerprint: fingerprint.clone(),
                status: i64::from(answer.status.as_u16()),
                body: text.clone(),
                created_at: c.now(),
            };
            keep_answer(c, &kept).map_err(|error| match error {
                Error::Duplicate => Error::conflict(
                    "idempotency_in_flight",
                    "A request with this key is under way. Ask again in a moment.",
                ),
                other => other,
            })?;
            Ok((answer.status, text, answer.version, false))
        })
        .await?;
    Ok(response(status, text, version, replayed))
}

/// The request's key, where it has one.
///
/// # Errors
/// [`Error::Invalid`] for one that is none.
pub fn key_of(request: &HttpRequest) -> Result<Option<String>> {
    let Some(value) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    match value.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= KEY_LIMIT => Ok(Some(key.to_owned())),
        _ => Err(Error::invalid(
            "Idempotency-Key",
            format!("A key has 1 to {KEY_LIMIT} plain characters."),
        )),
    }
}

/// What a request asks for, in few bytes.
pub fn fingerprint(request: &HttpRequest, within: Option<&str>, body: &[u8]) -> String {
    let mut hash = Sha256::new();
    hash.update(request.method().as_str());
    hash.update([0]);
    hash.update(request.path());
    hash.update([0]);
    if let Some(within) = within {
        hash.update(within);
        hash.update([0]);
    }
    hash.update(body);
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn response(
    status: StatusCode,
    body: String,
    version: Option<i64>,
    replayed: bool,
) -> HttpResponse {
    let mut builder = HttpResponse::build(status);
    builder.content_type("application/json");
    if let Some(version) = version {
        builder.insert_header(("ETag", format!("\"{version}\"")));
    }
    if replayed {
        builder.insert_header(("Idempotent-Replayed", "true"));
    }
    builder.body(body)
}
