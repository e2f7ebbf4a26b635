//! What somebody at the shell of the machine may do with people and keys: everything, since who may run the program there may read
//! its data anyway. Each change is in the trail as the command line's.

use super::keys::acts as key_acts;
use super::keys::api::{CreatedKey, KeyBody};
use super::model::{Role, Roles};
use super::people::acts::{self, By, Change};
use super::people::api::{InvitedMember, MemberBody};
use super::{InvitationLink, Keeper, NewOwner, Opened, keys, people, reset, sessions};
use crate::actor::Actor;
use crate::app::App;
use crate::clock::Timestamp;
use crate::crypto::PlainPassword;
use crate::db::Control;
use crate::gate::Rights;
use crate::id::{TenantId, UserId};
use crate::slice::Check;
use crate::tenancy::{self, Company, NewCompany};
use crate::web::Fields;
use crate::{Error, Result};

pub use super::reset::{reset_link, set_password};

fn by(tenant: TenantId) -> By {
    By {
        actor: Actor::shell(),
        tenant,
        rights: Rights::all(),
    }
}

fn address(email: &str) -> Result<String> {
    let mut fields = Fields::default();
    let email = fields.email("email", email);
    fields.check().map(|()| email)
}

/// A duplicate is a conflict for every command: what was asked for is fine by itself.
fn taken(error: Error, said: impl FnOnce() -> String) -> Error {
    match error {
        Error::Duplicate => Error::conflict("exists", said()),
        other => other,
    }
}

fn address_taken(email: &str) -> String {
    format!("There is somebody with the address {email} already.")
}

/// Makes somebody who can sign in at once.
///
/// # Errors
/// [`Error::Conflict`] for an address that is here already, [`Error::Invalid`] for a password that is guessed.
pub async fn create_user(
    app: &App,
    tenant: TenantId,
    email: &str,
    roles: Roles,
    password: &PlainPassword,
) -> Result<UserId> {
    let email = address(email)?;
    let keeper = Keeper::of(app)?;
    let company = keeper
        .directory()
        .by_id(tenant)
        .map(|one| one.view.name.clone())
        .unwrap_or_default();
    reset::acceptable(password, &email, &company).map_err(|error| Error::Invalid(vec![error]))?;
    let hash = app.hasher.hash(password).await?;
    let id = acts::create(app, by(tenant), &email, roles, hash)
        .await
        .map_err(|error| taken(error, || address_taken(&email)))?;
    reset::look_for_owner(app, keeper).await?;
    Ok(id)
}

/// Invites somebody; the link is for the person at the shell to hand on.
///
/// # Errors
/// [`Error::Conflict`] for an address that is here already.
pub async fn invite_user(
    app: &App,
    tenant: TenantId,
    email: &str,
    roles: Roles,
) -> Result<InvitedMember> {
    let email = address(email)?;
    let (member, invitation) = acts::invite(app, by(tenant), &email, "", roles)
        .await
        .map_err(|error| taken(error, || address_taken(&email)))?;
    Ok(InvitedMember {
        member: MemberBody::of(&member),
        invitation: invitation.into(),
    })
}

/// Invites an owner for a company, for an operator: the link is for them to hand on. Whoever has an account already goes on with
/// it, and there is none.
///
/// # Errors
/// [`Error::Invalid`] for an address that does not fit or is the company's already.
pub async fn invite_owner(
    app: &App,
    actor: &Actor,
    tenant: TenantId,
    email: &str,
) -> Result<Option<InvitationLink>> {
    let mut fields = Fields::default();
    let email = fields.email("owner_email", email);
    fields.check()?;
    let by = By {
        actor: actor.clone(),
        ..by(tenant)
    };
    let invited = acts::invite(app, by, &email, "", Roles::one(Role::Owner)).await;
    let (_, invitation) = invited.map_err(|error| match error {
        Error::Duplicate => Error::invalid("owner_email", address_taken(&email)),
        other => other,
    })?;
    Ok(invitation.is_one_time.then_some(InvitationLink {
        url: invitation.link,
        expires_at: invitation.expires_at,
    }))
}

/// Everybody of a company, by address.
///
/// # Errors
/// Where the store does not answer.
pub async fn users(app: &App, tenant: TenantId) -> Result<Vec<MemberBody>> {
    let members = app
        .control
        .read(move |c| people::members(c, tenant))
        .await?;
    Ok(members.iter().map(MemberBody::of).collect())
}

/// Shuts somebody out of a company, or lets them in again.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for the last owner.
pub async fn set_disabled(
    app: &App,
    tenant: TenantId,
    email: &str,
    disabled: bool,
) -> Result<MemberBody> {
    let email = super::sign_in::normal(email);
    let user = app
        .control
        .read(move |c| people::user_by_email(c, &email))
        .await?
        .ok_or(Error::NotFound)?;
    let change = Change {
        roles: None,
        disabled: Some(disabled),
    };
    let member = acts::change(app, by(tenant), user.id, change).await?;
    Ok(MemberBody::of(&member))
}

