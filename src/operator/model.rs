//! Operators, their sessions and keys, as the control plane keeps them.

use std::time::Duration;

use crate::actor::{Actor, ActorKind, Origin};
use crate::clock::Timestamp;
use crate::crypto::{HashedApiKey, HashedPassword};
use crate::id::{OperatorId, OperatorKeyId, OperatorSessionId};

/// Without a request for so long an operator's session ends.
pub(super) const IDLE: Duration = Duration::from_secs(30 * 60);
/// So long after signing in it ends, used or not.
pub(super) const ABSOLUTE: Duration = Duration::from_secs(4 * 60 * 60);

/// Somebody who looks after the instance.
#[derive(Debug, Clone)]
pub(super) struct Operator {
    pub(super) id: OperatorId,
    /// In lower case.
    pub(super) email: String,
    /// May be empty.
    pub(super) name: String,
    pub(super) password: HashedPassword,
    pub(super) disabled_at: Option<Timestamp>,
    pub(super) last_login_at: Option<Timestamp>,
    pub(super) created_at: Timestamp,
}

impl Operator {
    /// Them, as the trail writes them down.
    pub(super) fn actor(&self, origin: Origin) -> Actor {
        Actor {
            kind: ActorKind::Operator,
            id: Some(self.id.to_string()),
            name: self.email.clone(),
            origin,
        }
    }
}

/// A signed-in operator.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) id: OperatorSessionId,
    pub(super) operator: Operator,
    pub(super) last_seen_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

impl Session {
    /// Whether it still opens something.
    pub(super) fn is_live(&self, now: Timestamp) -> bool {
        now < self.expires_at
            && now.since(self.last_seen_at) < IDLE
            && self.operator.disabled_at.is_none()
    }
}

/// A key with which a program does what operators do.
#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) id: OperatorKeyId,
    pub(super) name: String,
    pub(super) public_id: String,
    pub(super) hash: HashedApiKey,
    pub(super) created_at: Timestamp,
    pub(super) last_used_at: Option<Timestamp>,
    pub(super) revoked_at: Option<Timestamp>,
}
