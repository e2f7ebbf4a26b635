//! What visitors see at a link that leads nowhere: a plain page, without a way into the house.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::{Error, Result};

#[derive(Template)]
#[template(path = "partners/closed.html")]
struct Closed {
    title: &'static str,
    sentence: &'static str,
}

fn page(status: StatusCode, closed: &Closed) -> Result<HttpResponse> {
    let html = closed
        .render()
        .map_err(|error| Error::Internal(Box::new(error)))?;
    let policy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header(("Content-Security-Policy", policy))
        .insert_header(("Cache-Control", "no-store"))
        .body(html))
}

/// No link has this key.
pub(super) fn unknown() -> Result<HttpResponse> {
    page(
        StatusCode::NOT_FOUND,
        &Closed {
            title: "This link leads nowhere",
            sentence: "Check its spelling, or ask whoever gave it to you for a new one.",
        },
    )
}

/// The link was here once.
pub(super) fn gone() -> Result<HttpResponse> {
    page(
        StatusCode::GONE,
        &Closed {
            title: "This link is no longer in use",
            sentence: "Whoever gave it to you may have a new one.",
        },
    )
}
