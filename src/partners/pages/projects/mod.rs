//! The projects of a company, in its settings: the list with a form for another, one project, its end. They stand here and not beside
//! the projects' own operations, which they call, since they count programmes.

mod archive;
mod list;
mod show;

pub use archive::{archive, ask, reopen};
pub use list::{create, list};
pub use show::{save, show};

use actix_web::HttpResponse;

use crate::id::ProjectId;
use crate::tenancy::projects::{self, PAGE, Project, Which};
use crate::web::parts::{State, Toast, Tone};
use crate::web::{Allowed, answer, flash};
use crate::{Error, Result};

/// A project's state.
fn state(project: &Project) -> State {
    if project.is_active() {
        State::new(Tone::Good, "Active")
    } else {
        State::new(Tone::Quiet, "Archived")
    }
}

/// The address of one below the tenant's prefix.
fn address(id: ProjectId) -> String {
    format!("{PAGE}/{id}")
}

/// The one an address names.
async fn found<P>(allowed: &Allowed<P>, path: &str) -> Result<Project> {
    let (tenant, which) = (allowed.scope.tenant(), which(path)?);
    let meant = allowed
        .app
        .control
        .read(move |c| projects::meant(c, tenant, &which));
    meant.await
}

fn which(path: &str) -> Result<Which> {
    path.parse().map(Which::Id).map_err(|_| Error::NotFound)
}

/// Leads to one and says what was done.
fn led<P>(allowed: &Allowed<P>, project: &Project, done: &str) -> HttpResponse {
    let back = answer::see_other(&allowed.url(&address(project.id)));
    let toast = Toast::good(format!("{} {done}.", project.name));
    flash::with(back, &allowed.app, &toast)
}
