//! `GET /domains/ask?domain=HOST`: a proxy that fetches certificates as names are asked for asks here first, so that nobody has it
//! fetch one for a name that leads nowhere.

use actix_web::{HttpRequest, HttpResponse, web};

use super::host::{HostName, OwnNames};
use crate::app::App;
use crate::config::Tenancy;
use crate::web::Query;
use crate::web::metrics::{is_from_here, may_read};
use crate::web::request::facts;
use crate::{Error, Result};

/// `GET /domains/ask`: 200 for a name this instance answers under, 404 for every other. From this machine, or with the token of
/// the figures.
///
/// # Errors
/// [`Error::NotFound`] where one company is served, and for whoever may not ask.
pub async fn show(request: HttpRequest, app: web::Data<App>) -> Result<HttpResponse> {
    let may_ask = is_from_here(&request) || may_read(&request, &app);
    // A company's own host has its pages alone.
    let is_ours = facts(&request).tenant_slug.is_none();
    if app.config.tenancy != Tenancy::Multi || !is_ours || !may_ask {
        return Err(Error::NotFound);
    }
    // Another's body would tell more than the status says.
    Ok(
        match answers_under(&app, Query::of(&request).get("domain")) {
            true => HttpResponse::Ok().finish(),
            false => HttpResponse::NotFound().finish(),
        },
    )
}

/// Whether the instance answers under a name: it is the base domain, or of a company that is there.
fn answers_under(app: &App, text: &str) -> bool {
    let Ok(host) = HostName::parse(text, &OwnNames::default()) else {
        return false;
    };
    let base = app.config.server.base_domain.as_ref();
    let is_base = base.is_some_and(|base| base.as_str() == host.as_str());
    let gate = app.gate.get();
    is_base || gate.is_some_and(|gate| gate.company_at(host.as_str()).is_some())
}
