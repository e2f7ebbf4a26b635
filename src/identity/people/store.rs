//! Users and memberships: all SQL about people.

use diesel::prelude::*;

use super::{Member, Membership, User};
use crate::clock::Timestamp;
use crate::crypto::HashedPassword;
use crate::db::ControlConn;
use crate::db::schema::control::{arrivals, memberships, users};
use crate::id::{TenantId, UserId};
use crate::identity::model::Roles;
use crate::{Error, Result};

type UserRow = (UserId, String, String, Option<String>, Option<Timestamp>);
type UserColumns = (
    users::id,
    users::email,
    users::name,
    users::password_hash,
    users::email_proven_at,
);

const USER: UserColumns = (
    users::id,
    users::email,
    users::name,
    users::password_hash,
    users::email_proven_at,
);

fn user((id, email, name, password, proven_at): UserRow) -> Result<User> {
    let password = password.as_deref().map(HashedPassword::parse).transpose()?;
    Ok(User {
        id,
        email,
        name,
        password,
        is_proven: proven_at.is_some(),
    })
}

/// Somebody by their address.
pub(in crate::identity) fn user_by_email(c: &mut ControlConn, email: &str) -> Result<Option<User>> {
    let row: Option<UserRow> = users::table
        .filter(users::email.eq(email))
        .select(USER)
        .first(c.db())
        .optional()?;
    row.map(user).transpose()
}

/// Somebody by their id.
pub(in crate::identity) fn user_by_id(c: &mut ControlConn, id: UserId) -> Result<Option<User>> {
    let row: Option<UserRow> = users::table
        .filter(users::id.eq(id))
        .select(USER)
        .first(c.db())
        .optional()?;
    row.map(user).transpose()
}

/// Whether there is anybody at all.
pub(in crate::identity) fn has_users(c: &mut ControlConn) -> Result<bool> {
    let first: Option<UserId> = users::table.select(users::id).first(c.db()).optional()?;
    Ok(first.is_some())
}

/// Enters somebody.
pub(in crate::identity) fn insert_user(
    c: &mut ControlConn,
    id: UserId,
    email: &str,
    name: &str,
    password: Option<&HashedPassword>,
) -> Result<()> {
    let now = c.now();
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id),
            users::email.eq(email),
            users::name.eq(name),
            users::password_hash.eq(password.map(HashedPassword::as_str)),
            users::created_at.eq(now),
            users::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes a name.
pub(in crate::identity) fn set_name(c: &mut ControlConn, id: UserId, name: &str) -> Result<()> {
    let now = c.now();
    diesel::update(users::table.filter(users::id.eq(id)))
        .set((users::name.eq(name), users::updated_at.eq(now)))
        .execute(c.db())?;
    Ok(())
}

