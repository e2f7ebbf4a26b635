//! The URLs of those who look after an instance of many companies.

use actix_web::http::Method;

use crate::operator::{
    api as tenants, companies, jobs, mail, products, report, sign_in, signups, trail,
};
use crate::tenancy::plans::EntitlementView;
use crate::web::route::{Route, api, get, instance, post};

/// The console. A path with a word comes before one with a slug.
pub(super) fn pages() -> Vec<Route> {
    [
        get("/operator", companies::list::list),
        get("/operator/login", sign_in::show),
        post("/operator/login", sign_in::enter),
        post("/operator/logout", sign_in::leave),
        post("/operator/companies", companies::new::create),
        get("/operator/companies/new", companies::new::form),
        get("/operator/companies/{slug}", companies::show::show),
        get("/operator/companies/{slug}/edit", companies::edit::form),
        post("/operator/companies/{slug}/edit", companies::edit::save),
        post(
            "/operator/companies/{slug}/products/{product}",
            products::save,
        ),
        get("/operator/signups", signups::list::list),
        post("/operator/signups/block", signups::blocks::add),
        post("/operator/signups/unblock", signups::blocks::remove),
        post("/operator/signups/{id}/approve", signups::decide::approve),
        get(
            "/operator/signups/{id}/decline",
            signups::decide::ask_decline,
        ),
        post("/operator/signups/{id}/decline", signups::decide::decline),
        get("/operator/report", report::show),
        post("/operator/jobs/{id}/{verb}", jobs::change),
        get("/operator/mail", mail::list),
        get("/operator/mail/{id}", mail::show),
        get("/operator/trail", trail::list),
        get("/signup", signups::page::show),
        post("/signup", signups::page::ask),
        get("/signup/confirm", signups::confirm::show),
        post("/signup/confirm", signups::confirm::confirm),
        get("/operator/companies/{slug}/{step}", companies::act::ask),
        post("/operator/companies/{slug}/{step}", companies::act::take),
    ]
    .into_iter()
    .map(instance)
    .collect()
}

/// The API for programs with an operator's key.
pub(super) fn api_routes() -> Vec<Route> {
    const ALL: &str = "/api/v1/operator/tenants";
    const ONE: &str = "/api/v1/operator/tenants/{slug}";
    [
        api(
            Method::GET,
            ALL,
            "Operator",
            "List companies",
            tenants::list,
        )
        .lists::<tenants::TenantBody>(tenants::FILTERS),
        api(
            Method::POST,
            ALL,
            "Operator",
            "Open a company",
            tenants::create,
        )
        .takes::<tenants::NewTenant>()
        .gives::<tenants::OpenedTenant>(201)
        .problems(&[409, 422]),
        api(Method::GET, ONE, "Operator", "Read a company", tenants::one)
            .gives::<tenants::TenantWithUsage>(200),
        api(
            Method::PATCH,
            ONE,
            "Operator",
            "Change a company's record",
            tenants::change,
        )
        .takes::<tenants::TenantChange>()
        .gives::<tenants::TenantBody>(200)
        .problems(&[412]),
        api(
            Method::DELETE,
            ONE,
            "Operator",
            "Delete a company with everything it has",
            tenants::delete,
        )
        .query(tenants::CONFIRM)
        .gives_nothing(204),
        api(
            Method::PUT,
            "/api/v1/operator/tenants/{slug}/products/{product}",
            "Operator",
            "Decide what a company may use of a product",
            products::put,
        )
        .takes::<products::Decision>()
        .gives::<EntitlementView>(200),
        api(
            Method::POST,
            "/api/v1/operator/tenants/{slug}/activate",
            "Operator",
            "Let a company work",
            tenants::activate,
        )
        .gives::<tenants::TenantBody>(200)
        .problems(&[409, 422]),
        api(
            Method::POST,
            "/api/v1/operator/tenants/{slug}/freeze",
            "Operator",
            "Let a company only read",
            tenants::freeze,
        )
        .gives::<tenants::TenantBody>(200)
        .problems(&[409, 422]),
        api(
            Method::POST,
            "/api/v1/operator/tenants/{slug}/archive",
            "Operator",
            "Archive a company; its data is removed",
            tenants::archive,
        )
        .gives::<tenants::TenantBody>(200)
        .problems(&[409, 422]),
        api(
            Method::POST,
            "/api/v1/operator/tenants/{slug}/keep",
            "Operator",
            "Keep a company that is being closed",
            tenants::keep,
        )
        .gives::<tenants::TenantBody>(200)
        .problems(&[409, 422]),
    ]
    .into_iter()
    .map(instance)
    .collect()
}
