//! Whose work is inside, and under which licences: what must travel with the binary, readable in it.

use actix_web::HttpResponse;
use askama::Template;

use super::ReadSystem;
use crate::version;
use crate::web::Allowed;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};

#[derive(Template)]
#[template(path = "tenancy/licences.html")]
struct LicencesPage {
    shell: PageShell,
    notices: String,
}

/// `GET T/admin/about/licences`.
pub async fn show(allowed: Allowed<ReadSystem>) -> HttpResponse {
    page::ok(&LicencesPage {
        shell: allowed
            .shell(Place::System, "Licences")
            .lead("Steading itself is yours under MIT or Apache-2.0, as you like. It stands on the work of others, listed here."),
        notices: version::notices(),
    })
}
