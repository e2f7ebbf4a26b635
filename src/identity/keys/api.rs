//! `/api/v1/me`, `/api/v1/api-keys`.

use actix_web::{HttpRequest, HttpResponse, web};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::acts::{self, Wanted, Which};
use super::{ApiKey, all, by_id};
use crate::clock::Timestamp;
use crate::id::{ApiKeyId, ProjectId, TenantId};
use crate::identity::keeper::Keeper;
use crate::identity::permissions::{ReadApiKeys, WriteApiKeys};
use crate::tenancy::projects;
use crate::web::{Allowed, AnyKey, Cursor, Fields, Json, Query, answer};
use crate::{Error, Result};

/// Who is asking.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Me {
    /// `api_key`.
    pub kind: String,
    /// Its id.
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// The scopes it holds, as names and wildcards.
    pub scopes: Vec<String>,
    /// The permissions these come to.
    pub permissions: Vec<String>,
    /// The only project it sees, by its slug; absent where it sees all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The company it belongs to.
    pub company: Company,
}

/// A company.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Company {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// The currency offered first.
    pub currency: crate::money::Currency,
    /// IANA name.
    pub time_zone: String,
    /// How its figures are written.
    pub locale: String,
}

/// An API key, without its secret.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKey")]
pub struct KeyBody {
    /// Its id.
    pub id: ApiKeyId,
    /// Its name.
    pub name: String,
    /// How the key begins.
    pub prefix: String,
    /// What it may do: names and wildcards.
    pub scopes: Vec<String>,
    /// `active`, `expired` or `revoked`.
    pub state: String,
    /// Who made it.
    pub created_by: Option<String>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// From when on it opens nothing.
    pub expires_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// The only project it sees; absent where it sees all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
    /// The slug of that project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

impl KeyBody {
    pub(in crate::identity) fn of(key: &ApiKey, now: Timestamp) -> Self {
        Self {
            id: key.id,
            name: key.name.clone(),
            prefix: key.prefix(),
            scopes: key.scopes.clone(),
            state: key.state(now).to_owned(),
            created_by: key.created_by.clone(),
            created_at: key.created_at,
            last_used_at: key.last_used_at,
            expires_at: key.expires_at,
            revoked_at: key.revoked_at,
            project_id: key.project.as_ref().map(|project| project.id),
            project: key.project.as_ref().map(|project| project.slug.clone()),
        }
    }
}

/// A key that was just made.
#[derive(Debug, Serialize, JsonSchema)]
pub struct CreatedKey {
    /// The whole key; shown this one time.
    pub key: String,
    /// The rest.
    #[serde(flatten)]
    pub details: KeyBody,
}

/// A key to make.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// A name, unique among live keys.
    pub name: String,
    /// What it may do: permissions of this program or wildcards over them (`*`, `*:read`, `partners:*`), none beyond the maker's own.
    pub scopes: Vec<String>,
    /// From when on it opens nothing; absent for never.
    pub expires_at: Option<Timestamp>,
    /// The only project it is to see; all where absent.
    pub project_id: Option<ProjectId>,
}

/// `GET /me`.
///
/// # Errors
/// None of its own.
pub async fn me(caller: AnyKey) -> Result<HttpResponse> {
    let permissions = acts::known_permissions(&caller.app)
        .into_iter()
        .filter(|name| caller.rights.allows(name));
    let company = Company {
        id: caller.scope.tenant(),
        name: caller.company.name.clone(),
        currency: caller.company.currency,
        time_zone: caller.company.time_zone.clone(),
        locale: caller.company.locale.clone(),
    };
    Ok(answer::ok(&Me {
        kind: caller.actor.kind.as_str().to_owned(),
        id: caller.actor.id.clone(),
        name: caller.actor.name.clone(),
        permissions: permissions.map(ToOwned::to_owned).collect(),
        project: caller.scope.project().map(|project| project.slug.clone()),
        scopes: caller.rights.names().to_vec(),
        company,
    }))
}

