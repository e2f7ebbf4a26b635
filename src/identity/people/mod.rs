//! People and what they are in a company.

pub(super) mod acts;
pub mod api;
mod carry;
pub mod pages;
mod store;

pub(super) use self::carry::claim_address;
pub use self::carry::{CarriedMember, Entered, carried_members, enter_members, owner_addresses};
pub use self::store::head_counts;
pub(super) use self::store::{
    accept, belongs_to, entered, has_users, held_members, insert_membership, insert_user,
    member_by_id, members, open_memberships, owners, prove, save_membership, set_name,
    set_password, strengthen_password, user_by_email, user_by_id,
};
use super::model::Roles;
use crate::Result;
use crate::app::App;
use crate::clock::Timestamp;
use crate::crypto::HashedPassword;
use crate::db::Scope;
use crate::gate::{Counted, Later};
use crate::id::{TenantId, UserId};
use crate::slice::Used;

/// Somebody who signs in.
#[derive(Debug, Clone)]
pub(super) struct User {
    pub(super) id: UserId,
    /// In lower case.
    pub(super) email: String,
    /// May be empty.
    pub(super) name: String,
    /// None until an invitation is accepted.
    pub(super) password: Option<HashedPassword>,
    /// Whether we know that the mailbox is theirs.
    pub(super) is_proven: bool,
}

impl User {
    /// Somebody new.
    pub(super) fn new(now: Timestamp, email: &str, name: &str) -> Self {
        Self {
            id: new_id(now),
            email: email.to_owned(),
            name: name.to_owned(),
            password: None,
            is_proven: false,
        }
    }

    /// The name, or the address where there is none.
    pub(super) fn label(&self) -> &str {
        if self.name.is_empty() {
            &self.email
        } else {
            &self.name
        }
    }
}

/// An id for somebody new. It tells no time: a company that adds an address must not learn since when it is known here.
pub(super) fn new_id(now: Timestamp) -> UserId {
    crate::id::random().map_or_else(
        || UserId::new(now),
        |bytes| UserId::from_uuid(uuid::Builder::from_random_bytes(bytes).into_uuid()),
    )
}

/// Somebody of a company.
#[derive(Debug, Clone)]
pub(super) struct Member {
    pub(super) user: User,
    pub(super) roles: Roles,
    /// When they last entered this company.
    pub(super) last_login_at: Option<Timestamp>,
    pub(super) disabled_at: Option<Timestamp>,
    pub(super) joined_at: Timestamp,
    /// Whether they came, or said that they would.
    pub(super) is_accepted: bool,
}

/// A company somebody may enter.
#[derive(Debug, Clone)]
pub(super) struct Membership {
    pub(super) tenant: TenantId,
    pub(super) roles: Roles,
    pub(super) last_used_at: Option<Timestamp>,
}

/// Where a member stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Can sign in.
    Active,
    /// Has not accepted the invitation yet.
    Invited,
    /// May not enter.
    Disabled,
}

impl Standing {
    /// All of them.
    pub(super) const ALL: [Self; 3] = [Self::Active, Self::Invited, Self::Disabled];

    /// What pages call it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Invited => "Invited",
            Self::Disabled => "Disabled",
        }
    }

    /// The word of API and filters.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }
}

impl Member {
    /// Where they stand.
    pub(super) fn standing(&self) -> Standing {
        if self.disabled_at.is_some() {
            Standing::Disabled
        } else if !self.is_accepted || self.user.password.is_none() {
            Standing::Invited
        } else {
            Standing::Active
        }
    }
}

/// Counts whoever may enter a company, for its plan.
pub(super) fn usage(app: App, scope: Scope, _: Timestamp) -> Later<'static, Result<Vec<Used>>> {
    Box::pin(async move {
        let tenant = scope.tenant();
        let held = app.control.read(move |c| held_members(c, tenant)).await?;
        Ok(vec![(Counted::Members, held)])
    })
}
