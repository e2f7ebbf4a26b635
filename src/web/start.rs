//! Two addresses that people and browsers ask for unasked: the root, and the icon.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};

use super::answer::see_other;
use super::{assets, csrf, request};
use crate::app::App;
use crate::config::Tenancy;
use crate::gate::{Ask, Credential};

/// `GET /`: the dashboard of the one company there is, of the one whose host this is, or of one's own.
pub async fn root(request: HttpRequest, app: web::Data<App>) -> HttpResponse {
    if app.config.tenancy == Tenancy::Single {
        return see_other("/admin");
    }
    let facts = request::facts(&request);
    if facts.tenant_slug.is_some() {
        return see_other("/admin");
    }
    let cookie = request.cookie(csrf::session_cookie_name(app.is_https()));
    let (Some(gate), Some(cookie)) = (app.gate.get(), cookie) else {
        return see_other("/login");
    };
    let ask = Ask {
        credential: Credential::Cookie(cookie.value().to_owned()),
        tenant_slug: None,
        origin: request::origin(&request),
    };
    match gate.admit(ask).await {
        Ok(admission) => see_other(&format!("/t/{}/admin", admission.slug)),
        Err(_) => see_other("/login"),
    }
}

/// `GET /favicon.ico`: where the icon is. Pages name it themselves; this is for what is no page of ours.
pub async fn icon() -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header((header::LOCATION, assets::url("favicon.svg")))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .finish()
}