/// Makes an API key.
///
/// # Errors
/// [`Error::Conflict`] for a name that is taken, [`Error::Invalid`] for a scope nobody knows.
pub async fn create_key(
    app: &App,
    tenant: TenantId,
    name: &str,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
    project: Option<String>,
) -> Result<CreatedKey> {
    let wanted = wanted_key(name, scopes, expires_at, project)?;
    let (key, secret) = key_acts::create(app, Actor::shell(), &Rights::all(), tenant, wanted)
        .await
        .map_err(|error| taken(error, || key_acts::NAME_TAKEN.to_owned()))?;
    Ok(CreatedKey {
        key: secret.to_string(),
        details: KeyBody::of(&key, app.clock.now()),
    })
}

/// The scopes a key would get, with everything judged as [`create_key`] does and nothing made.
///
/// # Errors
/// As [`create_key`].
pub async fn preview_key(
    app: &App,
    tenant: TenantId,
    name: &str,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
    project: Option<String>,
) -> Result<Vec<String>> {
    let wanted = wanted_key(name, scopes, expires_at, project)?;
    let scopes = key_acts::judged_scopes(app, &Rights::all(), &wanted)?;
    let same = app
        .control
        .read(move |c| {
            key_acts::judged_project(c, tenant, wanted.project.as_ref())?;
            keys::by_name(c, tenant, &wanted.name)
        })
        .await?;
    match same {
        Some(_) => Err(Error::conflict("exists", key_acts::NAME_TAKEN)),
        None => Ok(scopes),
    }
}

fn wanted_key(
    name: &str,
    scopes: Vec<String>,
    expires_at: Option<Timestamp>,
    project: Option<String>,
) -> Result<key_acts::Wanted> {
    let mut fields = Fields::default();
    let name = fields.text(
        "name",
        name,
        1..=120,
        "Give the key a name of at most 120 characters.",
    );
    fields.check()?;
    Ok(key_acts::Wanted {
        name,
        scopes,
        expires_at,
        project: project.map(tenancy::projects::Which::Slug),
    })
}

/// A company's keys, the newest first, without secrets.
///
/// # Errors
/// Where the store does not answer.
pub async fn api_keys(app: &App, tenant: TenantId) -> Result<Vec<KeyBody>> {
    Keeper::of(app)?.flush().await?;
    let keys = app.control.read(move |c| keys::all(c, tenant)).await?;
    let now = app.clock.now();
    Ok(keys.iter().map(|key| KeyBody::of(key, now)).collect())
}

/// Revokes a live key by its name.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn revoke_key(app: &App, tenant: TenantId, name: &str) -> Result<KeyBody> {
    let which = key_acts::Which::Name(name.to_owned());
    let key = key_acts::revoke(app, Actor::shell(), tenant, which).await?;
    Ok(KeyBody::of(&key, app.clock.now()))
}

/// Opens a company with its owner, whose password is judged as that of every other person.
///
/// # Errors
/// As [`super::open_company`]; [`Error::Invalid`] for a password that is guessed.
pub async fn create_company(
    app: &App,
    company: NewCompany,
    owner: Option<NewOwner>,
    password: Option<&PlainPassword>,
) -> Result<Opened> {
    let mut owner = owner;
    if let (Some(owner), Some(password)) = (owner.as_mut(), password) {
        let email = super::sign_in::normal(&owner.email);
        reset::acceptable(password, &email, &company.settings.name)
            .map_err(|error| Error::Invalid(vec![error]))?;
        owner.password = Some(app.hasher.hash(password).await?);
    }
    super::open_with_link(app, &Actor::shell(), company, owner).await
}

/// What a company's people have in the control plane.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct Belongings {
    /// Its members.
    pub members: usize,
    /// Their sessions.
    pub sessions: i64,
    /// Its API keys.
    pub api_keys: usize,
}

/// Counts what a company's people have.
///
/// # Errors
/// Where the store does not answer.
pub async fn belongings(control: &Control, tenant: TenantId) -> Result<Belongings> {
    control
        .read(move |c| {
            Ok(Belongings {
                members: people::members(c, tenant)?.len(),
                sessions: sessions::count_in(c, tenant)?,
                api_keys: keys::all(c, tenant)?.len(),
            })
        })
        .await
}

/// The nine checks of a company.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn company_health(app: &App, company: &Company) -> Result<Vec<Check>> {
    let id = company.id;
    let owners = app
        .control
        .read(move |c| people::owners(c, Some(id)))
        .await?;
    Ok(tenancy::examine(app, company, owners).await)
}
