//! A browser in which somebody signed in before is told from one that guesses: its failures are counted apart, so that whoever
//! tries a person's password from elsewhere cannot keep that person out.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use crate::Result;
use crate::app::App;
use crate::crypto::PlainToken;

const KEPT: Duration = Duration::days(365);

fn cookie_name(app: &App) -> &'static str {
    if app.is_https() {
        "__Host-device"
    } else {
        "device"
    }
}

fn sign(app: &App, email: &str, device: &str) -> String {
    let parts: [&[u8]; 4] = [b"device/v1\0", email.as_bytes(), b"\0", device.as_bytes()];
    URL_SAFE_NO_PAD.encode(app.keys.csrf.mac(&parts))
}

/// The browser's id, if this person signed in with it before.
pub(super) fn known(request: &HttpRequest, app: &App, email: &str) -> Option<String> {
    let cookie = request.cookie(cookie_name(app))?;
    let (device, signature) = cookie.value().split_once('.')?;
    let expected = sign(app, email, device);
    let fits = expected.as_bytes().ct_eq(signature.as_bytes());
    bool::from(fits).then(|| device.to_owned())
}

/// The cookie by which this browser is known from now on.
pub(super) fn cookie(app: &App, email: &str) -> Result<Cookie<'static>> {
    let device = PlainToken::generate()?;
    let signature = sign(app, email, device.expose());
    let value = format!("{}.{signature}", device.expose());
    Ok(Cookie::build(cookie_name(app), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.is_https())
        .max_age(KEPT)
        .finish())
}
