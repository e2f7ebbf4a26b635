//! What can be done with keys: make one, revoke one.

use zeroize::Zeroizing;

use super::{ApiKey, NewKey, by_id, by_name, insert, revoke as mark_revoked};
use crate::actor::Actor;
use crate::app::App;
use crate::audit::{self, Event};
use crate::clock::Timestamp;
use crate::crypto::PlainApiKey;
use crate::db::ControlConn;
use crate::gate::Rights;
use crate::id::{ApiKeyId, TenantId};
use crate::identity::keeper::Keeper;
use crate::identity::model::{self, BadScopes};
use crate::tenancy::projects;
use crate::{Error, Result};

/// What a new key is to be.
#[derive(Debug, Clone)]
pub(in crate::identity) struct Wanted {
    pub(in crate::identity) name: String,
    pub(in crate::identity) scopes: Vec<String>,
    pub(in crate::identity) expires_at: Option<Timestamp>,
    /// The only project it is to see.
    pub(in crate::identity) project: Option<projects::Which>,
}

/// Every permission of the program by name.
pub(in crate::identity) fn known_permissions(app: &App) -> Vec<&'static str> {
    app.slices
        .iter()
        .flat_map(|slice| slice.permissions)
        .map(|permission| permission.name)
        .collect()
}

/// The scopes a new key gets, or what is wrong with those asked for.
pub(in crate::identity) fn judged_scopes(
    app: &App,
    maker: &Rights,
    wanted: &Wanted,
) -> Result<Vec<String>> {
    let given: Vec<&str> = wanted.scopes.iter().map(String::as_str).collect();
    let scopes =
        model::scopes(&given, &known_permissions(app), maker).map_err(|bad| match bad {
            BadScopes::Beyond(name) => Error::Forbidden(name),
            other => Error::invalid("scopes", other.to_string()),
        })?;
    if wanted.expires_at.is_some_and(|at| at <= app.clock.now()) {
        return Err(Error::invalid("expires_at", "A key expires in the future."));
    }
    Ok(scopes)
}

/// The project a new key is limited to.
pub(in crate::identity) fn judged_project(
    c: &mut ControlConn,
    tenant: TenantId,
    wanted: Option<&projects::Which>,
) -> Result<Option<projects::Project>> {
    let Some(which) = wanted else { return Ok(None) };
    let field = match which {
        projects::Which::Id(_) => "project_id",
        projects::Which::Slug(_) => "project",
    };
    projects::open(c, tenant, which, field).map(Some)
}

/// Makes a key. The secret is in the answer and nowhere else. A name that is taken is [`Error::Duplicate`].
pub(in crate::identity) async fn create(
    app: &App,
    actor: Actor,
    maker: &Rights,
    tenant: TenantId,
    wanted: Wanted,
) -> Result<(ApiKey, Zeroizing<String>)> {
    let scopes = judged_scopes(app, maker, &wanted)?;
    let now = app.clock.now();
    let plain = PlainApiKey::generate()?;
    let hash = plain.hash(Keeper::of(app)?.pepper());
    let wanted_project = wanted.project;
    let new = NewKey {
        id: ApiKeyId::new(now),
        name: wanted.name,
        public_id: plain.id().as_str().to_owned(),
        hash,
        scopes,
        created_by: actor.name.clone(),
        expires_at: wanted.expires_at,
        project: None,
    };
    let key = app
        .control
        .write(move |c| {
            if by_name(c, tenant, &new.name)?.is_some() {
                return Err(Error::Duplicate);
            }
            let project = judged_project(c, tenant, wanted_project.as_ref())?;
            let new = NewKey {
                project: project.as_ref().map(|project| project.id),
                ..new.clone()
            };
            insert(c, tenant, &new)?;
            let mut shown = serde_json::json!({ "name": new.name, "scopes": new.scopes, "expires_at": new.expires_at });
            if let (Some(project), Some(shown)) = (project, shown.as_object_mut()) {
                shown.insert("project".to_owned(), project.slug.into());
            }
            let event = Event::new("api_key.created").of(tenant).product("identity").target("api_key", &new.id, &new.name);
            audit::record(c, &actor, event.created(&shown).secret("key"))?;
            by_id(c, tenant, new.id)?.ok_or(Error::NotFound)
        })
        .await?;
    Ok((key, plain.expose()))
}

/// What is said where a live key has the name already.
pub(in crate::identity) const NAME_TAKEN: &str =
    "There is a key of this name already. Choose another name, or revoke that one first.";

/// Says that of the field of a form or body.
pub(in crate::identity) fn name_taken(error: Error) -> Error {
    error.duplicate_of("name", NAME_TAKEN)
}

/// Which key is meant.
#[derive(Debug, Clone)]
pub(in crate::identity) enum Which {
    Id(ApiKeyId),
    Name(String),
}

/// Revokes a key: it opens nothing from the next request on. Revoking one twice changes nothing.
pub(in crate::identity) async fn revoke(
    app: &App,
    actor: Actor,
    tenant: TenantId,
    which: Which,
) -> Result<ApiKey> {
    let key = app
        .control
        .write(move |c| {
            let key = match &which {
                Which::Id(id) => by_id(c, tenant, *id)?,
                Which::Name(name) => by_name(c, tenant, name)?,
            };
            let key = key.ok_or(Error::NotFound)?;
            if key.revoked_at.is_some() {
                return Ok(key);
            }
            mark_revoked(c, tenant, key.id)?;
            let event = Event::new("api_key.revoked")
                .of(tenant)
                .product("identity")
                .target("api_key", &key.id, &key.name);
            audit::record(c, &actor, event)?;
            Ok(ApiKey {
                revoked_at: Some(c.now()),
                ..key
            })
        })
        .await?;
    Keeper::of(app)?.forget_key(key.id);
    Ok(key)
}
