//! `POST /r/identify`: a browser says which customer its click was. Open to every origin and believed within narrow bounds only
//! (see [`crate::partners::event::claim`]); the answer never tells whether it was.

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse, web};

use super::flood::Floods;
use super::visitor;
use crate::actor::{Actor, ActorKind};
use crate::partners::event::{self, NewIdentity};
use crate::tenancy::PublicTenant;
use crate::web::{body, json, request};
use crate::{Error, Result};

/// A claim is two short texts.
const LIMIT_BYTES: usize = 2_048;
/// Any page may send one.
const ANY_ORIGIN: (HeaderName, &str) = (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");

/// `POST /r/identify`. The content type is not looked at: a page that sends plain text needs no second request to ask whether it may.
///
/// # Errors
/// [`Error::BadRequest`] or [`Error::Invalid`] for what is no claim, [`Error::TooMany`].
pub async fn post(
    request: HttpRequest,
    tenant: PublicTenant,
    payload: web::Payload,
) -> Result<HttpResponse> {
    let now = tenant.app.clock.now();
    let floods = tenant.app.memory.of::<Floods>();
    if visitor::address(&request)
        .is_some_and(|address| floods.turns_claims_away(tenant.scope.tenant(), address, now))
    {
        return Err(Error::TooMany {
            retry_after_seconds: 60,
        });
    }
    let bytes = body::read(payload.into_inner(), LIMIT_BYTES).await?;
    let claim: NewIdentity = json::parse(&bytes)?;
    if tenant.company.records(super::PRODUCT, now) {
        let origin = request::origin(&request);
        let actor = Actor {
            kind: ActorKind::Public,
            id: None,
            name: "a visitor’s browser".to_owned(),
            origin,
        };
        let written = tenant.scope.write(move |c| event::claim(c, &actor, &claim));
        match written.await {
            // Somebody said the same at the same moment: the first claim won.
            Ok(_) | Err(Error::Duplicate) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(HttpResponse::NoContent().insert_header(ANY_ORIGIN).finish())
}

/// `OPTIONS /r/identify`, for pages that send JSON by that name.
pub async fn options() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(ANY_ORIGIN)
        .insert_header((header::ACCESS_CONTROL_ALLOW_METHODS, "POST"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type"))
        .insert_header((header::ACCESS_CONTROL_MAX_AGE, "86400"))
        .finish()
}
