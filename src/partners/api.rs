//! What the programme's API handlers share: ids of paths, changes with their idempotency key and version, texts that may be null.

use std::sync::Arc;

use actix_web::HttpResponse;
use serde::{Deserialize, Deserializer};

use super::redirect::Ways;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::gate::Permission;
use crate::web::once::{Answer, once};
use crate::web::{Allowed, Query, answer};
use crate::{Error, Result};

/// The id of a path; anything that is none names nothing.
pub(super) fn id<I: std::str::FromStr>(path: &str) -> Result<I> {
    path.parse().map_err(|_| Error::NotFound)
}

/// Carries out a change once per `Idempotency-Key` and answers with what it returns.
///
/// Two requests that add the same thing at the same moment meet at its unique key on PostgreSQL; the second is run again and finds
/// what the first has made.
pub(super) async fn change<P, F>(allowed: &Allowed<P>, body: &[u8], work: F) -> Result<HttpResponse>
where
    P: Permission,
    F: Fn(&mut TenantConn, &Actor) -> Result<Answer> + Send + Sync + 'static,
{
    let work = Arc::new(work);
    let run = || {
        let (work, actor) = (Arc::clone(&work), allowed.actor.clone());
        once(&allowed.request, &allowed.scope, body, move |c| {
            work(c, &actor)
        })
    };
    match run().await {
        Err(Error::Duplicate) => run().await,
        other => other,
    }
}

/// The same for a change that redirects must know of: what they remember of this company's links is dropped.
pub(super) async fn change_ways<P, F>(
    allowed: &Allowed<P>,
    body: &[u8],
    work: F,
) -> Result<HttpResponse>
where
    P: Permission,
    F: Fn(&mut TenantConn, &Actor) -> Result<Answer> + Send + Sync + 'static,
{
    let answered = change(allowed, body, work).await;
    allowed
        .app
        .memory
        .of::<Ways>()
        .forget(allowed.scope.tenant());
    answered
}

/// Whether the caller's `If-Match` is the record's version.
pub(super) fn expect(expected: Option<i64>, version: i64) -> Result<()> {
    match expected {
        Some(expected) if expected != version => Err(Error::Stale),
        _ => Ok(()),
    }
}

/// The version the caller made a change from.
pub(super) fn expected<P>(allowed: &Allowed<P>) -> Result<Option<i64>> {
    answer::if_match(&allowed.request)
}

/// Tells a field that is `null` from one that is absent: `Some(None)` and `None`.
pub(super) fn present<'de, T, D>(from: D) -> std::result::Result<Option<T>, D::Error>
where
    T: Deserialize<'de>,
    D: Deserializer<'de>,
{
    T::deserialize(from).map(Some)
}

/// A change that does not fit the state a record is in.
pub(super) fn wrong_state(message: impl Into<String>) -> Error {
    Error::conflict("wrong_state", message)
}

/// What a list searches for.
pub(super) fn search(query: &Query) -> Option<String> {
    let text = query.get("q");
    (!text.is_empty()).then(|| text.to_owned())
}

/// Whether a list is to be sorted by name.
pub(super) fn by_name(query: &Query) -> Result<bool> {
    match query.get("sort") {
        "" | "-created_at" => Ok(false),
        "name" => Ok(true),
        _ => Err(Error::invalid(
            "sort",
            "Sort by `name`, or leave it out for newest first.",
        )),
    }
}

/// Refuses a sort at a list that has one order only.
pub(super) fn newest_only(query: &Query) -> Result<()> {
    match query.get("sort") {
        "" | "-created_at" => Ok(()),
        _ => Err(Error::invalid("sort", "This list is sorted newest first.")),
    }
}

/// A yes or no of a query.
pub(super) fn flag(query: &Query, name: &str) -> Result<Option<bool>> {
    match query.get(name) {
        "" => Ok(None),
        "true" | "1" => Ok(Some(true)),
        "false" | "0" => Ok(Some(false)),
        _ => Err(Error::invalid(name, "Use `true` or `false`.")),
    }
}
