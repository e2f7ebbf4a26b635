//! Forms cannot be forged: unsafe requests must come from a page of ours, and carry a token bound to the browser's cookie.
//!
//! `Sec-Fetch-Site` decides where the browser sends it, `Origin` where it does not. Every browser sends one of them with a form
//! it posts, so a request without either is no page's doing, and the token alone decides. The token is an HMAC of the session
//! cookie (or, before sign-in, of a random cookie set with the form), so it needs no store.

use actix_web::HttpRequest;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::request;
use crate::app::App;
use crate::crypto::PlainToken;
use crate::{Error, Result};

/// The field every form carries.
pub const FIELD: &str = "csrf";
/// The cookie that a browser without a session gets with its first form.
const VISITOR_COOKIE: &str = "st_form";

/// The name of the session cookie: `__Host-` where the address is https, since browsers refuse it otherwise.
pub fn session_cookie_name(https: bool) -> &'static str {
    if https { "__Host-sid" } else { "sid" }
}

/// The name of an operator's session cookie: another than a person's, so that one browser may be both.
pub fn operator_cookie_name(https: bool) -> &'static str {
    if https { "__Host-oid" } else { "oid" }
}

/// Whether an unsafe request was sent by a page of this instance, or by a program that is no browser.
pub fn from_our_own_page(request: &HttpRequest, app: &App) -> bool {
    // One that cannot be read is there, and not ours.
    let header = |name: &str| {
        request
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap_or_default())
    };
    match header("sec-fetch-site") {
        Some("same-origin") => true,
        // Typed by the user, or sent by a program that is no browser.
        Some("none") | None => header("origin").is_none_or(|origin| is_ours(origin, request, app)),
        Some(_) => false,
    }
}

fn is_ours(origin: &str, request: &HttpRequest, app: &App) -> bool {
    let public_url = app.public_url.as_str();
    if origin == public_url.trim_end_matches('/') {
        return true;
    }
    // A company's own host is as much ours.
    let own_host = request::host(request, &app.config.server.trusted_proxies)
        .filter(|host| {
            app.gate
                .get()
                .is_some_and(|gate| gate.company_at(host).is_some())
        })
        .and_then(|host| {
            let ours = url::Url::parse(public_url).ok()?;
            let theirs = url::Url::parse(origin).ok()?;
            Some(theirs.scheme() == ours.scheme() && theirs.host_str() == Some(host.as_str()))
        });
    if own_host == Some(true) {
        return true;
    }
    // On a machine of one's own the address typed (localhost, 127.0.0.1, a LAN name) may differ from the configured one.
    let host = request
        .headers()
        .get("host")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    !public_url.starts_with("https://")
        && !host.is_empty()
        && origin.strip_prefix("http://") == Some(host)
}

/// The value the token is bound to: the session cookie of that door, else the visitor's form cookie.
fn bound_to(request: &HttpRequest, app: &App) -> Option<String> {
    let name = if request::is_console(request.path()) {
        operator_cookie_name(app.is_https())
    } else {
        session_cookie_name(app.is_https())
    };
    let session = request.cookie(name);
    session
        .or_else(|| request.cookie(VISITOR_COOKIE))
        .map(|cookie| cookie.value().to_owned())
}

fn sign(app: &App, bound: &str) -> String {
    URL_SAFE_NO_PAD.encode(app.keys.csrf.mac(&[b"csrf/v1\0", bound.as_bytes()]))
}

/// The token for the forms of a page, with the cookie to set where the browser has none yet.
///
/// # Errors
/// Where the machine gives no randomness.
pub fn token(request: &HttpRequest, app: &App) -> Result<(String, Option<Cookie<'static>>)> {
    if let Some(bound) = bound_to(request, app) {
        return Ok((sign(app, &bound), None));
    }
    let plain = PlainToken::generate().map_err(|e| Error::Internal(Box::new(e)))?;
    let bound = plain.expose().to_owned();
    let cookie = Cookie::build(VISITOR_COOKIE, bound.clone())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.is_https())
        .finish();
    Ok((sign(app, &bound), Some(cookie)))
}

/// The token for a signed-in page.
pub fn session_token(request: &HttpRequest, app: &App) -> String {
    bound_to(request, app)
        .map(|bound| sign(app, &bound))
        .unwrap_or_default()
}

/// Refuses a form whose token does not belong to this browser.
///
/// # Errors
/// [`Error::Refused`].
pub fn check(request: &HttpRequest, app: &App, given: &str) -> Result<()> {
    let expected = bound_to(request, app).map(|bound| sign(app, &bound));
    let fits =
        expected.is_some_and(|expected| bool::from(expected.as_bytes().ct_eq(given.as_bytes())));
    if fits {
        Ok(())
    } else {
        Err(Error::Refused(
            "This form was opened before you signed in or out, or its cookie is gone. Nothing was changed: open the page again and send it once more.".to_owned(),
        ))
    }
}
