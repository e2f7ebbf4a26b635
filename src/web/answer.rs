//! Answers in the shapes the contract promises: JSON, lists with a cursor, redirects after a form, versions.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::pager::Page;
use crate::{Error, Result};

/// A JSON answer.
pub fn json(status: StatusCode, value: &impl Serialize) -> HttpResponse {
    match serde_json::to_string(value) {
        Ok(body) => HttpResponse::build(status)
            .content_type("application/json")
            .body(body),
        Err(error) => HttpResponse::from_error(Error::Internal(Box::new(error))),
    }
}

/// 200 with JSON.
pub fn ok(value: &impl Serialize) -> HttpResponse {
    json(StatusCode::OK, value)
}

/// 201 with JSON.
pub fn created(value: &impl Serialize) -> HttpResponse {
    json(StatusCode::CREATED, value)
}

/// A list's answer.
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct List<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Give it as `cursor` for the next page; null on the last.
    pub next_cursor: Option<String>,
    /// Rows of the whole filtered set, where `total=true` was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<i64>,
}

/// A page of a list, with a `Link` to the next.
pub fn list<T: Serialize>(request: &HttpRequest, page: Page<T>) -> HttpResponse {
    let next_cursor = page.next.as_ref().map(super::pager::Cursor::encode);
    let mut response = ok(&List {
        data: page.rows,
        next_cursor: next_cursor.clone(),
        total: page.total,
    });
    if let Some(cursor) = next_cursor {
        let rest: Vec<(String, String)> =
            url::form_urlencoded::parse(request.query_string().as_bytes())
                .into_owned()
                .filter(|(key, _)| key != "cursor")
                .collect();
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(rest)
            .append_pair("cursor", &cursor)
            .finish();
        if let Ok(value) =
            HeaderValue::from_str(&format!("<{}?{query}>; rel=\"next\"", request.path()))
        {
            response.headers_mut().insert(header::LINK, value);
        }
    }
    response
}

/// A record with its version as `ETag`; 304 where the caller has it.
pub fn versioned(
    request: &HttpRequest,
    status: StatusCode,
    version: i64,
    value: &impl Serialize,
) -> HttpResponse {
    let tag = format!("\"{version}\"");
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|v| v.to_str().ok());
    let mut response = if status == StatusCode::OK && known == Some(tag.as_str()) {
        HttpResponse::NotModified().finish()
    } else {
        json(status, value)
    };
    if let Ok(value) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// The version a change was made from, where the caller says so.
///
/// # Errors
/// [`Error::Stale`] for a tag we never gave out.
pub fn if_match(request: &HttpRequest) -> Result<Option<i64>> {
    match request
        .headers()
        .get(header::IF_MATCH)
        .map(|v| v.to_str().unwrap_or_default())
    {
        None | Some("*") => Ok(None),
        Some(tag) => tag
            .trim_matches('"')
            .parse()
            .map(Some)
            .map_err(|_| Error::Stale),
    }
}

/// 303 to a page of ours, after a form.
pub fn see_other(url: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, url.to_owned()))
        .finish()
}

/// A local address to go on to, as a sign-in page was asked for: anything else becomes the start page.
pub fn local_next(next: &str) -> &str {
    let local = next.starts_with('/')
        && !next.starts_with("//")
        && !next.starts_with("/\\")
        && !next.chars().any(|c| c.is_control() || c == '\\');
    if local { next } else { "/admin" }
}

/// A file to save, such as a CSV.
pub fn download(
    file_name: &str,
    content_type: &'static str,
    body: impl actix_web::body::MessageBody + 'static,
) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{file_name}\""),
        ))
        .body(body)
}
