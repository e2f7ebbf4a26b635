//! `/api/v1/members`, `/api/v1/roles`.

use actix_web::{HttpRequest, HttpResponse, web};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::acts::{self, By, Change, Invitation};
use super::{Member, Standing, member_by_id, members};
use crate::clock::Timestamp;
use crate::error::FieldError;
use crate::id::UserId;
use crate::identity::keeper::Keeper;
use crate::identity::model::{Role, Roles};
use crate::identity::permissions::{ReadMembers, WriteMembers};
use crate::web::{Allowed, Cursor, Fields, Json, Query, answer};
use crate::{Error, Result};

/// Somebody of the company.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Member")]
pub struct MemberBody {
    /// Their id.
    pub id: UserId,
    /// Their address, in lower case.
    pub email: String,
    /// Their name; may be empty, and is until they accepted.
    pub name: String,
    /// `owner`, `admin`, `member`, `viewer`; the strongest first.
    pub roles: Vec<String>,
    /// `active`, `invited` or `disabled`.
    pub state: String,
    /// Since when they belong to the company.
    pub joined_at: Timestamp,
    /// When they last entered this company.
    pub last_sign_in_at: Option<Timestamp>,
}

impl MemberBody {
    pub(in crate::identity) fn of(member: &Member) -> Self {
        Self {
            id: member.user.id,
            email: member.user.email.clone(),
            name: member.user.name.clone(),
            roles: member
                .roles
                .words()
                .into_iter()
                .map(ToOwned::to_owned)
                .collect(),
            state: member.standing().as_str().to_owned(),
            joined_at: member.joined_at,
            last_sign_in_at: member.last_login_at,
        }
    }
}

/// Somebody who was invited, with the link to hand on.
#[derive(Debug, Serialize, JsonSchema)]
pub struct InvitedMember {
    /// The member.
    #[serde(flatten)]
    pub member: MemberBody,
    /// The invitation; its link is shown this one time.
    pub invitation: InvitationBody,
}

/// An invitation.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Invitation")]
pub struct InvitationBody {
    /// Opens the page where the person chooses a password; works once. Where many companies are served, the link is in the person's mail
    /// alone, and this is where they sign in.
    pub url: String,
    /// Until when.
    pub expires_at: Timestamp,
    #[serde(skip)]
    pub(in crate::identity) is_one_time: bool,
}

impl InvitationBody {
    /// Whether the link itself is told.
    pub fn is_one_time(&self) -> bool {
        self.is_one_time
    }
}

impl From<Invitation> for InvitationBody {
    fn from(invitation: Invitation) -> Self {
        Self {
            url: invitation.link,
            expires_at: invitation.expires_at,
            is_one_time: invitation.is_one_time,
        }
    }
}

/// Somebody to invite.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// Their address.
    pub email: String,
    /// Their name.
    #[serde(default)]
    pub name: String,
    /// At least one of `owner`, `admin`, `member`, `viewer`.
    pub roles: Vec<String>,
}

/// What to change about a member; absent fields stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberChange {
    /// All roles they have from now on.
    pub roles: Option<Vec<String>>,
    /// Whether they may enter.
    pub disabled: Option<bool>,
}

/// A role and what it allows.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Role")]
pub struct RoleBody {
    /// Its name.
    pub name: String,
    /// One sentence.
    pub about: String,
    /// The rights it gives, as names and wildcards.
    pub rights: Vec<String>,
}

/// `GET /members`.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit.
pub async fn list(allowed: Allowed<ReadMembers>, request: HttpRequest) -> Result<HttpResponse> {
    let query = Query::of(&request);
    query.only(&["state", "role"])?;
    query.unsorted()?;
    let paging = query.paging()?;
    let (state, role, search) = (
        query.get("state").to_owned(),
        query.parsed::<Role>("role")?,
        query.get("q").to_lowercase(),
    );
    if !state.is_empty() && !Standing::ALL.iter().any(|one| one.as_str() == state) {
        return Err(Error::invalid(
            "state",
            "A state is active, invited or disabled.",
        ));
    }
    let tenant = allowed.scope.tenant();
    let all = allowed
        .app
        .control
        .read(move |c| members(c, tenant))
        .await?;
    let after = paging.cursor.as_ref().map(|cursor| cursor.value.clone());
    let fitting = all.into_iter().filter(|member| {
        (state.is_empty() || member.standing().as_str() == state)
            && role.is_none_or(|role| member.roles.has(role))
            && (member.user.email.contains(&search)
                || member.user.name.to_lowercase().contains(&search))
    });
    let fitting: Vec<Member> = fitting.collect();
    let total = i64::try_from(fitting.len()).ok().filter(|_| paging.total);
    let rows = fitting
        .into_iter()
        .filter(|member| {
            after
                .as_ref()
                .is_none_or(|after| member.user.email > *after)
        })
        .collect();
    let mut page = paging.page(rows, |member: &Member| {
        Cursor::after(&member.user.email, member.user.id)
    });
    page.total = total;
    Ok(answer::list(
        &request,
        page.map(|member| MemberBody::of(&member)),
    ))
}

