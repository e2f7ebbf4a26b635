//! Adds a partner.

use actix_web::HttpResponse;

use super::input::{self, NewPartner};
use super::payee;
use crate::actor::Actor;
use crate::audit;
use crate::crypto::Vault;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::gate::{Counted, Limits};
use crate::id::{PartnerId, ProgramId};
use crate::partners::api;
use crate::partners::enrolment::{self, NewEnrolment};
use crate::partners::model::Partner;
use crate::partners::permissions::WritePartners;
use crate::partners::store::{partners, usage};
use crate::web::once::Answer;
use crate::web::{Allowed, Json};
use crate::{Error, Result};

/// What a taken address is answered with.
pub(super) const TAKEN: &str = "A partner with this address is there already.";

/// Adds one.
///
/// # Errors
/// [`crate::Error::Invalid`] for values that do not fit or an address that is taken, [`crate::Error::PlanLimit`].
pub fn create(
    c: &mut TenantConn,
    actor: &Actor,
    vault: &Vault,
    new: &NewPartner,
    limits: Limits,
) -> Result<Partner> {
    if c.project().is_some() && new.program_id.is_none() {
        return Err(Error::invalid(
            "program_id",
            "This key is limited to a project: name one of its programmes.",
        ));
    }
    limits.one_more(Counted::Partners, |most| usage::partners(c, most))?;
    let now = c.now();
    let mut partner = Partner {
        id: PartnerId::new(now),
        name: new.name.clone(),
        email: new.email.clone(),
        company: new.company.clone(),
        website: new.website.clone(),
        state: new.state.into(),
        note: new.note.clone(),
        payee_hint: None,
        is_demo: false,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    let details = input::check(&mut partner, new.payee.as_ref())?;
    partner.payee_hint = details.as_ref().map(crate::partners::model::Payee::hint);
    let owner = c.owner();
    let sealed = details
        .map(|details| payee::seal(vault, owner, partner.id, &details))
        .transpose()?;
    partners::insert(c, &partner, sealed.as_deref())
        .map_err(|error| error.duplicate_of("email", TAKEN))?;
    let mut event = audit::Event::new("partner.created")
        .product("partners")
        .target("partner", &partner.id, &partner.name);
    event = event.created(&partner);
    if sealed.is_some() {
        event = event.secret("payee");
    }
    audit::record(c, actor, event)?;
    if let Some(program_id) = new.program_id {
        enrol(c, actor, &partner, program_id)?;
    }
    Ok(partner)
}

fn enrol(
    c: &mut TenantConn,
    actor: &Actor,
    partner: &Partner,
    program_id: ProgramId,
) -> Result<()> {
    let new = NewEnrolment {
        partner_id: partner.id,
        program_id,
        commission: None,
        holding_days: None,
    };
    match enrolment::begin(c, actor, partner, &new) {
        Err(Error::NotFound) => Err(Error::invalid("program_id", "There is no such programme.")),
        other => other.map(|_| ()),
    }
}

/// `POST /partners`
///
/// # Errors
/// As [`create`].
pub async fn post(
    allowed: Allowed<InProject<WritePartners>>,
    body: Json<NewPartner>,
) -> Result<HttpResponse> {
    let (new, vault, limits) = (body.value, allowed.app.vault.clone(), allowed.limits());
    api::change(&allowed, &body.bytes, move |c, actor| {
        let partner = create(c, actor, &vault, &new, limits)?;
        Ok(Answer::created(&partner)?.version(partner.version))
    })
    .await
}
