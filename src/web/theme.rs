//! Light, dark or as the system says: kept in a cookie, so the server renders the page in the
//! right scheme at once (no flash, no script needed).

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;

use super::body::Optional;
use crate::{Error, Result};

/// The cookie's name; `app.js` writes the same one.
pub const COOKIE: &str = "theme";

const YEAR_SECONDS: u32 = 31_536_000;

/// A colour scheme a person chose.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// Follow the system.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// All of them, in the order the menu shows.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// What the request's cookie says; anything unknown means the system's choice.
    pub fn of(request: &HttpRequest) -> Self {
        let cookies = request
            .headers()
            .get_all(header::COOKIE)
            .filter_map(|line| line.to_str().ok());
        let pairs = cookies
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        match pairs
            .filter(|(name, _)| *name == COOKIE)
            .map(|(_, value)| value)
            .next()
        {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The value in cookie and form.
    pub fn key(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// What the menu says.
    pub fn label(self) -> &'static str {
        match self {
            Self::System => "As the system",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

/// What the theme form sends.
#[derive(Debug, Deserialize)]
pub struct Choice {
    theme: Theme,
    #[serde(default)]
    back: String,
}

/// `POST /theme`: remembers the choice for a year and goes back. Changes nothing on the server.
///
/// # Errors
/// [`Error::BadRequest`] for a form that is none of ours.
pub async fn save(body: Optional) -> Result<HttpResponse> {
    let choice: Choice = serde_urlencoded::from_bytes(&body.0).map_err(|_| Error::BadRequest {
        code: "bad_request",
        message: "The form does not say which theme.".to_owned(),
    })?;
    let keep_seconds = if choice.theme == Theme::System {
        0
    } else {
        YEAR_SECONDS
    };
    let cookie = format!(
        "{COOKIE}={}; Path=/; Max-Age={keep_seconds}; SameSite=Lax",
        choice.theme.key()
    );
    Ok(HttpResponse::SeeOther()
        .insert_header((header::SET_COOKIE, cookie))
        .insert_header((header::LOCATION, local(&choice.back)))
        .finish())
}

/// Only paths of this site: no scheme, no host, nothing a browser reads as one.
fn local(back: &str) -> &str {
    let fine = back.starts_with('/')
        && !back.starts_with("//")
        && back.chars().all(|c| c.is_ascii_graphic() && c != '\\');
    if fine { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn the_cookie_decides_and_nonsense_means_system() {
        let of = |line: &str| {
            Theme::of(
                &TestRequest::default()
                    .insert_header((header::COOKIE, line))
                    .to_http_request(),
            )
        };
        assert_eq!(of("sid=1; theme=dark"), Theme::Dark);
        assert_eq!(of("theme=light"), Theme::Light);
        assert_eq!(of("theme=pink; mytheme=dark"), Theme::System);
    }

    #[test]
    fn the_way_back_stays_on_this_site() {
        assert_eq!(local("/admin?q=a%20b"), "/admin?q=a%20b");
        for bad in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/a\r\nb",
            "",
        ] {
            assert_eq!(local(bad), "/");
        }
    }
}
