//! Pages that are seen before signing in: their shell, their form token, the cookie it is bound to.

use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::keeper::Keeper;
use crate::app::App;
use crate::gate::Gate;
use crate::web::page::PageShell;
use crate::web::parts::Link;
use crate::web::{csrf, flash, page, request as facts};
use crate::{Error, Result};

/// What such a page begins with.
pub struct Open {
    /// Named, with its form token and what just happened.
    pub shell: PageShell,
    cookie: Option<Cookie<'static>>,
    referrer: &'static str,
}

impl Open {
    /// The shell of a page; the company's name stands on it once there is one to speak of.
    /// # Errors
    /// While the program is starting.
    pub fn new(request: &HttpRequest, app: &App, title: &str) -> Result<Self> {
        let (token, cookie) = csrf::token(request, app)?;
        let mut shell = PageShell::new(request, "").titled(title);
        shell.csrf = token;
        shell.toasts.extend(flash::read(request, app));
        let keeper = Keeper::of(app)?;
        if keeper.is_owned()
            && let Some(company) = keeper.company(facts::facts(request).tenant_slug.as_deref())
        {
            shell.company.clone_from(&company.view.name);
        }
        Ok(Self {
            shell,
            cookie,
            referrer: referrer_policy(request),
        })
    }

    /// Answers with the page made from the shell.
    pub fn answer<T: Template>(
        self,
        status: StatusCode,
        page: impl FnOnce(PageShell) -> T,
    ) -> HttpResponse {
        let mut response = page::html(status, &page(self.shell));
        // The address of such a page may hold a secret: it goes nowhere, and no cache keeps it.
        response.headers_mut().insert(
            header::REFERRER_POLICY,
            HeaderValue::from_static(self.referrer),
        );
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        with_cookie(response, self.cookie)
    }
}

/// Nothing is told of where a visitor comes from. “no-referrer” also takes the Origin from a page's forms, and a browser that
/// sends no Fetch Metadata (an old one, or any over plain HTTP) shows by that alone whose form it sends: it may name the site,
/// never the page.
fn referrer_policy(request: &HttpRequest) -> &'static str {
    let headers = request.headers();
    let is_browser = headers
        .get(header::USER_AGENT)
        .is_some_and(|agent| agent.as_bytes().starts_with(b"Mozilla/"));
    if is_browser && !headers.contains_key("sec-fetch-site") {
        "strict-origin"
    } else {
        "no-referrer"
    }
}

#[derive(Template)]
#[template(path = "identity/told.html")]
struct Told {
    shell: PageShell,
    status: u16,
    request_id: String,
    link: Option<Link>,
}

/// A page that says why there is nothing to do here, and where to go on instead, if anywhere.
///
/// # Errors
/// While the program is starting.
pub fn told(
    request: &HttpRequest,
    app: &App,
    status: StatusCode,
    (title, sentence): (&str, String),
    link: Option<Link>,
) -> Result<HttpResponse> {
    let mut open = Open::new(request, app, title)?;
    open.shell.lead = sentence;
    let request_id = facts::facts(request).id;
    Ok(open.answer(status, |shell| Told {
        shell,
        status: status.as_u16(),
        request_id,
        link,
    }))
}

/// Adds a cookie to an answer.
#[must_use]
pub fn with_cookie(mut response: HttpResponse, cookie: Option<Cookie<'static>>) -> HttpResponse {
    if let Some(cookie) = cookie
        && let Err(error) = response.add_cookie(&cookie)
    {
        tracing::error!(%error, "A cookie could not be set");
    }
    response
}

/// The status of a form that is shown again: too many attempts say so, with the time to wait.
#[must_use]
pub fn too_many(response: HttpResponse, error: &Error) -> HttpResponse {
    let mut response = response;
    if let Error::TooMany {
        retry_after_seconds,
    } = error
    {
        *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, (*retry_after_seconds).into());
    }
    response
}
