//! Makes a programme.

use actix_web::HttpResponse;

use super::input::{self, NewProgram};
use super::rules;
use crate::Result;
use crate::actor::Actor;
use crate::audit;
use crate::db::TenantConn;
use crate::gate::InProject;
use crate::id::ProgramId;
use crate::money::Currency;
use crate::partners::api;
use crate::partners::model::{Program, ProgramState, Reward};
use crate::partners::permissions::WritePrograms;
use crate::partners::store::programs;
use crate::tenancy::projects;
use crate::web::once::Answer;
use crate::web::{Allowed, Json};

/// Makes one. `currency` is the company's.
///
/// # Errors
/// [`crate::Error::Invalid`] for values that do not fit.
pub fn create(
    c: &mut TenantConn,
    actor: &Actor,
    currency: Currency,
    new: &NewProgram,
) -> Result<Program> {
    let now = c.now();
    let own = match new.commission {
        Reward::Fixed { value } => value.currency,
        Reward::Percent { .. } => currency,
    };
    let mut program = Program {
        id: ProgramId::new(now),
        name: new.name.clone(),
        state: ProgramState::Active,
        commission: new.commission,
        currency: new.currency.unwrap_or(own),
        attribution_window_days: new.attribution_window_days,
        holding_days: new.holding_days,
        auto_approve: new.auto_approve,
        event_type: new.event_type.clone(),
        destination_url: new.destination_url.clone(),
        is_demo: false,
        project_id: rules::project_of(c, new.project_id)?,
        created_at: now,
        updated_at: now,
        version: 1,
    };
    input::check(&mut program)?;
    programs::insert(c, &program)?;
    let event = audit::Event::new("program.created")
        .product("partners")
        .target("program", &program.id, &program.name);
    audit::record(c, actor, event.created(&program))?;
    Ok(program)
}

/// `POST /programs`
///
/// # Errors
/// As [`create`].
pub async fn post(
    allowed: Allowed<InProject<WritePrograms>>,
    body: Json<NewProgram>,
) -> Result<HttpResponse> {
    let (new, currency) = (body.value, allowed.company.currency);
    let limit = allowed.scope.project().map(|project| project.id);
    if let Some(project) = limit.or(new.project_id) {
        let tenant = allowed.scope.tenant();
        projects::check_open(&allowed.app.control, tenant, project).await?;
    }
    api::change(&allowed, &body.bytes, move |c, actor| {
        let program = create(c, actor, currency, &new)?;
        Ok(Answer::created(&program)?.version(program.version))
    })
    .await
}
