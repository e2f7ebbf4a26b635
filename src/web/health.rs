//! Whether the process lives, and whether it should be sent requests.

use actix_web::{HttpResponse, web};

use crate::app::App;
use crate::config::Tenancy;

/// Alive: answers as long as the process can answer at all. Never touches a store.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok\n")
}

/// Ready: 503 while starting, while stopping, and while a store is away or takes no writes.
pub async fn ready(app: Option<web::Data<App>>) -> HttpResponse {
    let Some(app) = app else {
        return not_ready("starting");
    };
    if app.phase.is_stopping() {
        return not_ready("stopping");
    }
    if !app.phase.is_serving() {
        return not_ready("starting");
    }
    let tenants = app.tenants.clone();
    let mut answer = web::block(move || tenants.ping())
        .await
        .unwrap_or(Err(crate::Error::Busy));
    // Where one company is all there is, its store is what people came for.
    let only = match app.config.tenancy {
        Tenancy::Single => app.gate.get().and_then(|gate| gate.company(None)),
        Tenancy::Multi => None,
    };
    if let Some(company) = only
        && answer.is_ok()
    {
        answer = app.tenants.answers(company.tenant).await;
    }
    // One company's broken file among many is its own trouble: what counts here is whether a write still goes through.
    if answer.is_ok() && app.tenants.health().is_failing() {
        answer = app.tenants.probe_write(&app.control).await;
    }
    if let Err(error) = answer {
        tracing::warn!(%error, "Not ready: the store does not take writes");
        return not_ready("the store is out of reach or takes no writes");
    }
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ready\n")
}

fn not_ready(why: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header(("Retry-After", "1"))
        .content_type("text/plain; charset=utf-8")
        .body(format!("not ready: {why}\n"))
}
