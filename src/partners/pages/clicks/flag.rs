//! `POST T/admin/clicks/{id}/flag` and `/unflag`: whether a click earns.

use actix_web::{HttpResponse, web};

use super::super::act;
use crate::Result;
use crate::id::ClickId;
use crate::partners::permissions::WriteClicks;
use crate::partners::{api, click};
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form};

/// Flags it: it earns nothing from now on.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn flag(
    allowed: Allowed<WriteClicks>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    set(&allowed, &path, &sent, true).await
}

/// Lets it count again.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn unflag(
    allowed: Allowed<WriteClicks>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    set(&allowed, &path, &sent, false).await
}

async fn set(
    allowed: &Allowed<WriteClicks>,
    path: &str,
    sent: &Form,
    flagged: bool,
) -> Result<HttpResponse> {
    let id: ClickId = api::id(path)?;
    act::act(allowed, sent, move |c, actor| {
        let click = click::flag(c, actor, id, flagged)?;
        let toast = if flagged {
            Toast::good("The click is flagged and earns nothing from now on.")
        } else {
            Toast::good("The click counts again.")
        };
        Ok(Done::new(format!("/admin/links/{}", click.link_id), toast))
    })
    .await
}
