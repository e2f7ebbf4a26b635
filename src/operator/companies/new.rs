//! `GET /operator/companies/new`, `POST /operator/companies`: opening a company, by the rules of the command line.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::address;
use super::record::{Record, owner, slug};
use crate::identity::{InvitationLink, Opened, open_with_link};
use crate::operator::door::Operating;
use crate::operator::place::Place;
use crate::tenancy::Status;
use crate::web::form::{Choice, FormErrors};
use crate::web::page::{self, PageShell};
use crate::web::{Form, answer, flash, shown_in_form};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "operator/company_new.html")]
struct New {
    shell: PageShell,
    errors: FormErrors,
    kinds: Vec<Choice>,
    plans: Vec<Choice>,
    slug: String,
    owner_email: String,
    owner_name: String,
    status: String,
    statuses: Vec<Choice>,
    record: Record,
}

#[derive(Template)]
#[template(path = "operator/company_opened.html")]
struct Made {
    shell: PageShell,
    link: String,
    until: crate::web::markup::Markup,
    mails_leave: bool,
    back: String,
}

/// Shows the form.
///
/// # Errors
/// None of its own.
pub async fn form(who: Operating) -> Result<HttpResponse> {
    let typed = (
        String::new(),
        String::new(),
        String::new(),
        "active".to_owned(),
    );
    Ok(respond(
        &who,
        StatusCode::OK,
        typed,
        Record::blank(),
        FormErrors::none(),
    ))
}

/// Opens the company, with its owner where one is named.
///
/// # Errors
/// What does not fit is shown beside the form.
pub async fn create(who: Operating, form: Form) -> Result<HttpResponse> {
    let record = Record::of_form(&form);
    match open(&who, &form, record.clone()).await {
        Ok(opened) => Ok(answered(&who, opened)),
        Err(error) => {
            let text = |name| form.text(name).to_owned();
            let typed = (
                text("slug"),
                text("owner_email"),
                text("owner_name"),
                text("status"),
            );
            let errors = match error {
                Error::Conflict {
                    code: "slug_taken",
                    message,
                } => FormErrors::none().with("slug", message),
                other => shown_in_form(other)?,
            };
            Ok(respond(
                &who,
                StatusCode::UNPROCESSABLE_ENTITY,
                typed,
                record,
                errors,
            ))
        }
    }
}

async fn open(who: &Operating, form: &Form, record: Record) -> Result<Opened> {
    let read = record.read();
    let slug = slug(form.text("slug"));
    let (read, slug) = match (read, slug) {
        (Ok(read), Ok(slug)) => (read, slug),
        (Err(Error::Invalid(mut errors)), Err(why)) => {
            errors.insert(0, why);
            return Err(Error::Invalid(errors));
        }
        (Err(error), _) => return Err(error),
        (Ok(_), Err(why)) => return Err(Error::Invalid(vec![why])),
    };
    let begins = match form.text("status") {
        "trial" => Status::Trial,
        "demo" => Status::Demo,
        _ => Status::Active,
    };
    let new = read.into_new(slug).beginning(Some(begins))?;
    let text = |name| Some(form.text(name).to_owned()).filter(|text| !text.is_empty());
    let owner = owner(text("owner_email"), text("owner_name"))?;
    open_with_link(&who.app, &who.actor, new, owner).await
}

/// Where the owner has no password yet, the page shows the link this one time.
fn answered(who: &Operating, opened: Opened) -> HttpResponse {
    let back = address(&opened.company);
    let name = opened.company.settings.name;
    let Some(invitation) = opened.invitation else {
        let owner = if opened.is_known {
            " Its owner has an account here and goes on with it, or is mailed a link first where the address was never proven."
        } else {
            ""
        };
        let toast = crate::web::parts::Toast::good(format!("{name} is open.{owner}"));
        return flash::with(answer::see_other(&back), &who.app, &toast);
    };
    handed_on(who, format!("{name} is open"), invitation, back)
}

/// The page with a link for an owner, which is shown this one time.
pub(super) fn handed_on(
    who: &Operating,
    title: String,
    invitation: InvitationLink,
    back: String,
) -> HttpResponse {
    let shell = who
        .shell(Place::Companies, title)
        .crumb("Companies", Place::Companies.path());
    page::ok(&Made {
        shell,
        link: invitation.url,
        until: who.format().when(invitation.expires_at),
        mails_leave: who.app.config.mail.smtp_url.is_some(),
        back,
    })
}

fn respond(
    who: &Operating,
    status: StatusCode,
    (slug, owner_email, owner_name, begins): (String, String, String, String),
    record: Record,
    errors: FormErrors,
) -> HttpResponse {
    let shell = who
        .shell(Place::Companies, "New company")
        .crumb("Companies", Place::Companies.path())
        .lead("It stands at once, with its own store and keys; its owner is sent a link to choose a password.");
    page::html(
        status,
        &New {
            shell,
            errors,
            kinds: super::edit::kinds(true),
            plans: super::plans(&record.plan, &who.format()),
            statuses: [("active", "Active"), ("trial", "Trial"), ("demo", "Demo")]
                .map(|(value, label)| Choice::new(value, label))
                .to_vec(),
            slug,
            owner_email,
            owner_name,
            status: begins,
            record,
        },
    )
}
