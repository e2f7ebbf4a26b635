//! Changes an enrolment's own terms.

use actix_web::{HttpResponse, web};

use super::input::{self, EnrolmentChange};
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::EnrolmentId;
use crate::partners::api;
use crate::partners::model::Enrolment;
use crate::partners::permissions::WritePartners;
use crate::partners::store::{enrolments, partners, programs};
use crate::web::once::Answer;
use crate::web::{Allowed, Json};
use crate::{Error, Result};

/// Changes one. Commissions that exist keep the terms they were made under.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`].
pub fn update(
    c: &mut TenantConn,
    actor: &Actor,
    id: EnrolmentId,
    expected: Option<i64>,
    change: &EnrolmentChange,
) -> Result<Enrolment> {
    let before = enrolments::find(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    let mut after = before.clone();
    if let Some(commission) = change.commission {
        after.commission = commission;
    }
    if let Some(days) = change.holding_days {
        after.holding_days = days;
    }
    input::check(&after)?;
    save(c, actor, "enrolment.updated", &before, after)
}

/// Writes a changed enrolment, with its event.
pub(super) fn save(
    c: &mut TenantConn,
    actor: &Actor,
    action: &'static str,
    before: &Enrolment,
    mut after: Enrolment,
) -> Result<Enrolment> {
    if after == *before {
        return Ok(after);
    }
    let partner = partners::find(c, after.partner_id)?
        .map(|partner| partner.name)
        .unwrap_or_default();
    let program = programs::find(c, after.program_id)?
        .map(|program| program.name)
        .unwrap_or_default();
    let event = audit::Event::new(action).product("partners").target(
        "enrolment",
        &after.id,
        &format!("{partner} in {program}"),
    );
    let event = event.before_after(before, &after);
    after.updated_at = c.now();
    after.version = before.version.saturating_add(1);
    enrolments::update(c, before, &after)?;
    audit::record(c, actor, event)?;
    Ok(after)
}

/// `PATCH /enrolments/{id}`
///
/// # Errors
/// As [`update`].
pub async fn patch(
    allowed: Allowed<InProject<WritePartners>>,
    path: web::Path<String>,
    body: Json<EnrolmentChange>,
) -> Result<HttpResponse> {
    let (id, expected, change) = (api::id(&path)?, api::expected(&allowed)?, body.value);
    api::change(&allowed, &body.bytes, move |c, actor| {
        let enrolment = update(c, actor, id, expected, &change)?;
        Ok(Answer::ok(&enrolment)?.version(enrolment.version))
    })
    .await
}
