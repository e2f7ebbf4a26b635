//! `POST T/admin/system/jobs/{id}/{verb}`: the buttons of the jobs page.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::ManageJobs;
use super::act;
use super::queue::{Queue, QueueName};
use super::store::Job;
use crate::actor::Actor;
use crate::app::App;
use crate::db::{Plane, Scoped};
use crate::id::JobId;
use crate::web::parts::Toast;
use crate::web::{Allowed, Form, answer, flash};
use crate::{Error, Result};

/// Runs, retries or cancels a job, then shows the list again.
///
/// # Errors
/// [`Error::NotFound`] for another verb or id; a conflict is told on the list.
pub async fn change(
    allowed: Allowed<ManageJobs>,
    path: Path<(String, String)>,
    form: Form,
) -> Result<HttpResponse> {
    let (id, verb) = path.into_inner();
    let id: JobId = id.parse().map_err(|_| Error::NotFound)?;
    let name = QueueName::of(&allowed.app, form.text("queue"))?;
    let (app, actor) = (allowed.app.clone(), allowed.actor.clone());
    let told = verb.clone();
    let outcome = match name.open(&allowed) {
        Queue::Company(scope) => {
            scope
                .write(move |c| apply(c, &app, &actor, &verb, id))
                .await
        }
        Queue::Accounts(control) => {
            control
                .write(move |c| apply(c, &app, &actor, &verb, id))
                .await
        }
    };
    let toast = match outcome {
        Ok(job) => Toast::good(match told.as_str() {
            "cancel" => format!("{} is called off.", job.kind),
            _ => format!("{} runs now.", job.kind),
        }),
        Err(Error::Conflict { message, .. }) => Toast::bad(message),
        Err(error) => return Err(error),
    };
    let back = allowed.url("/admin/system/jobs");
    let back = match name {
        QueueName::Company => back,
        QueueName::Accounts => format!("{back}?queue={}", name.as_str()),
    };
    Ok(flash::with(answer::see_other(&back), &allowed.app, &toast))
}

fn apply<P: Plane>(
    c: &mut Scoped<'_, P>,
    app: &App,
    actor: &Actor,
    verb: &str,
    id: JobId,
) -> Result<Job> {
    match verb {
        "run" => act::run_now(c, actor, id),
        "retry" => act::retry(c, actor, id),
        "cancel" => act::cancel(c, app, actor, id),
        _ => Err(Error::NotFound),
    }
}
