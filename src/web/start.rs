//! Two addresses that people and browsers ask for unasked: the root, and the icon.

use actix_web::http::header;
use actix_web::{HttpResponse, web};

use super::answer::see_other;
use super::assets;
use crate::app::App;
use crate::config::Tenancy;
use crate::{Error, Result};

/// `GET /`: the dashboard, where one company is all there is.
///
/// # Errors
/// [`Error::NotFound`] where many companies share the address.
pub async fn root(app: web::Data<App>) -> Result<HttpResponse> {
    match app.config.tenancy {
        Tenancy::Single => Ok(see_other("/admin")),
        Tenancy::Multi => Err(Error::NotFound),
    }
}

/// `GET /favicon.ico`: where the icon is. Pages name it themselves; this is for what is no page of ours.
pub async fn icon() -> HttpResponse {
    HttpResponse::TemporaryRedirect()
        .insert_header((header::LOCATION, assets::url("favicon.svg")))
        .insert_header((header::CACHE_CONTROL, "public, max-age=86400"))
        .finish()
}
