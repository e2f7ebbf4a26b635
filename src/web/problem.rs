//! From errors to answers: one table of status and code, a problem document (RFC 9457) for programs and a page for people.

use actix_web::http::{StatusCode, header};
use actix_web::{HttpRequest, HttpResponse, ResponseError};

use super::allowed::shell_around_error;
use super::page::{ErrorInside, ErrorPage, PageShell, html};
use super::parts::Link;
use super::request::{self, Door};
use crate::Error;
use crate::app::App;

/// The one table: status, stable code, title.
fn row(error: &Error) -> (StatusCode, &'static str, &'static str) {
    match error {
        Error::NotFound => (StatusCode::NOT_FOUND, "not_found", "Not found"),
        Error::Unauthenticated => (StatusCode::UNAUTHORIZED, "unauthenticated", "Sign in first"),
        Error::Forbidden(_) => (StatusCode::FORBIDDEN, "missing_right", "Not allowed"),
        Error::Refused(_) => (StatusCode::FORBIDDEN, "refused", "Refused"),
        Error::Frozen => (StatusCode::FORBIDDEN, "tenant_frozen", "Frozen"),
        Error::ProductDisabled(_) => (StatusCode::FORBIDDEN, "product_disabled", "Switched off"),
        Error::ProjectLimited(_) => (StatusCode::FORBIDDEN, "project_limited", "Another project"),
        Error::PlanLimit {
            retry_after_seconds: None,
            ..
        } => (
            StatusCode::PAYMENT_REQUIRED,
            "plan_limit",
            "The plan is used up",
        ),
        Error::PlanLimit { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "plan_limit",
            "The plan is used up",
        ),
        Error::Invalid(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "invalid",
            "Some values do not fit",
        ),
        Error::BadRequest { code, .. } => {
            (StatusCode::BAD_REQUEST, code, "The request cannot be read")
        }
        Error::Conflict { code, .. } => {
            (StatusCode::CONFLICT, code, "Not possible as things stand")
        }
        Error::Duplicate => (StatusCode::CONFLICT, "duplicate", "This already exists"),
        Error::Stale => (
            StatusCode::PRECONDITION_FAILED,
            "stale",
            "Changed in the meantime",
        ),
        Error::Gone(_) => (StatusCode::GONE, "gone", "No longer here"),
        Error::MethodNotAllowed { .. } => (
            StatusCode::METHOD_NOT_ALLOWED,
            "method_not_allowed",
            "Not this method",
        ),
        Error::TooLarge { .. } => (StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Too large"),
        Error::TooMany { .. } => (
            StatusCode::TOO_MANY_REQUESTS,
            "too_many_requests",
            "Too many requests",
        ),
        Error::Busy => (StatusCode::SERVICE_UNAVAILABLE, "busy", "Try again"),
        Error::Database(_) | Error::Internal(_) => (
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side",
        ),
    }
}

impl ResponseError for Error {
    fn status_code(&self) -> StatusCode {
        row(self).0
    }

    /// The bare status; [`render`] gives it a body once the request is known.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// Every code an answer may carry, with its status: for the API's description.
pub const CODES: &[(u16, &str, &str)] = &[
    (400, "bad_request", "The request cannot be read."),
    (
        401,
        "unauthenticated",
        "No key, or one that is not good any more.",
    ),
    (
        402,
        "plan_limit",
        "The company’s plan is used up; `detail` names the limit.",
    ),
    (403, "missing_right", "The key lacks the named right."),
    (
        403,
        "tenant_frozen",
        "The company is frozen: it can be read, not changed.",
    ),
    (
        403,
        "product_disabled",
        "The product is switched off for this company.",
    ),
    (
        404,
        "not_found",
        "Nothing is there, or it belongs to somebody else.",
    ),
    (409, "conflict", "It fits, but not with what is there now."),
    (410, "gone", "It was here and is not any more."),
    (412, "stale", "The record changed since it was read."),
    (
        413,
        "too_large",
        "The body is larger than this route takes.",
    ),
    (
        422,
        "invalid",
        "Some values do not fit; `errors` says which.",
    ),
    (
        429,
        "too_many_requests",
        "Too many requests; see `Retry-After`.",
    ),
    (
        500,
        "internal",
        "A fault on our side; quote the request id.",
    ),
    (
        503,
        "busy",
        "The store cannot take this now; nothing was changed.",
    ),
];

/// A problem document.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct Problem {
    /// A page that explains the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// What kind of problem, in a few words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// Stable snake_case code.
    pub code: String,
    /// What happened here, in a sentence.
    pub detail: String,
    /// What does not fit, value by value.
    pub errors: Vec<ProblemField>,
    /// The id to quote when asking about it.
    pub request_id: String,
}

/// One value that does not fit.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub struct ProblemField {
    /// JSON pointer into the body.
    pub pointer: String,
    /// What would fit.
    pub message: String,
}

