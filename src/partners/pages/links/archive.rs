//! `GET` and `POST T/admin/links/{id}/archive`: asks, and archives a link.

use actix_web::{HttpResponse, web};

use super::super::act;
use crate::Result;
use crate::id::LinkId;
use crate::partners::permissions::WriteLinks;
use crate::partners::{api, link};
use crate::web::confirm::Confirm;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form, sent_once};

/// Asks.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn ask(allowed: Allowed<WriteLinks>, path: web::Path<String>) -> Result<HttpResponse> {
    let id: LinkId = api::id(&path)?;
    let link = allowed.scope.read(move |c| link::find(c, id)).await?;
    let here = allowed.url(&format!("/admin/links/{id}"));
    let shell = allowed.shell(Place::Links, format!("Archive the link {}?", link.key));
    let confirm = Confirm::new(shell, "Archive link", format!("{here}/archive"), here)
        .consequence("Whoever follows it from now on is told that it is no longer here.")
        .consequence("Clicks and sales it brought stay the partner's.")
        .consequence(format!(
            "It cannot be taken back, and the key {} is never given out again.",
            link.key
        ))
        .field("version", link.version.to_string())
        .field(sent_once::FIELD, sent_once::number())
        .destructive();
    Ok(page::ok(&confirm))
}

/// Archives it.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Stale`].
pub async fn archive(
    allowed: Allowed<WriteLinks>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: LinkId = api::id(&path)?;
    let expected = act::version(&sent)?;
    act::act_on_ways(&allowed, &sent, move |c, actor| {
        let link = link::archive(c, actor, id, expected)?;
        let toast = Toast::good(format!("The link {} was archived.", link.key));
        Ok(Done::new(format!("/admin/links/{id}"), toast))
    })
    .await
}
