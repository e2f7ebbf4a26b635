//! `GET /steading.js`: the tracking script, one file under one name, for pages of any origin.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use sha2::{Digest, Sha256};

use crate::tenancy::PublicTenant;
use crate::web::assets;
use crate::{Error, Result};

/// The embedded file.
const FILE: &str = "steading.js";

/// Hands the script out. Browsers ask again after an hour, and get no more than a 304 while it is the same.
///
/// # Errors
/// [`Error::NotFound`] for a company that is not there.
pub async fn get(request: HttpRequest, _: PublicTenant) -> Result<HttpResponse> {
    let bytes = assets::bytes(FILE).ok_or(Error::NotFound)?;
    let digest = Sha256::digest(bytes);
    let short: String = digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tag = format!("\"{short}\"");
    let known = request
        .headers()
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let is_known = known.is_some_and(|known| known.split(',').any(|one| one.trim() == tag));
    let mut answer = if is_known {
        HttpResponse::NotModified()
    } else {
        HttpResponse::Ok()
    };
    answer
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"));
    if is_known {
        return Ok(answer.finish());
    }
    answer.content_type("text/javascript; charset=utf-8");
    Ok(answer.body(web::Bytes::from_static(bytes)))
}
