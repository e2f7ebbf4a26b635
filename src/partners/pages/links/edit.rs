//! `GET T/admin/links/{id}/edit`, `POST T/admin/links/{id}`: where a link leads and what it is called. Its key stays.

use actix_web::{HttpResponse, web};

use super::super::act;
use super::form::{self, Way};
use crate::id::LinkId;
use crate::partners::link::{self, LinkChange, LinkView};
use crate::partners::model::{Link, Program};
use crate::partners::permissions::WriteLinks;
use crate::partners::{api, program};
use crate::web::form::FormErrors;
use crate::web::nav::Place;
use crate::web::page::PageShell;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form};
use crate::{Error, Result};

/// The form of one.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn edit(allowed: Allowed<WriteLinks>, path: web::Path<String>) -> Result<HttpResponse> {
    let (link, program) = found(&allowed, api::id(&path)?).await?;
    let values = form::of(&link);
    Ok(show(&allowed, &link, &program, values, FormErrors::none()))
}

/// Changes it, or shows the form again; where somebody else was first, both versions.
///
/// # Errors
/// [`Error::NotFound`], or where the store fails.
pub async fn save(
    allowed: Allowed<WriteLinks>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: LinkId = api::id(&path)?;
    let change = LinkChange {
        destination_url: Some(act::optional(&sent, "destination_url")),
        label: Some(act::optional(&sent, "label")),
    };
    let saved = match act::version(&sent) {
        Ok(expected) => {
            act::act_on_ways(&allowed, &sent, move |c, actor| {
                let link = link::update(c, actor, id, expected, &change)?;
                let toast = Toast::good(format!("The link {} was saved.", link.key));
                Ok(Done::new(address(id), toast))
            })
            .await
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(answer) => Ok(answer),
        Err(Error::Stale) => {
            let (now, _) = found(&allowed, id).await?;
            Ok(act::two_versions(
                shell(&allowed, &now),
                form::LABELS,
                &form::of(&now),
                &sent,
                now.version,
                (allowed.url(&address(id)), allowed.url(&address(id))),
            ))
        }
        Err(error) => {
            let errors = act::beside_fields(error)?;
            let (link, program) = found(&allowed, id).await?;
            Ok(show(&allowed, &link, &program, sent, errors))
        }
    }
}

fn address(id: LinkId) -> String {
    format!("/admin/links/{id}")
}

async fn found(allowed: &Allowed<WriteLinks>, id: LinkId) -> Result<(Link, Program)> {
    allowed
        .scope
        .read(move |c| {
            let link = link::find(c, id)?;
            let program = program::find(c, link.program_id)?;
            Ok((link, program))
        })
        .await
}

fn shell(allowed: &Allowed<WriteLinks>, link: &Link) -> PageShell {
    allowed
        .shell(Place::Links, format!("Edit {}", link.key))
        .crumb("Links", "/admin/links")
        .crumb(&link.key, &address(link.id))
}

fn show(
    allowed: &Allowed<WriteLinks>,
    link: &Link,
    program: &Program,
    values: Form,
    errors: FormErrors,
) -> HttpResponse {
    let way = Way {
        enrolments: None,
        start: LinkView::start(allowed),
        general: program.destination_url.clone(),
        action: allowed.url(&address(link.id)),
        verb: "Save changes",
        cancel: allowed.url(&address(link.id)),
    };
    form::show(shell(allowed, link), values, errors, way)
}
