//! `/operator/companies/{slug}/{step}`: a company's next step of life, or its end, asked for on a page of its own. What takes data
//! away asks to type the slug.

use actix_web::web::Path;
use actix_web::{HttpResponse, http::StatusCode};

use super::{address, find};
use crate::operator::door::Operating;
use crate::operator::place::Place;
use crate::tenancy::{self, Company, Status};
use crate::web::confirm::Confirm;
use crate::web::form::FormErrors;
use crate::web::parts::Toast;
use crate::web::{Form, answer, flash, page};
use crate::{Error, Result, identity};

/// What can be done with a company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Become(Status),
    Keep,
    Delete,
}

impl Step {
    fn read(word: &str) -> Result<Self> {
        match word {
            "activate" => Ok(Self::Become(Status::Active)),
            "freeze" => Ok(Self::Become(Status::Frozen)),
            "archive" => Ok(Self::Become(Status::Archived)),
            "keep" => Ok(Self::Keep),
            "delete" => Ok(Self::Delete),
            _ => Err(Error::NotFound),
        }
    }

    /// Whether data goes with it, so that a slip of the hand must not be enough.
    fn takes_data(self) -> bool {
        matches!(self, Self::Delete | Self::Become(Status::Archived))
    }

    fn verb(self) -> &'static str {
        match self {
            Self::Delete => "Delete",
            Self::Keep => "Keep",
            Self::Become(Status::Frozen) => "Freeze",
            Self::Become(Status::Archived) => "Archive",
            Self::Become(_) => "Activate",
        }
    }

    fn consequences(self) -> &'static [&'static str] {
        match self {
            Self::Delete => &[
                "The company, its data, keys and memberships are removed for good.",
                "What the trail of this instance says of it stays.",
            ],
            Self::Become(Status::Frozen) => &[
                "Its people still see everything and change nothing.",
                "Links still lead to their targets; clicks and events are not recorded.",
                "You can activate it again at any time.",
            ],
            Self::Become(Status::Archived) => &[
                "Its pages and links answer as if it had never been here, and its data is removed for good.",
                "Its record and what the trail says of it stay.",
            ],
            Self::Keep => &["It is not deleted, and goes on as it did before it was closed."],
            Self::Become(_) => &["Its people work with it from now on."],
        }
    }
}

/// Asks before a step.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for a step there is not from here.
pub async fn ask(who: Operating, path: Path<(String, String)>) -> Result<HttpResponse> {
    let (slug, word) = path.into_inner();
    let (step, company) = (Step::read(&word)?, find(&who.app, &slug).await?);
    match step {
        Step::Become(status) => drop(company.status.step_to(status)?),
        Step::Keep if company.closing.is_none() => return Err(Error::NotFound),
        Step::Keep | Step::Delete => {}
    }
    Ok(page::ok(&question(&who, &company, step, &word)))
}

/// Takes a step.
///
/// # Errors
/// As [`ask`]; a slug typed wrong is shown beside the question.
pub async fn take(
    who: Operating,
    path: Path<(String, String)>,
    form: Form,
) -> Result<HttpResponse> {
    let (slug, word) = path.into_inner();
    let (step, company) = (Step::read(&word)?, find(&who.app, &slug).await?);
    if step.takes_data() && form.text("retype") != company.slug.as_str() {
        let mut again = question(&who, &company, step, &word);
        again.errors = FormErrors::none().with(
            "retype",
            format!("Type {} as it is written here.", company.slug),
        );
        return Ok(page::html(StatusCode::UNPROCESSABLE_ENTITY, &again));
    }
    let name = company.settings.name.clone();
    let (said, back) = match step {
        Step::Delete => {
            tenancy::delete(&who.app, &who.actor, company.id).await?;
            (
                format!("{name} is deleted."),
                Place::Companies.path().to_owned(),
            )
        }
        Step::Keep => {
            let company = identity::keep_company(&who.app, &who.actor, company.id).await?;
            (format!("{name} stays."), address(&company))
        }
        Step::Become(status) => {
            let company = tenancy::change_status(&who.app, &who.actor, company.id, status).await?;
            let said = format!("{name} is {} now.", company.status.as_str());
            (said, address(&company))
        }
    };
    Ok(flash::with(
        answer::see_other(&back),
        &who.app,
        &Toast::good(said),
    ))
}

fn question(who: &Operating, company: &Company, step: Step, word: &str) -> Confirm {
    let name = &company.settings.name;
    let here = address(company);
    let shell = who.shell(Place::Companies, format!("{} {name}?", step.verb()));
    let mut question = Confirm::new(
        shell,
        format!("{} company", step.verb()),
        format!("{here}/{word}"),
        here,
    );
    for sentence in step.consequences() {
        question = question.consequence(*sentence);
    }
    if !matches!(step, Step::Keep | Step::Become(Status::Active)) {
        question = question.destructive();
    }
    if step.takes_data() {
        question = question.retype(company.slug.as_str());
    }
    question
}
