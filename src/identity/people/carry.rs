//! Members on their way to another instance: names, addresses, roles, and where the passphrase allows it their passwords' hashes.

use serde::{Deserialize, Serialize};

use super::{accept, insert_membership, insert_user, member_by_id, members, new_id};
use super::{save_membership, set_password, user_by_email, user_by_id};
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::crypto::HashedPassword;
use crate::db::ControlConn;
use crate::id::{TenantId, UserId};
use crate::identity::model::{Role, Roles};
use crate::identity::one_time::{self, Purpose};
use crate::{Error, Result};

/// A member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CarriedMember {
    /// The id, which events of the trail name.
    pub id: UserId,
    /// In lower case.
    pub email: String,
    /// May be empty.
    pub name: String,
    /// A list separated by commas.
    pub roles: String,
    /// Since when they may not enter.
    pub disabled_at: Option<Timestamp>,
    /// Since when they belong to it.
    pub joined_at: Timestamp,
    /// The hash of their password, sealed while it travels.
    pub password_hash: Option<String>,
}

/// What became of members.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Entered {
    /// New people here.
    pub new: usize,
    /// People whose address was here: they keep their name and password.
    pub known: usize,
    /// New people without a password: they must ask for a reset link.
    pub without_password: usize,
}

/// The members of a company, by address.
///
/// # Errors
/// Where the store fails.
pub fn carried_members(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<CarriedMember>> {
    let all = members(c, tenant)?;
    let one = |member: super::Member| CarriedMember {
        id: member.user.id,
        email: member.user.email,
        name: member.user.name,
        roles: member.roles.to_string(),
        disabled_at: member.disabled_at,
        joined_at: member.joined_at,
        // Somebody who did not come brings nothing along.
        password_hash: member
            .user
            .password
            .filter(|_| member.is_accepted)
            .map(|hash| hash.as_str().to_owned()),
    };
    Ok(all.into_iter().map(one).collect())
}

/// The addresses of those who own a company and may enter.
///
/// # Errors
/// Where the store fails.
pub fn owner_addresses(c: &mut ControlConn, tenant: TenantId) -> Result<Vec<String>> {
    let mut all = members(c, tenant)?;
    all.retain(|one| one.disabled_at.is_none() && one.roles.has(Role::Owner));
    Ok(all.into_iter().map(|one| one.user.email).collect())
}

/// Makes members of a company of those who came with it. Whoever is known here already and works for another company too has to
/// accept, as everybody without a password: what a file says of an address proves nothing.
///
/// # Errors
/// [`Error::Invalid`] where one has a role or a hash that this program does not know; where the store fails.
pub fn enter_members(
    c: &mut ControlConn,
    tenant: TenantId,
    all: &[CarriedMember],
    tenancy: Tenancy,
) -> Result<Entered> {
    let mut entered = Entered::default();
    for one in all {
        let roles: Roles = one.roles.parse().map_err(|_| {
            Error::invalid(
                "members",
                format!("The roles of {} are not known here.", one.email),
            )
        })?;
        let password = one
            .password_hash
            .as_deref()
            .map(HashedPassword::parse)
            .transpose()?;
        let is_accepted;
        let id = match user_by_email(c, &one.email)? {
            Some(known) => {
                entered.known += 1;
                is_accepted = tenancy == Tenancy::Single;
                known.id
            }
            None => {
                entered.new += 1;
                entered.without_password += usize::from(password.is_none());
                is_accepted = password.is_some() || tenancy == Tenancy::Single;
                let id = match user_by_id(c, one.id)? {
                    None => one.id,
                    Some(_) => new_id(c.now()),
                };
                insert_user(c, id, &one.email, &one.name, password.as_ref())?;
                id
            }
        };
        if member_by_id(c, tenant, id)?.is_none() {
            insert_membership(c, tenant, id, &roles, is_accepted)?;
            if one.disabled_at.is_some() {
                save_membership(c, tenant, id, &roles, one.disabled_at)?;
            }
        }
        if roles.has(Role::Owner) && password.is_some() {
            one_time::kill(c, Purpose::Setup, None)?;
        }
    }
    Ok(entered)
}

/// Somebody who came without a password and now claims the instance with their address: they get one, and own it.
pub(in crate::identity) fn claim_address(
    c: &mut ControlConn,
    tenant: TenantId,
    email: &str,
    password: &HashedPassword,
) -> Result<Option<UserId>> {
    let Some(user) = user_by_email(c, email)?.filter(|user| user.password.is_none()) else {
        return Ok(None);
    };
    set_password(c, user.id, password)?;
    let roles = Roles::one(Role::Owner);
    match member_by_id(c, tenant, user.id)? {
        None => insert_membership(c, tenant, user.id, &roles, true)?,
        Some(member) if member.roles.has(Role::Owner) && member.disabled_at.is_none() => {}
        Some(_) => save_membership(c, tenant, user.id, &roles, None)?,
    }
    accept(c, tenant, user.id)?;
    Ok(Some(user.id))
}
