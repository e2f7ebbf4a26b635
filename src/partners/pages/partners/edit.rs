//! `GET T/admin/partners/{id}/edit`, `POST T/admin/partners/{id}`: changes what is known of a partner.

use actix_web::{HttpResponse, web};

use super::super::act;
use super::form::{self, Way};
use crate::id::PartnerId;
use crate::partners::api;
use crate::partners::model::Partner;
use crate::partners::partner;
use crate::partners::permissions::WritePartners;
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
pub async fn edit(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let partner = found(&allowed, api::id(&path)?).await?;
    let values = form::of(&partner);
    Ok(show(&allowed, &partner, values, FormErrors::none()))
}

/// Changes it, or shows the form again; where somebody else was first, both versions.
///
/// # Errors
/// [`Error::NotFound`], or where the store fails.
pub async fn save(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: PartnerId = api::id(&path)?;
    let (change, expected) = (form::change(&sent), act::version(&sent));
    let vault = allowed.app.vault.clone();
    let saved = match expected {
        Ok(expected) => {
            act::act(&allowed, &sent, move |c, actor| {
                let partner = partner::update(c, actor, &vault, id, expected, &change)?;
                let toast = Toast::good(format!("{} was saved.", partner.name));
                Ok(Done::new(address(id), toast))
            })
            .await
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(answer) => Ok(answer),
        Err(Error::Stale) => {
            let now = found(&allowed, id).await?;
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
            let partner = found(&allowed, id).await?;
            Ok(show(&allowed, &partner, sent, errors))
        }
    }
}

fn address(id: PartnerId) -> String {
    format!("/admin/partners/{id}")
}

async fn found(allowed: &Allowed<WritePartners>, id: PartnerId) -> Result<Partner> {
    allowed.scope.read(move |c| partner::find(c, id)).await
}

fn shell(allowed: &Allowed<WritePartners>, partner: &Partner) -> PageShell {
    allowed
        .shell(Place::Partners, format!("Edit {}", partner.name))
        .crumb("Partners", "/admin/partners")
        .crumb(&partner.name, &address(partner.id))
}

fn show(
    allowed: &Allowed<WritePartners>,
    partner: &Partner,
    values: Form,
    errors: FormErrors,
) -> HttpResponse {
    let way = Way {
        action: allowed.url(&address(partner.id)),
        verb: "Save changes",
        cancel: allowed.url(&address(partner.id)),
    };
    form::show(shell(allowed, partner), values, errors, Vec::new(), way)
}
