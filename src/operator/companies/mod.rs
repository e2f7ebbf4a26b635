//! Companies, as operators see and steer them.

pub mod act;
pub mod edit;
pub mod list;
pub mod new;
pub(super) mod record;
pub mod select;
pub mod show;

use crate::app::App;
use crate::gate::Counted;
use crate::identity::shell as people;
use crate::operator::usage::Usage;
use crate::tenancy::plans::{PLANS, Plan};
use crate::tenancy::{self, Company, FIRST_PLAN, Status};
use crate::web::form::Choice;
use crate::web::format::Format;
use crate::web::parts::{State, Tone};
use crate::{Error, Result};

/// A company by its slug.
pub(super) async fn find(app: &App, slug: &str) -> Result<Company> {
    let slug = slug.to_owned();
    app.control
        .read(move |c| tenancy::company_by_slug(c, &slug))
        .await?
        .ok_or(Error::NotFound)
}

/// The addresses of those who own it, in or invited.
async fn owners(app: &App, company: &Company) -> Result<Vec<String>> {
    let people = people::users(app, company.id).await?;
    let owners = people
        .into_iter()
        .filter(|one| one.roles.iter().any(|role| role == "owner") && one.state != "disabled");
    Ok(owners
        .map(|one| match one.state.as_str() {
            "invited" => format!("{} (invited)", one.email),
            _ => one.email,
        })
        .collect())
}

/// A status as dot and words.
pub(super) fn state(company: &Company) -> State {
    if company.upgrade_failed.is_some() {
        return State::new(Tone::Bad, "Upgrade failed");
    }
    if company.closing.is_some() {
        return State::new(Tone::Bad, "Closing");
    }
    match company.status {
        Status::Demo => State::new(Tone::Info, "Demo"),
        Status::Trial => State::new(Tone::Info, "Trial"),
        Status::Active => State::new(Tone::Good, "Active"),
        Status::Frozen => State::new(Tone::Warn, "Frozen"),
        Status::Archived => State::new(Tone::Quiet, "Archived"),
    }
}

/// How much of the disk a company's store takes. In a shared database no part of it is one company's, so that is said instead.
fn size(app: &App, used: &Usage, format: &Format) -> String {
    match used.size_bytes {
        Some(bytes) => format.bytes(bytes),
        None if app.tenants.is_sole() => "–".to_owned(),
        None => "shared database".to_owned(),
    }
}

/// The plans to choose from, each with what it allows; the one that is held among them, whatever it is called.
fn plans(held: &str, format: &Format) -> Vec<Choice> {
    let mut choices: Vec<Choice> = PLANS
        .iter()
        .map(|plan| {
            Choice::new(
                plan.name,
                format!("{}: {}", plan.name, allows(plan, format)),
            )
        })
        .collect();
    if !held.is_empty() && PLANS.iter().all(|plan| plan.name != held) {
        let label = format!("{held}: unknown to this version, allows what {FIRST_PLAN} does");
        choices.push(Choice::new(held, label));
    }
    choices
}

fn allows(plan: &Plan, format: &Format) -> String {
    let limits: Vec<String> = [
        (Counted::Members, "people"),
        (Counted::Partners, "partners"),
        (Counted::Links, "links"),
        (Counted::EventsPerMonth, "events"),
    ]
    .into_iter()
    .filter_map(|(what, words)| Some(format!("{} {words}", format.count(plan.limits.of(what)?))))
    .collect();
    if limits.is_empty() {
        "no limits".to_owned()
    } else {
        limits.join(", ")
    }
}

/// A company's page.
pub(super) fn address(company: &Company) -> String {
    format!("/operator/companies/{}", company.slug)
}
