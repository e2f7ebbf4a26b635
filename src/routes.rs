//! **Every URL of the program, in one list, by slice.** A page's file is named by its last word.

use crate::web::route::{Route, get, instance, post};
use crate::web::{assets, health, theme};

/// All routes.
pub fn all() -> Vec<Route> {
    vec![
        // The instance.
        instance(get("/healthz", health::alive)),
        instance(get("/readyz", health::ready)),
        instance(get("/static/{hash}/{name:.*}", assets::serve)),
        instance(post("/theme", theme::save)),
    ]
}