/// Writes a password's hash.
pub(in crate::identity) fn set_password(
    c: &mut ControlConn,
    id: UserId,
    password: &HashedPassword,
) -> Result<()> {
    let now = c.now();
    diesel::update(users::table.filter(users::id.eq(id)))
        .set((
            users::password_hash.eq(password.as_str()),
            users::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes the same password's stronger hash, unless the password was changed meanwhile.
pub(in crate::identity) fn strengthen_password(
    c: &mut ControlConn,
    id: UserId,
    old: &HashedPassword,
    new: &HashedPassword,
) -> Result<()> {
    diesel::update(
        users::table
            .filter(users::id.eq(id))
            .filter(users::password_hash.eq(old.as_str())),
    )
    .set(users::password_hash.eq(new.as_str()))
    .execute(c.db())?;
    Ok(())
}

/// Notes that the mailbox is the person's.
pub(in crate::identity) fn prove(c: &mut ControlConn, id: UserId) -> Result<()> {
    let now = c.now();
    diesel::update(users::table.filter(users::id.eq(id)))
        .set((users::email_proven_at.eq(now), users::updated_at.eq(now)))
        .execute(c.db())?;
    Ok(())
}

/// Whoever may enter a company, those who were invited among them.
pub(in crate::identity) fn held_members(c: &mut ControlConn, tenant: TenantId) -> Result<u64> {
    let held: i64 = memberships::table
        .filter(memberships::tenant_id.eq(tenant))
        .filter(memberships::disabled_at.is_null())
        .count()
        .get_result(c.db())?;
    Ok(u64::try_from(held).unwrap_or_default())
}

type MemberRow = (
    UserRow,
    Option<Timestamp>,
    String,
    Option<Timestamp>,
    Timestamp,
    Option<Timestamp>,
);

fn member(row: MemberRow) -> Result<Member> {
    let (row, last_login_at, roles, disabled_at, joined_at, accepted_at) = row;
    let mut user = user(row)?;
    let roles: Roles = roles
        .parse()
        .map_err(|_| Error::internal(format!("the roles of {} cannot be read", user.id)))?;
    let is_accepted = accepted_at.is_some();
    if !is_accepted {
        // What somebody is called is their own to tell until they come.
        user.name.clear();
    }
    Ok(Member {
        user,
        roles,
        last_login_at,
        disabled_at,
        joined_at,
        is_accepted,
    })
}

fn load(c: &mut ControlConn, tenant: TenantId, only: Option<UserId>) -> Result<Vec<Member>> {
    let mut wanted = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .left_join(
            arrivals::table.on(arrivals::tenant_id
                .eq(memberships::tenant_id)
                .and(arrivals::user_id.eq(memberships::user_id))),
        )
        .filter(memberships::tenant_id.eq(tenant))
        .select((
            USER,
            arrivals::last_used_at.nullable(),
            memberships::roles,
            memberships::disabled_at,
            memberships::created_at,
            memberships::accepted_at,
        ))
        .order(users::email)
        .into_boxed();
    if let Some(id) = only {
        wanted = wanted.filter(memberships::user_id.eq(id));
    }
    let rows: Vec<MemberRow> = wanted.load(c.db())?;
    rows.into_iter().map(member).collect()
}

/// Everybody of a company, by address.
pub(in crate::identity) fn members(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<Member>> {
    load(c, tenant, None)
}

/// Somebody of a company.
pub(in crate::identity) fn member_by_id(
    c: &mut ControlConn,
    tenant: TenantId,
    id: UserId,
) -> Result<Option<Member>> {
    Ok(load(c, tenant, Some(id))?.pop())
}

/// How many companies somebody belongs to and may or could enter: those they did not accept yet among them.
pub(in crate::identity) fn belongs_to(c: &mut ControlConn, id: UserId) -> Result<i64> {
    Ok(memberships::table
        .filter(memberships::user_id.eq(id))
        .filter(memberships::disabled_at.is_null())
        .count()
        .get_result(c.db())?)
}

/// The companies somebody may enter now (those they accepted, and all where their address is proven): the one they were in last in front, then those they never entered as they joined them.
pub(in crate::identity) fn open_memberships(
    c: &mut ControlConn,
    id: UserId,
) -> Result<Vec<Membership>> {
    let rows: Vec<(TenantId, String, Option<Timestamp>)> = memberships::table
        .left_join(
            arrivals::table.on(arrivals::tenant_id
                .eq(memberships::tenant_id)
                .and(arrivals::user_id.eq(memberships::user_id))),
        )
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::user_id.eq(id))
        .filter(memberships::disabled_at.is_null())
        .filter(
            memberships::accepted_at
                .is_not_null()
                .or(users::email_proven_at.is_not_null()),
        )
        .select((
            memberships::tenant_id,
            memberships::roles,
            arrivals::last_used_at.nullable(),
        ))
        .order((memberships::created_at, memberships::tenant_id))
        .load(c.db())?;
    let mut all = rows
        .into_iter()
        .map(|(tenant, roles, last_used_at)| {
            let roles = roles
                .parse()
                .map_err(|_| Error::internal(format!("the roles of {id} cannot be read")))?;
            Ok(Membership {
                tenant,
                roles,
                last_used_at,
            })
        })
        .collect::<Result<Vec<_>>>()?;
    all.sort_by_key(|one| std::cmp::Reverse(one.last_used_at));
    Ok(all)
}

/// Notes that somebody works in a company from now on, if they did not before.
pub(in crate::identity) fn accept(c: &mut ControlConn, tenant: TenantId, id: UserId) -> Result<()> {
    let now = c.now();
    diesel::update(
        memberships::table
            .filter(memberships::tenant_id.eq(tenant))
            .filter(memberships::user_id.eq(id))
            .filter(memberships::disabled_at.is_null())
            .filter(memberships::accepted_at.is_null()),
    )
    .set((
        memberships::accepted_at.eq(now),
        memberships::updated_at.eq(now),
    ))
    .execute(c.db())?;
    Ok(())
}

/// Notes that somebody entered a company.
pub(in crate::identity) fn entered(
    c: &mut ControlConn,
    tenant: TenantId,
    id: UserId,
) -> Result<()> {
    accept(c, tenant, id)?;
    let now = c.now();
    let known = arrivals::table
        .filter(arrivals::tenant_id.eq(tenant))
        .filter(arrivals::user_id.eq(id));
    let changed = diesel::update(known)
        .set(arrivals::last_used_at.eq(now))
        .execute(c.db())?;
    if changed == 0 {
        diesel::insert_into(arrivals::table)
            .values((
                arrivals::tenant_id.eq(tenant),
                arrivals::user_id.eq(id),
                arrivals::last_used_at.eq(now),
            ))
            .execute(c.db())?;
    }
    Ok(())
}

/// How many people each company has.
///
/// # Errors
/// Where the store fails.
pub fn head_counts(c: &mut ControlConn) -> Result<Vec<(TenantId, i64)>> {
    Ok(memberships::table
        .filter(memberships::disabled_at.is_null())
        .group_by(memberships::tenant_id)
        .select((memberships::tenant_id, diesel::dsl::count_star()))
        .load(c.db())?)
}

/// Makes somebody a member: one who is in, or one who has to accept.
pub(in crate::identity) fn insert_membership(
    c: &mut ControlConn,
    tenant: TenantId,
    id: UserId,
    roles: &Roles,
    is_accepted: bool,
) -> Result<()> {
    let now = c.now();
    diesel::insert_into(memberships::table)
        .values((
            memberships::tenant_id.eq(tenant),
            memberships::user_id.eq(id),
            memberships::roles.eq(roles.to_string()),
            memberships::created_at.eq(now),
            memberships::updated_at.eq(now),
            memberships::accepted_at.eq(is_accepted.then_some(now)),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes a member's roles and whether they may enter.
pub(in crate::identity) fn save_membership(
    c: &mut ControlConn,
    tenant: TenantId,
    id: UserId,
    roles: &Roles,
    disabled_at: Option<Timestamp>,
) -> Result<()> {
    let now = c.now();
    diesel::update(
        memberships::table
            .filter(memberships::tenant_id.eq(tenant))
            .filter(memberships::user_id.eq(id)),
    )
    .set((
        memberships::roles.eq(roles.to_string()),
        memberships::disabled_at.eq(disabled_at),
        memberships::updated_at.eq(now),
    ))
    .execute(c.db())?;
    Ok(())
}

/// Owners who are in and can enter now: of one company, or of any. The role `owner` stands first in the list that is stored.
pub(in crate::identity) fn owners(c: &mut ControlConn, tenant: Option<TenantId>) -> Result<i64> {
    let mut query = memberships::table
        .inner_join(users::table.on(users::id.eq(memberships::user_id)))
        .filter(memberships::disabled_at.is_null())
        .filter(users::password_hash.is_not_null())
        .filter(memberships::accepted_at.is_not_null())
        .filter(
            memberships::roles
                .eq("owner")
                .or(memberships::roles.like("owner,%")),
        )
        .into_boxed();
    if let Some(tenant) = tenant {
        query = query.filter(memberships::tenant_id.eq(tenant));
    }
    Ok(query.count().get_result(c.db())?)
}
