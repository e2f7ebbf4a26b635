//! Ends an enrolment: its links close; what was earned is still paid.

use actix_web::{HttpResponse, web};

use super::update::save;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::EnrolmentId;
use crate::partners::api;
use crate::partners::model::{Enrolment, EnrolmentState};
use crate::partners::permissions::WritePartners;
use crate::partners::store::enrolments;
use crate::web::Allowed;
use crate::web::once::Answer;
use crate::{Error, Result};

/// Ends one; an ended one stays so.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`].
pub fn end(
    c: &mut TenantConn,
    actor: &Actor,
    id: EnrolmentId,
    expected: Option<i64>,
) -> Result<Enrolment> {
    let before = enrolments::find(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    let after = Enrolment {
        state: EnrolmentState::Ended,
        ..before.clone()
    };
    save(c, actor, "enrolment.ended", &before, after)
}

/// `DELETE /enrolments/{id}`
///
/// # Errors
/// As [`end`].
pub async fn delete(
    allowed: Allowed<InProject<WritePartners>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let (id, expected) = (api::id(&path)?, api::expected(&allowed)?);
    api::change_ways(&allowed, &[], move |c, actor| {
        let enrolment = end(c, actor, id, expected)?;
        Ok(Answer::ok(&enrolment)?.version(enrolment.version))
    })
    .await
}
