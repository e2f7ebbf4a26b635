//! `GET T/admin/programs/{id}/edit`, `POST T/admin/programs/{id}`: changes a programme.

use actix_web::{HttpResponse, web};

use super::super::act;
use super::form::{self, Way};
use crate::id::ProgramId;
use crate::partners::api;
use crate::partners::model::{Program, ProgramState};
use crate::partners::permissions::WritePrograms;
use crate::partners::program;
use crate::web::form::FormErrors;
use crate::web::nav::Place;
use crate::web::page::PageShell;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form, answer};
use crate::{Error, Result};

/// The form of one.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn edit(
    allowed: Allowed<WritePrograms>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    let program = found(&allowed, api::id(&path)?).await?;
    if program.state == ProgramState::Archived {
        return Ok(answer::see_other(&allowed.url(&address(program.id))));
    }
    let values = form::of(&program);
    Ok(show(&allowed, &program, values, FormErrors::none()).await)
}

/// Changes it, or shows the form again; where somebody else was first, both versions.
///
/// # Errors
/// [`Error::NotFound`], or where the store fails.
pub async fn save(
    allowed: Allowed<WritePrograms>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: ProgramId = api::id(&path)?;
    let own = found(&allowed, id).await?.project_id;
    let judged = form::check_project(&allowed, &sent, own).await;
    let change = judged.and_then(|()| form::change(&sent));
    let saved = match (change, act::version(&sent)) {
        (Ok(change), Ok(expected)) => {
            act::act_on_ways(&allowed, &sent, move |c, actor| {
                let program = program::update(c, actor, id, expected, &change)?;
                let toast = Toast::good(format!("{} was saved.", program.name));
                Ok(Done::new(address(id), toast))
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
                &form::of(&now),
                &sent,
                now.version,
                (allowed.url(&address(id)), allowed.url(&address(id))),
            ))
        }
        Err(error) => {
            let errors = act::beside_fields(error)?;
            let program = found(&allowed, id).await?;
            Ok(show(&allowed, &program, sent, errors).await)
        }
    }
}

fn address(id: ProgramId) -> String {
    format!("/admin/programs/{id}")
}

async fn found(allowed: &Allowed<WritePrograms>, id: ProgramId) -> Result<Program> {
    allowed.scope.read(move |c| program::find(c, id)).await
}

fn shell(allowed: &Allowed<WritePrograms>, program: &Program) -> PageShell {
    allowed
        .shell(Place::Programs, format!("Edit {}", program.name))
        .lead("New terms hold for events from now on. What was earned before keeps its own.")
        .crumb("Programmes", "/admin/programs")
        .crumb(&program.name, &address(program.id))
}

async fn show(
    allowed: &Allowed<WritePrograms>,
    program: &Program,
    values: Form,
    errors: FormErrors,
) -> HttpResponse {
    let way = Way {
        action: allowed.url(&address(program.id)),
        verb: "Save changes",
        cancel: allowed.url(&address(program.id)),
    };
    let projects = form::projects(allowed, program.project_id).await;
    form::show(
        shell(allowed, program),
        program.currency,
        values,
        errors,
        way,
        projects,
    )
}
