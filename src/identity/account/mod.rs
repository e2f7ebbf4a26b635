//! One's own account: name, password, the browsers that are signed in.

pub mod end_sessions;
pub mod name;
pub mod page;
pub mod password;

use crate::gate::SessionView;
use crate::id::UserId;
use crate::identity::permissions::OwnAccount;
use crate::web::Allowed;
use crate::{Error, Result};

/// Whose account a signed-in request is about.
pub(super) fn own(allowed: &Allowed<OwnAccount>) -> Result<(UserId, SessionView)> {
    let user = allowed
        .actor
        .id
        .as_deref()
        .and_then(|id| id.parse().ok())
        .ok_or(Error::Unauthenticated)?;
    let session = allowed.session.clone().ok_or(Error::Unauthenticated)?;
    Ok((user, session))
}
