//! Enrols a partner in a programme.

use actix_web::HttpResponse;

use super::input::{self, NewEnrolment};
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::EnrolmentId;
use crate::partners::api;
use crate::partners::model::{Enrolment, EnrolmentState, Partner, PartnerState, ProgramState};
use crate::partners::permissions::WritePartners;
use crate::partners::store::{enrolments, partners, programs};
use crate::web::once::Answer;
use crate::web::{Allowed, Json};
use crate::{Error, Result};

/// Enrols. An enrolment that ended begins again, on the terms given now.
///
/// # Errors
/// [`Error::NotFound`] for a partner or programme that is not there, [`Error::Invalid`] for terms that do not fit, a conflict where
/// the partner takes part already or is gone, or where one of the two is demo data and the other is not.
pub fn create(c: &mut TenantConn, actor: &Actor, new: &NewEnrolment) -> Result<Enrolment> {
    input::check_terms(new.commission, new.holding_days)?;
    let partner = partners::find(c, new.partner_id)?.ok_or(Error::NotFound)?;
    begin(c, actor, &partner, new)
}

/// The same for a partner who is known already; terms were judged.
pub(in crate::partners) fn begin(
    c: &mut TenantConn,
    actor: &Actor,
    partner: &Partner,
    new: &NewEnrolment,
) -> Result<Enrolment> {
    let program = programs::find(c, new.program_id)?.ok_or(Error::NotFound)?;
    if matches!(
        partner.state,
        PartnerState::Declined | PartnerState::Archived
    ) {
        return Err(api::wrong_state(format!(
            "{} is {} and takes part in nothing.",
            partner.name, partner.state
        )));
    }
    if program.state == ProgramState::Archived {
        return Err(api::wrong_state(format!("{} is archived.", program.name)));
    }
    let taken = || {
        let said = format!("{} takes part in {} already.", partner.name, program.name);
        Error::conflict("already_enrolled", said)
    };
    if partner.is_demo != program.is_demo {
        return Err(Error::conflict(
            "demo_apart",
            "Demo data stays among itself: a demo partner takes part in demo programmes, a real one in real ones.",
        ));
    }
    let before = enrolments::find_place(c, partner.id, program.id)?;
    if before
        .as_ref()
        .is_some_and(|before| before.state == EnrolmentState::Active)
    {
        return Err(taken());
    }
    let now = c.now();
    let enrolment = Enrolment {
        id: before
            .as_ref()
            .map_or_else(|| EnrolmentId::new(now), |before| before.id),
        partner_id: partner.id,
        program_id: program.id,
        state: EnrolmentState::Active,
        commission: new.commission,
        holding_days: new.holding_days,
        created_at: before.as_ref().map_or(now, |before| before.created_at),
        updated_at: now,
        version: before
            .as_ref()
            .map_or(1, |before| before.version.saturating_add(1)),
    };
    match &before {
        Some(before) => enrolments::update(c, before, &enrolment)?,
        None => enrolments::insert(c, &enrolment).map_err(|error| match error {
            Error::Duplicate => taken(),
            other => other,
        })?,
    }
    let name = format!("{} in {}", partner.name, program.name);
    let event = audit::Event::new("enrolment.created")
        .product("partners")
        .target("enrolment", &enrolment.id, &name);
    audit::record(c, actor, event.created(&enrolment))?;
    Ok(enrolment)
}

/// `POST /enrolments`
///
/// # Errors
/// As [`create`].
pub async fn post(
    allowed: Allowed<InProject<WritePartners>>,
    body: Json<NewEnrolment>,
) -> Result<HttpResponse> {
    let new = body.value;
    api::change_ways(&allowed, &body.bytes, move |c, actor| {
        let enrolment = create(c, actor, &new)?;
        Ok(Answer::created(&enrolment)?.version(enrolment.version))
    })
    .await
}