/// Turns an error into the answer this door expects.
pub fn render(error: &Error, request: &HttpRequest) -> HttpResponse {
    let (status, code, title) = row(error);
    let facts = request::facts(request);
    match error {
        Error::Database(source) | Error::Internal(source) => {
            tracing::error!(request.id = %facts.id, path = request.path(), error = %source, "A request failed");
        }
        Error::Busy => {
            tracing::warn!(request.id = %facts.id, path = request.path(), "A request was turned away: the store is busy")
        }
        _ => {}
    }
    let mut response = match facts.door {
        Door::Api | Door::Open => document(error, status, code, title, facts.id, request),
        Door::Page => page(error, status, title, facts.id, request),
    };
    let retry_after = match error {
        Error::TooMany {
            retry_after_seconds,
        } => Some(*retry_after_seconds),
        Error::PlanLimit {
            retry_after_seconds,
            ..
        } => *retry_after_seconds,
        Error::Busy => Some(1),
        _ => None,
    };
    if let Some(seconds) = retry_after {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    if let Error::MethodNotAllowed { allow } = error
        && let Ok(value) = header::HeaderValue::from_str(allow)
    {
        response.headers_mut().insert(header::ALLOW, value);
    }
    if status == StatusCode::UNAUTHORIZED {
        response.headers_mut().insert(
            header::WWW_AUTHENTICATE,
            header::HeaderValue::from_static("Bearer"),
        );
    }
    response
}

fn document(
    error: &Error,
    status: StatusCode,
    code: &str,
    title: &str,
    request_id: String,
    request: &HttpRequest,
) -> HttpResponse {
    let errors = match error {
        Error::Invalid(fields) => fields
            .iter()
            .map(|field| ProblemField {
                pointer: field.pointer.clone(),
                message: field.message.clone(),
            })
            .collect(),
        _ => Vec::new(),
    };
    let base = request
        .path()
        .strip_suffix(request::below_tenant(request.path()))
        .unwrap_or_default();
    let problem = Problem {
        kind: format!("{base}/api/docs#{code}"),
        title: title.to_owned(),
        status: status.as_u16(),
        code: code.to_owned(),
        detail: error.to_string(),
        errors,
        request_id,
    };
    let body = serde_json::to_string(&problem).unwrap_or_default();
    HttpResponse::build(status)
        .content_type("application/problem+json")
        .body(body)
}

fn page(
    error: &Error,
    status: StatusCode,
    title: &str,
    request_id: String,
    request: &HttpRequest,
) -> HttpResponse {
    let path = request.path();
    let base = path
        .strip_suffix(request::below_tenant(path))
        .unwrap_or_default();
    if matches!(error, Error::Unauthenticated) {
        let next = request
            .uri()
            .path_and_query()
            .map_or("/admin", |pq| pq.as_str());
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("next", next)
            .finish();
        let door = if request::is_console(path) {
            "/operator/login"
        } else {
            "/login"
        };
        return super::answer::see_other(&format!("{door}?{query}"));
    }
    let sentence = match error {
        Error::Invalid(fields) => fields.iter().map(|field| as_sentence(&field.message)).collect::<Vec<_>>().join(" "),
        Error::NotFound => "There is nothing at this address. It may have been moved or archived, or the link has a typing mistake.".to_owned(),
        Error::Database(_) | Error::Internal(_) => {
            "Something went wrong on our side. What you sent was not saved; the log has the details under the number below.".to_owned()
        }
        other => other.to_string(),
    };
    if let Some((shell, place)) = shell_around_error(request, title) {
        let at_the_list = place.is_some_and(|place| request::below_tenant(path) == place.path());
        if let Some(page) = came_from(request) {
            return inside(
                shell,
                status,
                sentence,
                request_id,
                Link::new("Go back", page),
            );
        }
        let (label, target) = match place {
            Some(place) if at_the_list && !request.query_string().is_empty() => {
                (format!("{} without filters", place.label()), place.path())
            }
            Some(place) if !at_the_list => (format!("Back to {}", place.label()), place.path()),
            _ => ("Go to the start page".to_owned(), "/admin"),
        };
        let back = Link::new(label, shell.url(target));
        return inside(shell, status, sentence, request_id, back);
    }
    let shell = PageShell::new(request, base).titled(title);
    let start = if request::is_console(path) {
        "/operator".to_owned()
    } else {
        shell.url("/admin")
    };
    html(
        status,
        &ErrorPage {
            shell,
            status: status.as_u16(),
            sentence,
            request_id,
            back: Link::new("Go to the start page", start),
        },
    )
}

fn inside(
    shell: PageShell,
    status: StatusCode,
    sentence: String,
    request_id: String,
    back: Link,
) -> HttpResponse {
    let page = ErrorInside {
        shell,
        status: status.as_u16(),
        sentence,
        request_id,
        back,
    };
    html(status, &page)
}

/// The page of ours whose form was sent: its path, never another site's address.
fn came_from(request: &HttpRequest) -> Option<String> {
    if request.method().is_safe() {
        return None;
    }
    let app = request.app_data::<actix_web::web::Data<App>>()?;
    let referer = request.headers().get(header::REFERER)?.to_str().ok()?;
    let page = url::Url::parse(referer).ok()?;
    let ours = url::Url::parse(&app.public_url).ok()?;
    if page.origin() != ours.origin()
        || !page.path().starts_with('/')
        || page.path().starts_with("//")
    {
        return None;
    }
    Some(match page.query() {
        Some(query) => format!("{}?{query}", page.path()),
        None => page.path().to_owned(),
    })
}

/// What the API says beside a field, as a sentence of its own.
fn as_sentence(message: &str) -> String {
    let mut letters = message.chars();
    let mut sentence = letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect::<String>()
    });
    if !sentence.ends_with(['.', '!', '?']) {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_beside_a_field_becomes_a_sentence() {
        assert_eq!(as_sentence("use one of a, b"), "Use one of a, b.");
        assert_eq!(as_sentence("Choose one."), "Choose one.");
    }
}
