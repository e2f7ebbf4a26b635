//! API keys: a program's way in. The secret is shown once; a keyed hash of it is kept.

pub(super) mod acts;
pub mod api;
pub mod pages;
mod store;

pub(super) use self::store::{all, by_id, by_name, by_public_id, insert, revoke, used};
use std::sync::Arc;

use crate::clock::Timestamp;
use crate::crypto::HashedApiKey;
use crate::gate::ProjectLimit;
use crate::id::{ApiKeyId, ProjectId, TenantId};

/// A key as the store has it.
#[derive(Debug, Clone)]
pub(super) struct ApiKey {
    pub(super) id: ApiKeyId,
    pub(super) tenant: TenantId,
    pub(super) name: String,
    /// Ten characters by which it is found.
    pub(super) public_id: String,
    pub(super) hash: HashedApiKey,
    pub(super) scopes: Vec<String>,
    /// The address of whoever made it.
    pub(super) created_by: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) last_used_at: Option<Timestamp>,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) revoked_at: Option<Timestamp>,
    /// The only project it sees.
    pub(super) project: Option<Arc<ProjectLimit>>,
}

impl ApiKey {
    /// The states there are.
    pub(super) const STATES: [&'static str; 3] = ["active", "expired", "revoked"];

    /// What it is now.
    pub(super) fn state(&self, now: Timestamp) -> &'static str {
        if self.revoked_at.is_some() {
            "revoked"
        } else if self.is_live(now) {
            "active"
        } else {
            "expired"
        }
    }

    /// How lists show it.
    pub(super) fn prefix(&self) -> String {
        format!("st_{}", self.public_id)
    }

    /// Whether it opens anything now.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| now < at)
    }
}

/// A key about to be made.
#[derive(Debug, Clone)]
pub(super) struct NewKey {
    pub(super) id: ApiKeyId,
    pub(super) name: String,
    pub(super) public_id: String,
    pub(super) hash: HashedApiKey,
    pub(super) scopes: Vec<String>,
    pub(super) created_by: String,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) project: Option<ProjectId>,
}