/// `GET /api-keys`.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit.
pub async fn list(allowed: Allowed<ReadApiKeys>, request: HttpRequest) -> Result<HttpResponse> {
    let query = Query::of(&request);
    query.only(&["state"])?;
    query.unsorted()?;
    let (paging, state) = (query.paging()?, query.get("state"));
    if !state.is_empty() && !ApiKey::STATES.contains(&state) {
        return Err(Error::invalid(
            "state",
            "A state is active, expired or revoked.",
        ));
    }
    let after: Option<ApiKeyId> = match &paging.cursor {
        Some(cursor) => Some(cursor.id.parse().map_err(|_| {
            Error::invalid(
                "cursor",
                "Take the cursor from the answer before, unchanged.",
            )
        })?),
        None => None,
    };
    let (tenant, now, search) = (
        allowed.scope.tenant(),
        allowed.app.clock.now(),
        query.get("q").to_lowercase(),
    );
    Keeper::of(&allowed.app)?.flush().await?;
    let mut keys = allowed.app.control.read(move |c| all(c, tenant)).await?;
    keys.retain(|key| {
        (state.is_empty() || key.state(now) == state) && key.name.to_lowercase().contains(&search)
    });
    let total = i64::try_from(keys.len()).ok().filter(|_| paging.total);
    keys.retain(|key| after.is_none_or(|after| key.id < after));
    let mut page = paging.page(keys, |key: &ApiKey| Cursor::after("", key.id));
    page.total = total;
    Ok(answer::list(
        &request,
        page.map(|key| KeyBody::of(&key, now)),
    ))
}

/// `GET /api-keys/{id}`.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn one(allowed: Allowed<ReadApiKeys>, id: web::Path<String>) -> Result<HttpResponse> {
    let (tenant, id) = (allowed.scope.tenant(), read_id(&id)?);
    Keeper::of(&allowed.app)?.flush().await?;
    let key = allowed
        .app
        .control
        .read(move |c| by_id(c, tenant, id))
        .await?
        .ok_or(Error::NotFound)?;
    Ok(answer::ok(&KeyBody::of(&key, allowed.app.clock.now())))
}

/// `POST /api-keys`.
///
/// # Errors
/// [`Error::Invalid`] for values that do not fit; [`Error::Forbidden`] for a scope the maker lacks.
pub async fn create(allowed: Allowed<WriteApiKeys>, body: Json<NewApiKey>) -> Result<HttpResponse> {
    let NewApiKey {
        name,
        scopes,
        expires_at,
        project_id,
    } = body.value;
    let mut fields = Fields::default();
    let name = fields.text(
        "name",
        &name,
        1..=120,
        "Give the key a name of at most 120 characters.",
    );
    fields.check()?;
    let wanted = Wanted {
        name,
        scopes,
        expires_at,
        project: project_id.map(projects::Which::Id),
    };
    let tenant = allowed.scope.tenant();
    let (key, secret) = acts::create(
        &allowed.app,
        allowed.actor.clone(),
        &allowed.rights,
        tenant,
        wanted,
    )
    .await
    .map_err(acts::name_taken)?;
    let details = KeyBody::of(&key, allowed.app.clock.now());
    Ok(answer::created(&CreatedKey {
        key: secret.to_string(),
        details,
    }))
}

/// `DELETE /api-keys/{id}`: revokes; the row stays for the trail.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(allowed: Allowed<WriteApiKeys>, id: web::Path<String>) -> Result<HttpResponse> {
    let which = Which::Id(read_id(&id)?);
    acts::revoke(
        &allowed.app,
        allowed.actor.clone(),
        allowed.scope.tenant(),
        which,
    )
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn read_id(id: &str) -> Result<ApiKeyId> {
    id.parse().map_err(|_| Error::NotFound)
}
