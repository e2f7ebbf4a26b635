//! `POST /operator/jobs/{id}/{verb}`: the instance's own work that was given up, begun again or called off. The report shows it.

use actix_web::HttpResponse;
use actix_web::web::Path;

use super::door::Operating;
use super::place::Place;
use crate::app::App;
use crate::id::JobId;
use crate::jobs::{self, Filter, Job, State};
use crate::web::parts::Toast;
use crate::web::{Form, answer, flash};
use crate::{Error, Result};

/// Jobs shown at once.
const MOST: i64 = 50;

/// The newest of them.
pub(super) async fn given_up(app: &App) -> Result<Vec<Job>> {
    let filter = Filter {
        state: Some(State::Dead),
        ..Filter::default()
    };
    app.control
        .read(move |c| jobs::page(c, &filter, None, MOST))
        .await
}

/// Retries or cancels one.
///
/// # Errors
/// [`Error::NotFound`] for another verb or id; a conflict is told on the report.
pub async fn change(
    who: Operating,
    path: Path<(String, String)>,
    _form: Form,
) -> Result<HttpResponse> {
    let (id, verb) = path.into_inner();
    let id: JobId = id.parse().map_err(|_| Error::NotFound)?;
    let (app, actor) = (who.app.clone(), who.actor.clone());
    let is_retry = verb == "retry";
    if !is_retry && verb != "cancel" {
        return Err(Error::NotFound);
    }
    let changed = who.app.control.write(move |c| {
        if is_retry {
            jobs::retry(c, &actor, id)
        } else {
            jobs::cancel(c, &app, &actor, id)
        }
    });
    let toast = match changed.await {
        Ok(job) if is_retry => Toast::good(format!("{} runs now.", job.kind)),
        Ok(job) => Toast::good(format!("{} is called off.", job.kind)),
        Err(Error::Conflict { message, .. }) => Toast::bad(message),
        Err(error) => return Err(error),
    };
    let back = answer::see_other(Place::Report.path());
    Ok(flash::with(back, &who.app, &toast))
}
