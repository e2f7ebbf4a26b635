//! Keys of programs that do what operators do: written like a company's, kept apart from them.

use std::time::Duration;

use actix_web::HttpRequest;

use super::model::Key;
use super::store;
use crate::actor::{Actor, ActorKind};
use crate::app::App;
use crate::audit::{self, Event};
use crate::crypto::{PlainApiKey, vault};
use crate::id::OperatorKeyId;
use crate::web::{Fields, allowed, request};
use crate::{Error, Result};

/// When a key was last used is written this often at most.
const WRITE_USED_EVERY: Duration = Duration::from_secs(60);

/// Makes a key; the secret is told this one time.
pub(super) async fn create(app: &App, actor: Actor, name: &str) -> Result<(Key, String)> {
    let mut fields = Fields::default();
    let name = fields.text(
        "name",
        name,
        1..=120,
        "Give the key a name of at most 120 characters.",
    );
    fields.check()?;
    let plain = PlainApiKey::generate()?;
    let now = app.clock.now();
    let key = Key {
        id: OperatorKeyId::new(now),
        name,
        public_id: plain.id().as_str().to_owned(),
        hash: plain.hash(&app.vault.derive(vault::purpose::API_KEY)?),
        created_at: now,
        last_used_at: None,
        revoked_at: None,
    };
    let made = key.clone();
    app.control
        .write(move |c| {
            store::insert_key(c, &made, &actor.name)?;
            let event = Event::new("operator_key.created")
                .product("operator")
                .target("operator_key", &made.id, &made.name);
            audit::record(c, &actor, event)
        })
        .await
        .map_err(|error| match error {
            Error::Duplicate => {
                Error::conflict("exists", "There is a live key of this name already.")
            }
            other => other,
        })?;
    Ok((key, plain.expose().to_string()))
}

/// Revokes the live key of this name.
pub(super) async fn revoke(app: &App, actor: Actor, name: &str) -> Result<()> {
    let name = name.to_owned();
    app.control
        .write(move |c| {
            let id = store::revoke_key(c, &name)?.ok_or(Error::NotFound)?;
            let event = Event::new("operator_key.revoked")
                .product("operator")
                .target("operator_key", &id, &name);
            audit::record(c, &actor, event)
        })
        .await
}

/// The program behind a request's key.
pub(super) async fn admit(app: &App, request: &HttpRequest) -> Result<Actor> {
    let plain = allowed::bearer(request)
        .and_then(|bearer| PlainApiKey::parse(&bearer))
        .ok_or(Error::Unauthenticated)?;
    let wanted = plain.id().as_str().to_owned();
    let key = app
        .control
        .read(move |c| store::key_by_public_id(c, &wanted))
        .await?
        .ok_or(Error::Unauthenticated)?;
    let pepper = app.vault.derive(vault::purpose::API_KEY)?;
    if plain.hash(&pepper) != key.hash || key.revoked_at.is_some() {
        return Err(Error::Unauthenticated);
    }
    let (id, now) = (key.id, app.clock.now());
    let is_due = key
        .last_used_at
        .is_none_or(|at| now.since(at) >= WRITE_USED_EVERY);
    if is_due {
        app.control.write(move |c| store::key_used(c, id)).await?;
    }
    Ok(Actor {
        kind: ActorKind::Operator,
        id: Some(key.id.to_string()),
        name: key.name,
        origin: request::origin(request),
    })
}
