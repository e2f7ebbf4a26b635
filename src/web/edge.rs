//! The edge every request passes: its id, the phase of the process, forged forms, errors into answers, headers, the log line.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use tracing::field::DisplayValue;

use super::metrics::Counters;
use super::rates::{self, Rates, Standing};
use super::request::{self, Door, Facts, below_tenant, is_of_the_instance, slug_in};
use super::{csrf, problem};
use crate::Error;
use crate::app::App;
use crate::config::Tenancy;
use crate::id::TenantId;

/// What a page may load and do: its own files, nothing inline, nothing elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; \
connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Pages whose address may hold a one-time token: where they came from is told by no more than the site.
const HOLD_SECRETS: [&str; 4] = ["/setup", "/invite", "/reset", "/signup/confirm"];

/// Runs around every request.
///
/// # Errors
/// None of its own: errors of handlers become answers here.
pub async fn edge(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let began = Instant::now();
    let app = request.app_data::<web::Data<App>>().cloned();
    let trusted = app
        .as_ref()
        .map_or(&[][..], |app| app.config.server.trusted_proxies.as_slice());
    let mut facts = Facts::of(request.request(), trusted);
    let (id, door) = (facts.id.clone(), facts.door);
    let named = named(request.request(), app.as_ref().map(|app| app.get_ref()));
    // The router sees what comes after a company's prefix: the addresses of the list, whatever they are mounted below.
    if let Some(prefix) = prefix_length(request.path(), &named) {
        request.match_info_mut().skip(prefix);
    }
    facts.tenant_slug = named.as_ref().ok().cloned().flatten();
    let standing = standing(
        app.as_ref().map(|app| app.get_ref()),
        facts.tenant_slug.as_deref(),
        request.path(),
    );
    request.extensions_mut().insert(facts);

    // No clone of the request may live while the router works on it: it takes the path apart in place.
    let refusal = turned_away(
        request.request(),
        app.as_ref().map(|app| app.get_ref()),
        door,
    )
    .or(named.err())
    .or(standing
        .filter(|standing| standing.turned_away)
        .map(|standing| Error::TooMany {
            retry_after_seconds: standing.seconds,
        }))
    .map(|error| match error {
        // What people type from habit: on the bare host it leads to a company of theirs.
        Error::NotFound if request.path() == "/admin" && request.method() == Method::GET => {
            super::answer::see_other("/")
        }
        error => problem::render(&error, request.request()),
    })
    .or_else(|| {
        let leads_to_setup = door == Door::Page
            && nobody_owns(app.as_ref().map(|app| app.get_ref()), request.path());
        leads_to_setup.then(|| super::answer::see_other("/setup"))
    });
    let mut response = match refusal {
        Some(answer) => {
            // The body is left unread: dropping it lets the server close the connection.
            drop(request.take_payload());
            request.into_response(answer).map_into_boxed_body()
        }
        None => rendered(next.call(request).await?.map_into_boxed_body()),
    };
    let https = app.as_ref().is_some_and(|app| app.is_https());
    let status = response.status().as_u16();
    let referrer = if HOLD_SECRETS.contains(&response.request().path()) {
        "strict-origin"
    } else {
        "same-origin"
    };
    dress(response.headers_mut(), &id, door, https, referrer);
    if let Some(standing) = standing.filter(|_| door == Door::Api) {
        rates::tell(response.headers_mut(), standing);
    }
    super::flash::expire(&mut response);
    // Whoever answers here now will not for long: the next request belongs on a new connection.
    if app.as_ref().is_none_or(|app| !app.phase.is_serving()) {
        let head = response.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    if let Some(app) = &app {
        Counters::of(app).answered(response.request().method(), status, began.elapsed());
    }
    let request = response.request();
    if door != Door::Open && !is_quiet(request.path()) {
        let micros = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        let tenant = company_of(app.as_ref().map(|app| app.get_ref()), request);
        tracing::info!(request.id = %id, tenant.id = tenant, method = %request.method(), path = request.path(), status, micros, "Answered");
    }
    Ok(response)
}

/// The company a request was for, for the log; none where one is served, and of what is the instance's own.
fn company_of(app: Option<&App>, request: &HttpRequest) -> Option<DisplayValue<TenantId>> {
    let facts = request.extensions();
    let slug = facts.get::<Facts>()?.tenant_slug.as_deref()?;
    let company = app?.gate.get()?.company(Some(slug))?;
    Some(tracing::field::display(company.tenant))
}

/// Health probes and embedded files would only fill the log.
fn is_quiet(path: &str) -> bool {
    ["/healthz", "/readyz", "/metrics"].contains(&path) || path.starts_with("/static/")
}

fn turned_away(request: &HttpRequest, app: Option<&App>, door: Door) -> Option<Error> {
    let path = request.path();
    if path == "/healthz" || path == "/readyz" {
        return None;
    }
    let Some(app) = app else {
        return Some(Error::Busy);
    };
    // While stopping, requests on open connections are still answered; new ones no longer come in.
    if !app.phase.is_serving() && !app.phase.is_stopping() {
        return Some(Error::Busy);
    }
    // No page takes another unsafe method than POST: the router says which it takes.
    if door == Door::Page
        && request.method() == Method::POST
        && !csrf::from_our_own_page(request, app)
    {
        return Some(Error::Refused(
            "This form was sent from another site's page, so it was not carried out. Open the page here and send it again.".to_owned(),
        ));
    }
    None
}

/// The company a request names by its path or by its host, where many are served; nothing else of a request names one. What
/// belongs to a company is nowhere without it, nor once it is archived, and a company's own host leads to no other company.
fn named(request: &HttpRequest, app: Option<&App>) -> Result<Option<String>, Error> {
    let Some(app) = app else {
        return Ok(None);
    };
    let path = request.path();
    let is_there = |slug: Option<&str>| {
        let gate = app.gate.get();
        is_of_the_instance(below_tenant(path))
            || gate.is_none_or(|gate| gate.company(slug).is_some())
    };
    if app.config.tenancy == Tenancy::Single {
        // Where one company is served no path names it.
        let is_ours = slug_in(path).is_none() && is_there(None);
        return is_ours.then_some(None).ok_or(Error::NotFound);
    }
    let by_path = slug_in(path).map(ToOwned::to_owned);
    let by_host = app.gate.get().and_then(|gate| {
        let host = request::host(request, &app.config.server.trusted_proxies)?;
        Some(gate.company_at(&host)?.slug.clone())
    });
    match (by_path, by_host) {
        (Some(_), Some(_)) => Err(Error::NotFound),
        // What belongs to the instance has one address, and a slug that is written in another way names nobody.
        (Some(slug), None) if is_of_the_instance(below_tenant(path)) || !is_plain(&slug) => {
            Err(Error::NotFound)
        }
        (None, None) if !is_of_the_instance(path) => Err(Error::NotFound),
        (by_path, by_host) => Ok(by_path.or(by_host)),
    }
}

/// Counts a request of a company where there is a limit; what is the instance's own is counted where somebody is let in to it.
fn standing(app: Option<&App>, slug: Option<&str>, path: &str) -> Option<Standing> {
    let app = app?;
    let per_second = rates::per_second(app)?;
    if slug.is_none() && is_of_the_instance(path) {
        return None;
    }
    let company = app.gate.get()?.company(slug)?;
    let rates = app.memory.of::<Rates>();
    Some(rates.take(company.tenant.uuid(), per_second, app.clock.now()))
}

/// Whether a slug in an address stands there as it is, with nothing to decode.
fn is_plain(slug: &str) -> bool {
    slug.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

/// Bytes of `/t/<slug>` where the path names the company.
fn prefix_length(path: &str, named: &Result<Option<String>, Error>) -> Option<u16> {
    let slug = slug_in(path)?;
    let is_taken = named
        .as_ref()
        .is_ok_and(|named| named.as_deref() == Some(slug));
    is_taken
        .then(|| path.len().saturating_sub(below_tenant(path).len()))
        .and_then(|length| u16::try_from(length).ok())
}

/// While nobody owns the instance every page leads to the setup, which says where its link stands.
fn nobody_owns(app: Option<&App>, path: &str) -> bool {
    let stays = [
        "/setup",
        "/invite",
        "/reset",
        "/theme",
        "/healthz",
        "/readyz",
        "/metrics",
        "/favicon.ico",
    ]
    .contains(&path)
        || path.starts_with("/static/");
    !stays
        && app
            .and_then(|app| app.gate.get())
            .is_some_and(|gate| !gate.is_owned())
}

/// Errors of ours that travel inside an answer get their body here.
fn rendered(response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
    let Some(error) = response.response().error() else {
        return response;
    };
    let answer = match error.as_error::<Error>() {
        Some(ours) => problem::render(ours, response.request()),
        None => foreign(error, response.request()),
    };
    let request = response.request().clone();
    ServiceResponse::new(request, answer)
}

/// An error of the framework: its status decides which of ours it is.
fn foreign(error: &actix_web::Error, request: &HttpRequest) -> HttpResponse {
    let ours = match error.as_response_error().status_code().as_u16() {
        404 => Error::NotFound,
        413 => Error::TooLarge { limit_bytes: 0 },
        400..=499 => Error::BadRequest {
            code: "bad_request",
            message: "The request cannot be read.".to_owned(),
        },
        _ => Error::internal(error.to_string()),
    };
    problem::render(&ours, request)
}

fn dress(headers: &mut HeaderMap, id: &str, door: Door, https: bool, referrer: &'static str) {
    let mut set = |name: HeaderName, value: &'static str| {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CACHE_CONTROL, "no-store");
    if door != Door::Open {
        set(header::REFERRER_POLICY, referrer);
        set(header::CONTENT_SECURITY_POLICY, POLICY);
        set(
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        );
        set(
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        );
        set(
            HeaderName::from_static("permissions-policy"),
            "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
        );
    }
    if https {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=63072000");
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), value);
    }
}

/// The tenant prefix of a request's path: empty, or `/t/<slug>`.
pub fn base_of(path: &str) -> &str {
    path.strip_suffix(below_tenant(path)).unwrap_or_default()
}
