//! **Every URL of the program, in one list, by slice.** A page's file is named by its last word.

mod earnings;
mod programme;

use actix_web::http::Method;

use crate::identity::{setup, sign_in};
use crate::web::route::{Route, api, get, instance, post};
use crate::web::{assets, describe, health, openapi, theme};
use crate::{audit, jobs, mailing, tenancy};

/// All routes.
pub fn all() -> Vec<Route> {
    [
        the_instance(),
        audit_jobs_and_mail(),
        tenancy_and_identity(),
        partners_open(),
        partners_api(),
        partners_pages(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The API's description, as `GET /api/v1/openapi.json` and `steading openapi` give it.
pub fn description() -> serde_json::Value {
    openapi::document(&all(), "")
}

fn the_instance() -> Vec<Route> {
    vec![
        instance(get("/healthz", health::alive)),
        instance(get("/readyz", health::ready)),
        instance(get("/static/{hash}/{name:.*}", assets::serve)),
        instance(post("/theme", theme::save)),
        get("/api/v1/openapi.json", describe::document),
        get("/api/docs", describe::page),
    ]
}

fn audit_jobs_and_mail() -> Vec<Route> {
    vec![
        get("/admin/audit", audit::list::list),
        get("/admin/audit.csv", audit::export::download),
        api(
            Method::GET,
            "/api/v1/audit",
            "Audit",
            "Who changed what, newest first",
            audit::api::list,
        )
        .needs::<audit::ReadAudit>()
        .lists::<audit::api::AuditEventView>(audit::api::PARAMETERS),
        get("/admin/system/jobs", jobs::list::list),
        post("/admin/system/jobs/{id}/{verb}", jobs::change::change),
        get("/admin/mail", mailing::list::list),
        get("/admin/mail/settings", mailing::server::show),
        post("/admin/mail/settings", mailing::server::save),
        post("/admin/mail/test", mailing::server::test),
        get("/admin/mail/{id}", mailing::one::show),
        post("/admin/mail/{id}/resend", mailing::one::resend),
    ]
}

fn tenancy_and_identity() -> Vec<Route> {
    vec![
        get("/admin/system", tenancy::system::system),
        get("/admin/settings", tenancy::settings::show),
        post("/admin/settings", tenancy::settings::save),
        instance(get("/setup", setup::page::show)),
        instance(post("/setup", setup::page::save)),
        instance(get("/login", sign_in::login::show)),
        instance(post("/login", sign_in::login::enter)),
        instance(post("/logout", sign_in::logout::leave)),
    ]
}

/// What visitors and other sites' pages reach without a key.
fn partners_open() -> Vec<Route> {
    programme::open()
}

fn partners_api() -> Vec<Route> {
    [programme::api_routes(), earnings::api_routes()]
        .into_iter()
        .flatten()
        .collect()
}

fn partners_pages() -> Vec<Route> {
    vec![]
}
