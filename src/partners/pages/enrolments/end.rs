//! `GET` and `POST T/admin/enrolments/{id}/end`: asks, and ends a partner's place in a programme.

use actix_web::{HttpResponse, web};

use super::super::act;
use super::edit::found;
use crate::Result;
use crate::id::EnrolmentId;
use crate::partners::permissions::WritePartners;
use crate::partners::{api, enrolment};
use crate::web::confirm::Confirm;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form, sent_once};

/// Asks.
///
/// # Errors
/// [`crate::Error::NotFound`].
pub async fn ask(allowed: Allowed<WritePartners>, path: web::Path<String>) -> Result<HttpResponse> {
    let found = found(&allowed, api::id(&path)?).await?;
    let title = format!("End {} for {}?", found.program.name, found.partner.name);
    let action = allowed.url(&format!("/admin/enrolments/{}/end", found.enrolment.id));
    let back = allowed.url(&format!("/admin/partners/{}", found.partner.id));
    let confirm = Confirm::new(
        allowed.shell(Place::Partners, title),
        "End enrolment",
        action,
        back,
    )
    .consequence("Their links in this programme stop leading on.")
    .consequence("What they earned is still paid. They may be enrolled again.")
    .field("version", found.enrolment.version.to_string())
    .field(sent_once::FIELD, sent_once::number())
    .destructive();
    Ok(page::ok(&confirm))
}

/// Ends it.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Stale`].
pub async fn end(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: EnrolmentId = api::id(&path)?;
    let expected = act::version(&sent)?;
    act::act_on_ways(&allowed, &sent, move |c, actor| {
        let ended = enrolment::end(c, actor, id, expected)?;
        let path = format!("/admin/partners/{}", ended.partner_id);
        Ok(Done::new(path, Toast::good("The enrolment was ended.")))
    })
    .await
}
