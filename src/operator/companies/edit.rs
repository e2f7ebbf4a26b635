//! `/operator/companies/{slug}/edit`: what the registry says of a company, its plan and its dates.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use askama::Template;

use super::record::Record;
use super::{address, find, owners};
use crate::identity::shell::invite_owner;
use crate::operator::door::Operating;
use crate::operator::place::Place;
use crate::tenancy::{self, Company, Kind, Status};
use crate::web::form::{Choice, FormErrors};
use crate::web::page::{self, PageShell};
use crate::web::parts::Toast;
use crate::web::{Form, answer, flash, shown_in_form};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "operator/company_edit.html")]
struct Edit {
    shell: PageShell,
    errors: FormErrors,
    here: String,
    kinds: Vec<Choice>,
    plans: Vec<Choice>,
    record: Record,
    /// Nobody owns it, so the form asks for somebody.
    needs_owner: bool,
    owner_email: String,
}

/// The kinds to choose from; who is a customer does not become a demo.
pub(super) fn kinds(may_be_demo: bool) -> Vec<Choice> {
    let demo = may_be_demo.then(|| Choice::new("demo", "Demo"));
    std::iter::once(Choice::new("customer", "Customer"))
        .chain(demo)
        .collect()
}

/// Shows the form.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn form(who: Operating, slug: Path<String>) -> Result<HttpResponse> {
    let company = editable(&who, &slug).await?;
    let record = Record::of(&company);
    let needs_owner = owners(&who.app, &company).await?.is_empty();
    let owner = needs_owner.then(String::new);
    let (ok, none) = (StatusCode::OK, FormErrors::none());
    Ok(respond(&who, &company, ok, record, owner, none))
}

/// Saves what was typed.
///
/// # Errors
/// [`Error::NotFound`]; what does not fit is shown beside the form.
pub async fn save(who: Operating, slug: Path<String>, form: Form) -> Result<HttpResponse> {
    let company = editable(&who, &slug).await?;
    let record = Record::of_form(&form);
    let outcome = match record.clone().read() {
        Ok(read) => {
            tenancy::change_record(&who.app, &who.actor, company.id, move |company| {
                read.apply(company);
            })
            .await
        }
        Err(error) => Err(error),
    };
    let needs_owner = owners(&who.app, &company).await?.is_empty();
    let owner = needs_owner.then(|| form.text("owner_email").to_owned());
    let outcome = match (outcome, &owner) {
        (Ok(company), Some(email)) if !email.is_empty() => {
            let invited = invite_owner(&who.app, &who.actor, company.id, email).await;
            invited.map(|invitation| (company, invitation))
        }
        (outcome, _) => outcome.map(|company| (company, None)),
    };
    match outcome {
        Ok((company, Some(invitation))) => {
            let title = format!("{} has an owner", company.settings.name);
            let back = address(&company);
            Ok(super::new::handed_on(&who, title, invitation, back))
        }
        Ok((company, None)) => {
            let said = Toast::good(format!("{} is saved.", company.settings.name));
            Ok(flash::with(
                answer::see_other(&address(&company)),
                &who.app,
                &said,
            ))
        }
        Err(error) => {
            let errors = shown_in_form(error)?;
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(respond(&who, &company, status, record, owner, errors))
        }
    }
}

async fn editable(who: &Operating, slug: &str) -> Result<Company> {
    let company = find(&who.app, slug).await?;
    if company.status == Status::Archived {
        return Err(Error::conflict(
            "archived",
            "This company is archived: its record stays as it is.",
        ));
    }
    Ok(company)
}

fn respond(
    who: &Operating,
    company: &Company,
    status: StatusCode,
    record: Record,
    owner: Option<String>,
    errors: FormErrors,
) -> HttpResponse {
    let here = address(company);
    let shell = who
        .shell(Place::Companies, format!("Edit {}", company.settings.name))
        .crumb("Companies", Place::Companies.path())
        .crumb(company.settings.name.clone(), &here);
    page::html(
        status,
        &Edit {
            shell,
            errors,
            here,
            kinds: kinds(company.kind == Kind::Demo),
            plans: super::plans(&record.plan, &who.format()),
            record,
            needs_owner: owner.is_some(),
            owner_email: owner.unwrap_or_default(),
        },
    )
}
