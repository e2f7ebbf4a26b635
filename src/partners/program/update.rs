//! Changes a programme.

use actix_web::{HttpResponse, web};

use super::input::{self, ProgramChange};
use super::rules;
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::ProgramId;
use crate::partners::api;
use crate::partners::model::{Program, ProgramState, Reward};
use crate::partners::permissions::WritePrograms;
use crate::partners::store::programs;
use crate::tenancy::projects;
use crate::web::once::Answer;
use crate::web::{Allowed, Json};
use crate::{Error, Result};

/// Changes one. Commissions that exist keep the terms they were made under.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], [`Error::Invalid`], or a conflict where it is archived.
pub fn update(
    c: &mut TenantConn,
    actor: &Actor,
    id: ProgramId,
    expected: Option<i64>,
    change: &ProgramChange,
) -> Result<Program> {
    let before = programs::find(c, id)?.ok_or(Error::NotFound)?;
    api::expect(expected, before.version)?;
    if before.state == ProgramState::Archived {
        return Err(api::wrong_state(
            "This programme is archived and stays as it was.",
        ));
    }
    let mut after = before.clone();
    if let Some(name) = &change.name {
        after.name.clone_from(name);
    }
    if let Some(commission) = change.commission {
        after.commission = commission;
        if let Reward::Fixed { value } = commission {
            after.currency = value.currency;
        }
    }
    if let Some(currency) = change.currency {
        after.currency = currency;
    }
    if let Some(days) = change.attribution_window_days {
        after.attribution_window_days = days;
    }
    if let Some(days) = change.holding_days {
        after.holding_days = days;
    }
    if let Some(auto_approve) = change.auto_approve {
        after.auto_approve = auto_approve;
    }
    if let Some(event_type) = &change.event_type {
        after.event_type.clone_from(event_type);
    }
    if let Some(url) = &change.destination_url {
        after.destination_url.clone_from(url);
    }
    if let Some(project) = change.project_id {
        after.project_id = rules::project_of(c, project)?;
    }
    input::check(&mut after)?;
    save(c, actor, "program.updated", &before, after)
}

/// Writes a changed programme, with its event.
pub(super) fn save(
    c: &mut TenantConn,
    actor: &Actor,
    action: &'static str,
    before: &Program,
    mut after: Program,
) -> Result<Program> {
    if after == *before {
        return Ok(after);
    }
    let event =
        audit::Event::new(action)
            .product("partners")
            .target("program", &after.id, &after.name);
    let event = event.before_after(before, &after);
    after.updated_at = c.now();
    after.version = before.version.saturating_add(1);
    programs::update(c, before, &after)?;
    audit::record(c, actor, event)?;
    Ok(after)
}

/// `PATCH /programs/{id}`
///
/// # Errors
/// As [`update`].
pub async fn patch(
    allowed: Allowed<InProject<WritePrograms>>,
    path: web::Path<String>,
    body: Json<ProgramChange>,
) -> Result<HttpResponse> {
    let (id, expected, change) = (api::id(&path)?, api::expected(&allowed)?, body.value);
    if let Some(Some(project)) = change.project_id {
        let tenant = allowed.scope.tenant();
        projects::check_open(&allowed.app.control, tenant, project).await?;
    }
    api::change_ways(&allowed, &body.bytes, move |c, actor| {
        let program = update(c, actor, id, expected, &change)?;
        Ok(Answer::ok(&program)?.version(program.version))
    })
    .await
}
