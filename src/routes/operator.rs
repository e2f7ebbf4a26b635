//! The URLs of those who look after an instance of many companies.

use crate::operator::{companies, sign_in};
use crate::web::route::{Route, get, instance, post};

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
        get("/operator/companies/{slug}/{step}", companies::act::ask),
        post("/operator/companies/{slug}/{step}", companies::act::take),
    ]
    .into_iter()
    .map(instance)
    .collect()
}
