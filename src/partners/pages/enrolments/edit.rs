//! `GET T/admin/enrolments/{id}/edit`, `POST T/admin/enrolments/{id}`: a partner's own terms in a programme.

use actix_web::{HttpResponse, web};

use super::super::act;
use super::form::{self, Way};
use crate::id::EnrolmentId;
use crate::money::Currency;
use crate::partners::enrolment::{self, EnrolmentChange};
use crate::partners::model::{Enrolment, Partner, Program};
use crate::partners::permissions::WritePartners;
use crate::partners::{api, partner, program};
use crate::web::form::FormErrors;
use crate::web::nav::Place;
use crate::web::page::PageShell;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form};
use crate::{Error, Result};

pub(super) struct Found {
    pub(super) enrolment: Enrolment,
    pub(super) partner: Partner,
    pub(super) program: Program,
}

pub(super) async fn found(allowed: &Allowed<WritePartners>, id: EnrolmentId) -> Result<Found> {
    allowed
        .scope
        .read(move |c| {
            let enrolment = enrolment::find(c, id)?;
            let partner = partner::find(c, enrolment.partner_id)?;
            let program = program::find(c, enrolment.program_id)?;
            Ok(Found {
                enrolment,
                partner,
                program,
            })
        })
        .await
}

/// The form of one.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn edit(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let found = found(&allowed, api::id(&path)?).await?;
    let values = form::of(&found.enrolment, currency(&found));
    Ok(show(&allowed, &found, values, FormErrors::none()))
}

/// Changes them, or shows the form again; where somebody else was first, both versions.
///
/// # Errors
/// [`Error::NotFound`], or where the store fails.
pub async fn save(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: EnrolmentId = api::id(&path)?;
    let before = found(&allowed, id).await?;
    let partner = before.partner.id;
    let saved = match (form::checked_terms(&sent), act::version(&sent)) {
        (Ok((commission, days)), Ok(expected)) => {
            act::act(&allowed, &sent, move |c, actor| {
                let change = EnrolmentChange {
                    commission: Some(commission),
                    holding_days: Some(days),
                };
                enrolment::update(c, actor, id, expected, &change)?;
                let toast = Toast::good("The terms were saved. They hold from now on.");
                Ok(Done::new(format!("/admin/partners/{partner}"), toast))
            })
            .await
        }
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match saved {
        Ok(answer) => Ok(answer),
        Err(Error::Stale) => {
            let now = found(&allowed, id).await?;
            Ok(act::two_versions(
                shell(&allowed, &now),
                form::LABELS,
                &form::of(&now.enrolment, currency(&now)),
                &sent,
                now.enrolment.version,
                (
                    allowed.url(&format!("/admin/enrolments/{id}")),
                    allowed.url(&format!("/admin/partners/{partner}")),
                ),
            ))
        }
        Err(error) => Ok(show(&allowed, &before, sent, act::beside_fields(error)?)),
    }
}

fn currency(found: &Found) -> Currency {
    found.program.currency
}

fn shell(allowed: &Allowed<WritePartners>, found: &Found) -> PageShell {
    allowed
        .shell(
            Place::Partners,
            format!("Terms in {}", found.program.name),
        )
        .lead("What this partner earns where it differs from the programme. It holds for events from now on.")
        .crumb("Partners", "/admin/partners")
        .crumb(
            &found.partner.name,
            &format!("/admin/partners/{}", found.partner.id),
        )
}

fn show(
    allowed: &Allowed<WritePartners>,
    found: &Found,
    values: Form,
    errors: FormErrors,
) -> HttpResponse {
    let way = Way {
        action: allowed.url(&format!("/admin/enrolments/{}", found.enrolment.id)),
        verb: "Save terms",
        cancel: allowed.url(&format!("/admin/partners/{}", found.partner.id)),
    };
    form::show(
        shell(allowed, found),
        currency(found),
        values,
        errors,
        None,
        way,
    )
}
