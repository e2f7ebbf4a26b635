//! The form of a link: whose it is, its key, where it leads.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use crate::partners::model::Link;
use crate::web::form::{Choice, FormErrors};
use crate::web::page::{self, PageShell};
use crate::web::{Form, sent_once};

/// The fields and their names, for showing two versions.
pub(super) const LABELS: &[(&str, &str)] =
    &[("destination_url", "Destination"), ("label", "Label")];

#[derive(Template)]
#[template(path = "partners/link_form.html")]
struct Page {
    shell: PageShell,
    once: String,
    values: Form,
    errors: FormErrors,
    /// Enrolments to choose from, where the link is new.
    enrolments: Vec<Choice>,
    is_new: bool,
    /// What the address begins with.
    start: String,
    /// The programme's destination, where it is known.
    general: String,
    action: String,
    verb: &'static str,
    cancel: String,
}

/// Where a form leads, what its button says, and what it must know of its surroundings.
pub(super) struct Way {
    pub(super) enrolments: Option<Vec<Choice>>,
    pub(super) start: String,
    pub(super) general: String,
    pub(super) action: String,
    pub(super) verb: &'static str,
    pub(super) cancel: String,
}

/// The form with these values.
pub(super) fn show(shell: PageShell, values: Form, errors: FormErrors, way: Way) -> HttpResponse {
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
            is_new: way.enrolments.is_some(),
            enrolments: way.enrolments.unwrap_or_default(),
            start: way.start,
            general: way.general,
            action: way.action,
            verb: way.verb,
            cancel: way.cancel,
        },
    )
}

/// The values of a link.
pub(super) fn of(link: &Link) -> Form {
    Form::from_pairs([
        ("version", link.version.to_string()),
        ("key", link.key.clone()),
        (
            "destination_url",
            link.destination_url.clone().unwrap_or_default(),
        ),
        ("label", link.label.clone().unwrap_or_default()),
    ])
}
