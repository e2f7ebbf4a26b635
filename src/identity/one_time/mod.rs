//! Links that work once: 256 random bits, only their hash is kept. Opening one shows a button; pressing it uses the link up, so
//! that a mail scanner which follows links breaks nothing.

mod store;

use std::time::Duration;

pub(super) use self::store::{issue, kill, kill_all_of, sweep, usable, use_up};
use crate::clock::Timestamp;
use crate::crypto::HashedToken;
use crate::id::{OneTimeId, TenantId, UserId};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Owning an instance that nobody owns.
    Setup,
    /// A new password for one that was forgotten.
    Reset,
    /// The first password of somebody who was invited.
    Invite,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Setup => "setup",
            Self::Reset => "reset",
            Self::Invite => "invite",
        }
    }

    /// How long such a link works.
    pub(super) fn lifetime(self) -> Duration {
        match self {
            Self::Setup | Self::Reset => Duration::from_secs(30 * 60),
            Self::Invite => Duration::from_secs(7 * 24 * 60 * 60),
        }
    }
}

/// A link that can be used.
#[derive(Debug, Clone, Copy)]
pub(super) struct OneTime {
    pub(super) id: OneTimeId,
    /// Whose it is; nobody's for the setup.
    pub(super) user: Option<UserId>,
    pub(super) expires_at: Timestamp,
    /// The company an invitation lets in to.
    pub(super) tenant: Option<TenantId>,
    /// Whether only the mailbox could have it: the instance's own mail carries it, and nobody is shown it.
    pub(super) proves: bool,
}

/// A link about to be issued.
#[derive(Debug)]
pub(super) struct NewOneTime<'a> {
    pub(super) purpose: Purpose,
    pub(super) user: Option<UserId>,
    pub(super) token: &'a HashedToken,
    pub(super) tenant: Option<TenantId>,
    pub(super) proves: bool,
}

impl<'a> NewOneTime<'a> {
    /// One that proves nothing, since somebody is shown it.
    pub(super) fn shown(purpose: Purpose, user: Option<UserId>, token: &'a HashedToken) -> Self {
        Self {
            purpose,
            user,
            token,
            tenant: None,
            proves: false,
        }
    }
}