/// `GET /members/{id}`.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn one(allowed: Allowed<ReadMembers>, id: web::Path<String>) -> Result<HttpResponse> {
    let (tenant, id) = (allowed.scope.tenant(), read_id(&id)?);
    let member = allowed
        .app
        .control
        .read(move |c| member_by_id(c, tenant, id))
        .await?
        .ok_or(Error::NotFound)?;
    Ok(answer::ok(&MemberBody::of(&member)))
}

/// `POST /members`.
///
/// # Errors
/// [`Error::Invalid`] for values that do not fit or an address that is here already; [`Error::Forbidden`] for an owner made by no owner.
pub async fn create(allowed: Allowed<WriteMembers>, body: Json<NewMember>) -> Result<HttpResponse> {
    let mut fields = Fields::default();
    let email = fields.email("email", &body.value.email);
    let name = fields.text(
        "name",
        &body.value.name,
        0..=120,
        "A name has at most 120 characters.",
    );
    let roles = read_roles(&body.value.roles)
        .map_err(|error| fields.add("roles", error.message))
        .ok();
    fields.check()?;
    let roles = roles.ok_or_else(|| Error::invalid("roles", "Give at least one role."))?;
    let (member, invitation) = acts::invite(&allowed.app, by(&allowed), &email, &name, roles)
        .await
        .map_err(acts::address_taken)?;
    Ok(answer::created(&InvitedMember {
        member: MemberBody::of(&member),
        invitation: invitation.into(),
    }))
}

/// `PATCH /members/{id}`.
///
/// # Errors
/// [`Error::Conflict`] `last_owner`; [`Error::Forbidden`] where an owner is made or unmade by no owner.
pub async fn update(
    allowed: Allowed<WriteMembers>,
    id: web::Path<String>,
    body: Json<MemberChange>,
) -> Result<HttpResponse> {
    let roles = body
        .value
        .roles
        .as_deref()
        .map(read_roles)
        .transpose()
        .map_err(|error| Error::Invalid(vec![error]))?;
    let change = Change {
        roles,
        disabled: body.value.disabled,
    };
    let member = acts::change(&allowed.app, by(&allowed), read_id(&id)?, change).await?;
    Ok(answer::ok(&MemberBody::of(&member)))
}

/// `DELETE /members/{id}`: disables; the person's history stays.
///
/// # Errors
/// As [`update`].
pub async fn delete(allowed: Allowed<WriteMembers>, id: web::Path<String>) -> Result<HttpResponse> {
    let change = Change {
        roles: None,
        disabled: Some(true),
    };
    acts::change(&allowed.app, by(&allowed), read_id(&id)?, change).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /members/{id}/invite`: a new invitation; the old link dies.
///
/// # Errors
/// [`Error::Conflict`] where the person accepted already.
pub async fn invite(allowed: Allowed<WriteMembers>, id: web::Path<String>) -> Result<HttpResponse> {
    let (member, invitation) =
        acts::invite_again(&allowed.app, by(&allowed), read_id(&id)?).await?;
    Ok(answer::ok(&InvitedMember {
        member: MemberBody::of(&member),
        invitation: invitation.into(),
    }))
}

/// `GET /roles`.
///
/// # Errors
/// While the program is starting.
pub async fn roles(allowed: Allowed<ReadMembers>, request: HttpRequest) -> Result<HttpResponse> {
    let query = Query::of(&request);
    query.only(&[])?;
    query.unsorted()?;
    let paging = query.paging()?;
    let after = match &paging.cursor {
        Some(cursor) => Some(cursor.id.parse::<Role>().map_err(|_| {
            Error::invalid(
                "cursor",
                "Take the cursor from the answer before, unchanged.",
            )
        })?),
        None => None,
    };
    let keeper = Keeper::of(&allowed.app)?;
    let search = query.get("q").to_lowercase();
    let found = || {
        Role::ALL
            .into_iter()
            .filter(|role| role.as_str().contains(&search))
    };
    let rows = found()
        .skip_while(|role| after.is_some_and(|after| *role != after))
        .skip(usize::from(after.is_some()))
        .map(|role| RoleBody {
            name: role.as_str().to_owned(),
            about: role.about().to_owned(),
            rights: keeper.roles().rights(&Roles::one(role)).names().to_vec(),
        })
        .collect();
    let mut page = paging.page(rows, |role: &RoleBody| Cursor::after("", &role.name));
    page.total = paging
        .total
        .then(|| i64::try_from(found().count()).unwrap_or(0));
    Ok(answer::list(&request, page))
}

fn by(allowed: &Allowed<WriteMembers>) -> By {
    By {
        actor: allowed.actor.clone(),
        tenant: allowed.scope.tenant(),
        rights: allowed.rights.clone(),
    }
}

fn read_id(id: &str) -> Result<UserId> {
    id.parse().map_err(|_| Error::NotFound)
}

fn read_roles(words: &[String]) -> Result<Roles, FieldError> {
    words.join(",").parse().map_err(|_| {
        FieldError::new(
            "roles",
            "Give at least one of: owner, admin, member, viewer.",
        )
    })
}
