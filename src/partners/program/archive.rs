//! Archives a programme: its links close, nothing is earned any more, what was earned is still paid.

use actix_web::{HttpResponse, web};

use super::update::save;
use crate::actor::Actor;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::ProgramId;
use crate::partners::api;
use crate::partners::model::{Program, ProgramState};
use crate::partners::permissions::WritePrograms;
use crate::partners::store::programs;
use crate::web::Allowed;
use crate::web::once::Answer;
use crate::{Error, Result};

/// Archives one; an archived one stays so.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`].
pub fn archive(
    c: &mut TenantConn,
    actor: &Actor,
    id: ProgramId,
    expected: Option<i64>,
) -> Result<Program> {
    let before = programs::find(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    let after = Program {
        state: ProgramState::Archived,
        ..before.clone()
    };
    save(c, actor, "program.archived", &before, after)
}

/// `DELETE /programs/{id}`
///
/// # Errors
/// As [`archive`].
pub async fn delete(
    allowed: Allowed<InProject<WritePrograms>>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let (id, expected) = (api::id(&path)?, api::expected(&allowed)?);
    api::change_ways(&allowed, &[], move |c, actor| {
        let program = archive(c, actor, id, expected)?;
        Ok(Answer::ok(&program)?.version(program.version))
    })
    .await
}
