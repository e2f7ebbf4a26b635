//! The form of a partner: what it shows and how it reads.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::super::act;
use crate::partners::model::Partner;
use crate::partners::partner::PartnerChange;
use crate::web::form::{Choice, FormErrors};
use crate::web::page::{self, PageShell};
use crate::web::{Form, sent_once};

/// The fields and their names, for showing two versions.
pub(super) const LABELS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("email", "E-mail"),
    ("company", "Company"),
    ("website", "Website"),
    ("note", "Note"),
];

#[derive(Template)]
#[template(path = "partners/partner_form.html")]
struct Page {
    shell: PageShell,
    once: String,
    values: Form,
    errors: FormErrors,
    /// Programmes to take part in from the start; empty where a partner is edited.
    programs: Vec<Choice>,
    action: String,
    verb: &'static str,
    cancel: String,
}

/// Where a form leads and what its button says.
pub(super) struct Way {
    pub(super) action: String,
    pub(super) verb: &'static str,
    pub(super) cancel: String,
}

/// The form with these values.
pub(super) fn show(
    shell: PageShell,
    values: Form,
    errors: FormErrors,
    programs: Vec<Choice>,
    way: Way,
) -> HttpResponse {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    page::html(
        status,
        &Page {
            shell,
            once: sent_once::number(),
            values,
            errors,
            programs,
            action: way.action,
            verb: way.verb,
            cancel: way.cancel,
        },
    )
}

/// The values of a partner.
pub(super) fn of(partner: &Partner) -> Form {
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    Form::from_pairs([
        ("version", partner.version.to_string()),
        ("name", partner.name.clone()),
        ("email", partner.email.clone()),
        ("company", optional(&partner.company)),
        ("website", optional(&partner.website)),
        ("note", optional(&partner.note)),
    ])
}

/// A change as typed: a form sends every field. How they are paid has a form of its own.
pub(super) fn change(form: &Form) -> PartnerChange {
    PartnerChange {
        name: Some(form.text("name").to_owned()),
        email: Some(form.text("email").to_owned()),
        company: Some(act::optional(form, "company")),
        website: Some(act::optional(form, "website")),
        note: Some(act::optional(form, "note")),
        payee: None,
    }
}
