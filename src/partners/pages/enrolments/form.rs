//! The form of an enrolment: terms of its own, or the programme's.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::super::reward;
use crate::Result;
use crate::money::Currency;
use crate::partners::model::{Enrolment, Reward};
use crate::web::form::{Choice, FormErrors};
use crate::web::page::{self, PageShell};
use crate::web::{Fields, Form, sent_once};

/// The fields and their names, for showing two versions.
pub(super) const LABELS: &[(&str, &str)] = &[
    ("kind", "Kind of commission"),
    ("rate", "Rate in percent"),
    ("amount", "Amount"),
    ("currency", "Currency"),
    ("holding_days", "Days on hold"),
];

#[derive(Template)]
#[template(path = "partners/enrol_form.html")]
struct Page {
    shell: PageShell,
    once: String,
    values: Form,
    kind: Vec<String>,
    kinds: Vec<Choice>,
    currencies: Vec<Choice>,
    errors: FormErrors,
    /// Programmes to choose from; empty where the enrolment stands.
    programs: Vec<Choice>,
    chooses: bool,
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

/// The form with these values. `programs` are offered where the enrolment is new.
pub(super) fn show(
    shell: PageShell,
    own: Currency,
    values: Form,
    errors: FormErrors,
    programs: Option<Vec<Choice>>,
    way: Way,
) -> HttpResponse {
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let mut kinds = vec![
        Choice::new("programme", "As the programme says")
            .hint("Changes of the programme hold for them too."),
    ];
    kinds.extend(reward::kinds());
    page::html(
        status,
        &Page {
            shell,
            once: sent_once::number(),
            kind: vec![values.text("kind").to_owned()],
            values,
            kinds,
            currencies: reward::currencies(own),
            errors,
            chooses: programs.is_some(),
            programs: programs.unwrap_or_default(),
            action: way.action,
            verb: way.verb,
            cancel: way.cancel,
        },
    )
}

/// The values of an enrolment.
pub(super) fn of(enrolment: &Enrolment, own: Currency) -> Form {
    let mut pairs = reward::pairs(enrolment.commission, own);
    for (name, value) in &mut pairs {
        if *name == "kind" && value.is_empty() {
            "programme".clone_into(value);
        }
    }
    let days = enrolment.holding_days.map(|days| days.to_string());
    pairs.push(("holding_days", days.unwrap_or_default()));
    pairs.push(("version", enrolment.version.to_string()));
    Form::from_pairs(pairs)
}

/// Own terms as typed: reward and hold, each none where the programme's hold.
pub(super) fn terms(form: &Form, fields: &mut Fields) -> (Option<Reward>, Option<i64>) {
    let reward = match form.text("kind") {
        "programme" | "" => None,
        _ => reward::read(form, fields),
    };
    let days = match form.text("holding_days") {
        "" => None,
        days => Some(fields.number("holding_days", days, 0..=365)),
    };
    (reward, days)
}

/// The same, where nothing else is read.
pub(super) fn checked_terms(form: &Form) -> Result<(Option<Reward>, Option<i64>)> {
    let mut fields = Fields::default();
    let terms = terms(form, &mut fields);
    fields.check().map(|()| terms)
}
