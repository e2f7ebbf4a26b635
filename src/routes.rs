//! **Every URL of the program, in one list, by slice.** A page's file is named by its last word.

use crate::tenancy;
use crate::web::route::{Route, get, instance, post};
use crate::web::{assets, describe, health, openapi, theme};

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
    vec![]
}

fn tenancy_and_identity() -> Vec<Route> {
    vec![get("/admin/system", tenancy::system::system)]
}

/// What visitors and other sites' pages reach without a key.
fn partners_open() -> Vec<Route> {
    vec![]
}

fn partners_api() -> Vec<Route> {
    vec![]
}

fn partners_pages() -> Vec<Route> {
    vec![]
}
