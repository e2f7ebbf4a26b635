//! `GET T/admin/programs/new`, `POST T/admin/programs`: makes a programme.

use actix_web::HttpResponse;

use super::super::act;
use super::form::{self, Way};
use crate::Result;
use crate::partners::permissions::WritePrograms;
use crate::partners::program;
use crate::web::form::FormErrors;
use crate::web::nav::Place;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form};

/// The empty form.
///
/// # Errors
/// None of its own.
pub async fn new(allowed: Allowed<WritePrograms>) -> Result<HttpResponse> {
    let values = form::fresh(allowed.company.currency);
    Ok(show(&allowed, values, FormErrors::none()).await)
}

/// Makes it, or shows the form again.
///
/// # Errors
/// Where the store fails.
pub async fn create(allowed: Allowed<WritePrograms>, sent: Form) -> Result<HttpResponse> {
    let judged = form::check_project(&allowed, &sent, None).await;
    let made = match judged.and_then(|()| form::new(&sent)) {
        Ok(new) => {
            let currency = allowed.company.currency;
            act::act(&allowed, &sent, move |c, actor| {
                let program = program::create(c, actor, currency, &new)?;
                let toast = Toast::good(format!("{} runs. Now it needs partners.", program.name));
                let partner = format!("/admin/partners/new?program={}", program.id);
                Ok(Done::new(
                    format!("/admin/programs/{}", program.id),
                    toast.link("Add a partner", partner),
                ))
            })
            .await
        }
        Err(error) => Err(error),
    };
    match made {
        Ok(answer) => Ok(answer),
        Err(error) => Ok(show(&allowed, sent, act::beside_fields(error)?).await),
    }
}

async fn show(allowed: &Allowed<WritePrograms>, values: Form, errors: FormErrors) -> HttpResponse {
    let shell = allowed
        .shell(Place::Programs, "New programme")
        .lead("What you pay partners for, and how much.")
        .crumb("Programmes", "/admin/programs");
    let way = Way {
        action: allowed.url("/admin/programs"),
        verb: "Create programme",
        cancel: allowed.url("/admin/programs"),
    };
    let projects = form::projects(allowed, None).await;
    form::show(
        shell,
        allowed.company.currency,
        values,
        errors,
        way,
        projects,
    )
}
