//! One message across a redirect, in a signed cookie that is gone once shown.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::ServiceResponse;
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

use super::parts::{Link, Toast, Tone};
use crate::app::App;

const COOKIE: &str = "st_flash";
/// Browsers keep about 4 KiB a cookie.
const TEXT_LIMIT: usize = 1_500;

/// Adds a message to a redirect; the next page shows it.
#[must_use]
pub fn with(mut response: HttpResponse, app: &App, toast: &Toast) -> HttpResponse {
    let (label, href) = toast
        .link
        .as_ref()
        .map_or(("", ""), |link| (link.label.as_str(), link.href.as_str()));
    let text: String = toast.text.chars().take(TEXT_LIMIT).collect();
    let body = [tone_word(toast.tone), &text, label, href].join("\u{1f}");
    let signature = URL_SAFE_NO_PAD.encode(app.keys.flash.mac(&[body.as_bytes()]));
    let cookie = Cookie::build(
        COOKIE,
        format!("{}.{signature}", URL_SAFE_NO_PAD.encode(&body)),
    )
    .path("/")
    .http_only(true)
    .same_site(SameSite::Lax)
    .secure(app.is_https())
    .max_age(Duration::minutes(5))
    .finish();
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::debug!(%error, "A message could not be carried over");
    }
    response
}

/// The message this request brings along.
pub fn read(request: &HttpRequest, app: &App) -> Option<Toast> {
    let cookie = request.cookie(COOKIE)?;
    let (body, signature) = cookie.value().split_once('.')?;
    let body = URL_SAFE_NO_PAD.decode(body).ok()?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok()?;
    if !bool::from(app.keys.flash.mac(&[&body]).ct_eq(&signature)) {
        return None;
    }
    let body = String::from_utf8(body).ok()?;
    let mut parts = body.split('\u{1f}');
    let tone = tone_of(parts.next()?);
    let mut toast = Toast::new(tone, parts.next()?);
    if let (Some(label), Some(href)) = (parts.next(), parts.next())
        && !label.is_empty()
    {
        toast.link = Some(Link::new(label, href));
    }
    Some(toast)
}

/// Takes the cookie away once a page has shown its message.
pub fn expire<B>(response: &mut ServiceResponse<B>) {
    let status = response.status();
    let shown = status.is_success() || status.is_client_error();
    let is_page = response
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if shown && is_page && response.request().cookie(COOKIE).is_some() {
        let gone = Cookie::build(COOKIE, "").path("/").finish();
        if let Err(error) = response.response_mut().add_removal_cookie(&gone) {
            tracing::debug!(%error, "A message stays for another page");
        }
    }
}

fn tone_word(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "good",
        Tone::Warn => "warn",
        Tone::Bad => "bad",
        Tone::Info => "info",
        Tone::Quiet => "quiet",
    }
}

fn tone_of(word: &str) -> Tone {
    match word {
        "good" => Tone::Good,
        "warn" => Tone::Warn,
        "bad" => Tone::Bad,
        "info" => Tone::Info,
        _ => Tone::Quiet,
    }
}
