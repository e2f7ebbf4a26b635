//! The shell around every page: who is signed in, where we are, what just happened.
//!
//! A page is a template struct with a field `shell: PageShell` whose file extends `layout.html`
//! (signed in) or `plain.html` (setup, login, open pages).

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::assets;
use super::format::Format;
use super::nav::Section;
use super::parts::{Link, Toast, Tone};
use super::theme::Theme;

/// What htmx may do under our policy: no injected styles, no pages of its own making, nothing evaluated.
const HTMX_CONFIG: &str =
    r#"{"includeIndicatorCSS":false,"history":"reload","defaultTimeout":30000}"#;

/// Who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their name; may be empty.
    pub name: String,
    /// Their mail address.
    pub email: String,
}

impl Person {
    /// The name, or the address where there is none.
    pub fn label(&self) -> &str {
        if self.name.is_empty() {
            &self.email
        } else {
            &self.name
        }
    }

    /// Up to two letters for the round badge.
    pub fn initials(&self) -> String {
        let letters: String = self
            .label()
            .split(|c: char| c.is_whitespace() || c == '.' || c == '@')
            .filter_map(|word| word.chars().find(|c| c.is_alphanumeric()))
            .take(2)
            .flat_map(char::to_uppercase)
            .collect();
        if letters.is_empty() {
            "?".to_owned()
        } else {
            letters
        }
    }
}

/// A lasting remark above a page: plain HTTP, no backups yet, demo data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Notice {
    /// How serious.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
    /// What to do about it.
    pub link: Option<Link>,
}

/// Everything `layout.html` and `plain.html` need.
#[derive(Clone, Debug, Default)]
pub struct PageShell {
    /// The page's name: title of the window and heading.
    pub title: String,
    /// One line under the heading: what this is and what waits.
    pub lead: String,
    /// The way back up, shown above the heading.
    pub crumbs: Vec<Link>,
    /// The company's name; empty before setup.
    pub company: String,
    /// Who is signed in.
    pub user: Option<Person>,
    /// The navigation, from [`super::nav::build`].
    pub nav: Vec<Section>,
    /// The token every form sends along.
    pub csrf: String,
    /// What just happened.
    pub toasts: Vec<Toast>,
    /// What stays true until somebody acts.
    pub notices: Vec<Notice>,
    /// The chosen colour scheme.
    pub theme: Theme,
    /// The tenant's prefix: empty, or `/t/<slug>`.
    pub base: String,
    /// This page's own address, for forms that return here.
    pub here: String,
    /// How figures are written.
    pub format: Format,
    /// Whether the page is the operators' own, with an account and a start page of their own.
    pub is_console: bool,
    /// Whether many companies are served, so that a person may have several.
    pub is_shared: bool,
}

impl PageShell {
    /// A shell for this request below a tenant's prefix, with nobody signed in.
    pub fn new(request: &HttpRequest, base: &str) -> Self {
        Self {
            base: base.to_owned(),
            theme: Theme::of(request),
            here: request
                .uri()
                .path_and_query()
                .map_or_else(|| "/".to_owned(), ToString::to_string),
            ..Self::default()
        }
    }

    /// Names the page.
    #[must_use]
    pub fn titled(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Adds the line under the heading.
    #[must_use]
    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = lead.into();
        self
    }

    /// Adds a step of the way back up; `path` is below the tenant's prefix.
    #[must_use]
    pub fn crumb(mut self, label: impl Into<String>, path: &str) -> Self {
        let href = self.url(path);
        self.crumbs.push(Link::new(label, href));
        self
    }

    /// Adds a message.
    #[must_use]
    pub fn toast(mut self, toast: Toast) -> Self {
        self.toasts.push(toast);
        self
    }

    /// An address of this tenant.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The start page.
    pub fn home(&self) -> String {
        if self.is_console {
            "/operator".to_owned()
        } else {
            self.url("/admin")
        }
    }

    /// Where signing out is sent to.
    pub fn logout(&self) -> &'static str {
        if self.is_console {
            "/operator/logout"
        } else {
            "/logout"
        }
    }

    /// The address of an embedded file.
    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    /// The window's title: page, company, product.
    pub fn window_title(&self) -> String {
        let parts = [self.title.as_str(), self.company.as_str(), "Steading"];
        parts
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" · ")
    }

    /// The version shown in the foot.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }

    /// The colour schemes to choose from.
    pub fn themes(&self) -> [Theme; 3] {
        Theme::ALL
    }

    /// The scheme to force, where the person does not follow the system.
    pub fn forced_theme(&self) -> Option<&'static str> {
        (self.theme != Theme::System).then(|| self.theme.key())
    }

    /// The settings htmx reads from the head.
    pub fn htmx_config(&self) -> &'static str {
        HTMX_CONFIG
    }
}

/// Renders a template as an answer. A template that fails is a bug: logged, answered 500.
pub fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    answer(status, page.render())
}

fn answer(status: StatusCode, rendered: askama::Result<String>) -> HttpResponse {
    match rendered {
        Ok(body) => HttpResponse::build(status)
            .content_type("text/html; charset=utf-8")
            .body(body),
        Err(error) => {
            tracing::error!(%error, "A page could not be rendered");
            HttpResponse::InternalServerError()
                .content_type("text/plain; charset=utf-8")
                .body("This page could not be shown. Nothing was changed by showing it.\n")
        }
    }
}

/// 200 with a page.
pub fn ok(page: &impl Template) -> HttpResponse {
    html(StatusCode::OK, page)
}

/// 422 with a form as it was sent, its errors beside it.
pub fn unprocessable(page: &impl Template) -> HttpResponse {
    html(StatusCode::UNPROCESSABLE_ENTITY, page)
}

/// What went wrong, for somebody who is signed in: among their own pages.
#[derive(Debug, Template)]
#[template(path = "error/inside.html")]
pub struct ErrorInside {
    /// The shell with its navigation.
    pub shell: PageShell,
    /// The status code.
    pub status: u16,
    /// What happened, what was kept, what to do.
    pub sentence: String,
    /// For the people who look after this instance.
    pub request_id: String,
    /// The way back.
    pub back: Link,
}

/// What went wrong, for people of whom nothing is known.
#[derive(Debug, Template)]
#[template(path = "error/page.html")]
pub struct ErrorPage {
    /// Only colour scheme and names are used.
    pub shell: PageShell,
    /// The status code.
    pub status: u16,
    /// What happened, what was kept, what to do.
    pub sentence: String,
    /// For the people who look after this instance.
    pub request_id: String,
    /// The way back.
    pub back: Link,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_come_from_name_or_address() {
        let person = |name: &str, email: &str| {
            Person {
                name: name.into(),
                email: email.into(),
            }
            .initials()
        };
        assert_eq!(person("Ana Pop", "a@b.example"), "AP");
        assert_eq!(person("", "ana.pop@b.example"), "AP");
        assert_eq!(person("Şerban", ""), "Ş");
        assert_eq!(person("", ""), "?");
    }
}
