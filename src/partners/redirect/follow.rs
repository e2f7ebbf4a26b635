//! Follows a link.

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};

use super::flood::Floods;
use super::ways::Ways;
use super::{closed, visitor};
use crate::id::ClickId;
use crate::partners::model::{ClickFlag, REFERENCE, is_bot, referrer_without_query};
use crate::partners::store::clicks::{self, NewClick};
use crate::tenancy::PublicTenant;
use crate::web::edge;
use crate::web::metrics::Counters;
use crate::{Error, Result};

/// `GET /r/{key}`: writes the click and sends the visitor on once it is on disk. The links of a company that is frozen or
/// does not have this product lead on, unwritten.
///
/// # Errors
/// [`Error::TooMany`] for an address that floods, [`Error::Busy`] where the click cannot be written.
pub async fn get(request: HttpRequest, tenant: PublicTenant) -> Result<HttpResponse> {
    let app = &tenant.app;
    let now = app.clock.now();
    let key = request.match_info().get("key").unwrap_or_default();
    if key.contains('\0') {
        return closed::unknown();
    }
    let Some(way) = app
        .memory
        .of::<Ways>()
        .find(&tenant.scope, key, now)
        .await?
    else {
        return closed::unknown();
    };
    if !way.is_open {
        return closed::gone();
    }
    if !tenant.company.records(super::PRODUCT, now) {
        return Ok(on(way.target.location(request.query_string(), None)).finish());
    }
    let floods = app.memory.of::<Floods>();
    let address = visitor::address(&request);
    if address.is_some_and(|address| floods.turns_away(tenant.scope.tenant(), address, now)) {
        let into_minute = now.as_seconds().rem_euclid(60);
        return Err(Error::TooMany {
            retry_after_seconds: u64::try_from(60 - into_minute).unwrap_or(60),
        });
    }
    let agent = visitor::user_agent(&request);
    let who = visitor::hash(&app.keys.visitor, address, agent, now);
    let click = NewClick {
        id: ClickId::new(now),
        link: way.link,
        visitor: who,
        referrer: visitor::kept(referrer_without_query(visitor::text(
            &request,
            header::REFERER,
        ))),
        user_agent: visitor::kept(agent),
        query: visitor::kept(request.query_string()),
        flag: if is_bot(agent) {
            Some(ClickFlag::Bot)
        } else {
            floods
                .is_flood(tenant.scope.tenant(), &who, way.link.uuid(), now)
                .then_some(ClickFlag::Flood)
        },
    };
    let id = click.id;
    tenant
        .scope
        .write(move |c| clicks::insert(c, &click))
        .await?;
    Counters::of(app).clicks.add(1);
    let base = edge::base_of(request.path());
    let path = if base.is_empty() { "/" } else { base };
    let secure = if app.is_https() { "; Secure" } else { "" };
    let cookie = format!(
        "{REFERENCE}={id}; Path={path}; Max-Age={}; SameSite=Lax{secure}",
        way.max_age_seconds
    );
    Ok(on(way.target.location(request.query_string(), Some(id)))
        .insert_header((header::SET_COOKIE, cookie))
        .finish())
}

/// `HEAD /r/{key}`: where it leads. Nobody came, so nothing is written.
///
/// # Errors
/// [`Error::Busy`] where the store is out of reach.
pub async fn head(request: HttpRequest, tenant: PublicTenant) -> Result<HttpResponse> {
    let key = request.match_info().get("key").unwrap_or_default();
    let ways = tenant.app.memory.of::<Ways>();
    match ways
        .find(&tenant.scope, key, tenant.app.clock.now())
        .await?
    {
        None => closed::unknown(),
        Some(way) if !way.is_open => closed::gone(),
        Some(way) => Ok(on(way.target.location(request.query_string(), None)).finish()),
    }
}

/// The beginning of a redirect's answer.
fn on(location: String) -> actix_web::HttpResponseBuilder {
    let mut answer = HttpResponse::build(StatusCode::FOUND);
    answer
        .insert_header((header::LOCATION, location))
        .insert_header((header::CACHE_CONTROL, "no-store"));
    answer
}
