//! `GET` and `POST T/admin/partners/{id}/enrol`: lets a partner take part in a programme, with a link of their own.

use actix_web::{HttpResponse, web};

use super::super::act;
use super::super::partners::give_link;
use super::form::{self, Way};
use crate::id::{PartnerId, ProgramId};
use crate::partners::enrolment::{self, EnrolmentFilter, NewEnrolment};
use crate::partners::model::{EnrolmentState, Partner};
use crate::partners::permissions::WritePartners;
use crate::partners::store::{enrolments, links, pages};
use crate::partners::{api, partner};
use crate::web::form::{Choice, FormErrors};
use crate::web::nav::Place;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Fields, Form, Paging};
use crate::{Error, Result};

/// The form.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn enrol(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let values = Form::from_pairs([
        ("kind", "programme".to_owned()),
        ("currency", allowed.company.currency.to_string()),
    ]);
    show(&allowed, api::id(&path)?, values, FormErrors::none()).await
}

/// Enrols, or shows the form again.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn create(
    allowed: Allowed<WritePartners>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let partner_id: PartnerId = api::id(&path)?;
    let made = match read(&sent, partner_id) {
        Ok(new) => {
            let limits = allowed.limits();
            act::act_on_ways(&allowed, &sent, move |c, actor| {
                let partner = partner::find(c, partner_id)?;
                let place = enrolment::create(c, actor, &new)?;
                // Who takes part again has links already.
                let has_link = links::list(
                    c,
                    &links::LinkFilter {
                        enrolment: Some(place.id),
                        ..links::LinkFilter::default()
                    },
                    &Paging {
                        limit: 1,
                        ..Paging::default()
                    },
                )?;
                if has_link.rows.is_empty() {
                    give_link(c, actor, place.id, &partner.name, limits)?;
                }
                let toast = Toast::good(format!("{} takes part and has a link.", partner.name));
                Ok(Done::new(format!("/admin/partners/{partner_id}"), toast))
            })
            .await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(answer) => Ok(answer),
        Err(error) => show(&allowed, partner_id, sent, act::beside_fields(error)?).await,
    }
}

fn read(sent: &Form, partner_id: PartnerId) -> Result<NewEnrolment> {
    let mut fields = Fields::default();
    let program: Option<ProgramId> = match sent.text("program_id") {
        "" => {
            fields.add("program_id", "Choose a programme.");
            None
        }
        text => fields.parse("program_id", text),
    };
    let (commission, holding_days) = form::terms(sent, &mut fields);
    fields.check()?;
    Ok(NewEnrolment {
        partner_id,
        // A programme is missing only where it was refused, and then the check above ended it.
        program_id: program.ok_or(Error::NotFound)?,
        commission,
        holding_days,
    })
}

async fn show(
    allowed: &Allowed<WritePartners>,
    id: PartnerId,
    values: Form,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let (partner, programs): (Partner, Vec<Choice>) = allowed
        .scope
        .read(move |c| {
            let partner = partner::find(c, id)?;
            let filter = EnrolmentFilter {
                partner: Some(id),
                state: Some(EnrolmentState::Active),
                ..EnrolmentFilter::default()
            };
            let paging = Paging {
                limit: 200,
                ..Paging::default()
            };
            let taken = enrolments::list(c, &filter, &paging)?.rows;
            let open = pages::program_choices(c, false)?
                .into_iter()
                .filter(|(id, _)| taken.iter().all(|place| place.program_id != *id))
                .map(|(id, name)| Choice::new(id.to_string(), name))
                .collect();
            Ok((partner, open))
        })
        .await?;
    let here = format!("/admin/partners/{id}");
    let shell = allowed
        .shell(Place::Partners, format!("Enrol {}", partner.name))
        .lead("They take part in a programme and get a link of their own.")
        .crumb("Partners", "/admin/partners")
        .crumb(&partner.name, &here);
    let way = Way {
        action: allowed.url(&format!("{here}/enrol")),
        verb: "Enrol",
        cancel: allowed.url(&here),
    };
    Ok(form::show(
        shell,
        allowed.company.currency,
        values,
        errors,
        Some(programs),
        way,
    ))
}
