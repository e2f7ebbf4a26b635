//! Signed-in browsers: an opaque token in a cookie, its hash in the store, sixty idle minutes, twelve hours in all.

mod store;

use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite};

pub(super) use self::store::{
    by_token, count_in, end_all, end_by_token, end_in, end_one, insert, of_user, rotate, seen,
    sweep, switch,
};
use super::model::Roles;
use crate::actor::Origin;
use crate::app::App;
use crate::clock::Timestamp;
use crate::crypto::{HashedToken, PlainToken};
use crate::id::{SessionId, TenantId, UserId};
use crate::web::csrf;

/// Without a request for so long a session ends.
pub(super) const IDLE: Duration = Duration::from_secs(60 * 60);
/// So long after signing in a session ends, used or not.
pub(super) const ABSOLUTE: Duration = Duration::from_secs(12 * 60 * 60);

/// A session as the store has it, with its person as they are now.
#[derive(Debug, Clone)]
pub(super) struct StoredSession {
    pub(super) id: SessionId,
    pub(super) user: UserId,
    pub(super) tenant: TenantId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) roles: Roles,
    pub(super) last_seen_at: Timestamp,
    pub(super) expires_at: Timestamp,
}

/// A session about to begin.
#[derive(Debug, Clone)]
pub(super) struct NewSession {
    pub(super) id: SessionId,
    pub(super) user: UserId,
    pub(super) tenant: TenantId,
    pub(super) token: HashedToken,
    pub(super) address: Option<String>,
    pub(super) user_agent: Option<String>,
}

impl NewSession {
    /// For somebody who just proved who they are.
    pub(super) fn new(
        now: Timestamp,
        user: UserId,
        tenant: TenantId,
        token: HashedToken,
        origin: &Origin,
    ) -> Self {
        Self {
            id: SessionId::new(now),
            user,
            tenant,
            token,
            address: origin.address.clone(),
            user_agent: origin.user_agent.clone(),
        }
    }
}

/// A line of somebody's list of sessions.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) id: SessionId,
    pub(super) address: Option<String>,
    pub(super) user_agent: Option<String>,
    pub(super) created_at: Timestamp,
    pub(super) last_seen_at: Timestamp,
}

/// The cookie that carries a token. Scripts cannot read it, other sites' forms do not send it.
pub(super) fn cookie(app: &App, token: &PlainToken) -> Cookie<'static> {
    let seconds = i64::try_from(ABSOLUTE.as_secs()).unwrap_or(i64::MAX);
    Cookie::build(
        csrf::session_cookie_name(app.is_https()),
        token.expose().to_owned(),
    )
    .path("/")
    .http_only(true)
    .same_site(SameSite::Lax)
    .secure(app.is_https())
    .max_age(actix_web::cookie::time::Duration::seconds(seconds))
    .finish()
}

/// The cookie that takes it away again.
pub(super) fn no_cookie(app: &App) -> Cookie<'static> {
    let mut cookie = Cookie::build(csrf::session_cookie_name(app.is_https()), "")
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.is_https())
        .finish();
    cookie.make_removal();
    cookie
}

/// A browser in words, from what it calls itself: enough to tell one's own devices apart.
pub(super) fn browser(user_agent: Option<&str>) -> String {
    let text = user_agent.unwrap_or_default();
    let first = |names: &[(&str, &'static str)]| {
        names
            .iter()
            .find(|(mark, _)| text.contains(mark))
            .map(|(_, name)| *name)
    };
    let program = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => "An unknown browser".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_apart() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0 Safari/537.36";
        assert_eq!(browser(Some(chrome)), "Chrome on Linux");
        let iphone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Mobile Safari/604";
        assert_eq!(browser(Some(iphone)), "Safari on iPhone");
        assert_eq!(browser(None), "An unknown browser");
    }
}
