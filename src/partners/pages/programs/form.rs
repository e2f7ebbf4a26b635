//! The form of a programme: what it shows, how it reads, what it says of fields that do not fit.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::super::{act, reward};
use crate::Result;
use crate::money::Currency;
use crate::partners::model::{Destination, Program, Reward};
use crate::partners::program::{NewProgram, ProgramChange};
use crate::web::form::{Choice, FormErrors};
use crate::web::page::{self, PageShell};
use crate::web::{Fields, Form, sent_once};

/// The fields and their names, for showing two versions.
pub(super) const LABELS: &[(&str, &str)] = &[
    ("name", "Name"),
    ("destination_url", "Destination"),
    ("kind", "Kind of commission"),
    ("rate", "Rate in percent"),
    ("amount", "Amount"),
    ("currency", "Currency"),
    ("attribution_window_days", "Days a click counts"),
    ("holding_days", "Days on hold"),
    ("auto_approve", "Approve by itself"),
    ("event_type", "Type of event"),
];

#[derive(Template)]
#[template(path = "partners/program_form.html")]
struct Page {
    shell: PageShell,
    once: String,
    values: Form,
    kind: Vec<String>,
    errors: FormErrors,
    kinds: Vec<Choice>,
    currencies: Vec<Choice>,
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
    own: Currency,
    values: Form,
    errors: FormErrors,
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
            kind: vec![values.text("kind").to_owned()],
            values,
            errors,
            kinds: reward::kinds(),
            currencies: reward::currencies(own),
            action: way.action,
            verb: way.verb,
            cancel: way.cancel,
        },
    )
}

/// The values of a new programme.
pub(super) fn fresh(own: Currency) -> Form {
    let mut pairs = vec![
        ("attribution_window_days", "30".to_owned()),
        ("holding_days", "30".to_owned()),
        ("auto_approve", "true".to_owned()),
    ];
    let ten = Reward::Percent {
        rate: crate::money::Rate::from_ppm(100_000),
    };
    pairs.extend(reward::pairs(Some(ten), own));
    Form::from_pairs(pairs)
}

/// The values of a programme.
pub(super) fn of(program: &Program) -> Form {
    let mut pairs = vec![
        ("version", program.version.to_string()),
        ("name", program.name.clone()),
        ("destination_url", program.destination_url.clone()),
        (
            "attribution_window_days",
            program.attribution_window_days.to_string(),
        ),
        ("holding_days", program.holding_days.to_string()),
        (
            "auto_approve",
            if program.auto_approve { "true" } else { "" }.to_owned(),
        ),
        ("event_type", program.event_type.clone().unwrap_or_default()),
    ];
    pairs.extend(reward::pairs(Some(program.commission), program.currency));
    Form::from_pairs(pairs)
}

/// A new programme as typed.
pub(super) fn new(form: &Form) -> Result<NewProgram> {
    let mut fields = Fields::default();
    let name = fields.form_text(
        form,
        "name",
        1..=120,
        "Give it a name, as partners will read it.",
    );
    let _: Option<Destination> = fields.parse("destination_url", form.text("destination_url"));
    let commission = reward::read(form, &mut fields);
    let window = fields.number(
        "attribution_window_days",
        form.text("attribution_window_days"),
        1..=365,
    );
    let hold = fields.number("holding_days", form.text("holding_days"), 0..=365);
    fields.check()?;
    // A reward is missing only where a field was refused, and then the check above ended it.
    let commission = commission.ok_or_else(|| crate::Error::internal("a form without a reward"))?;
    Ok(NewProgram {
        project_id: None,
        name,
        commission,
        currency: None,
        attribution_window_days: window,
        holding_days: hold,
        auto_approve: form.is_set("auto_approve"),
        event_type: act::optional(form, "event_type"),
        destination_url: form.text("destination_url").to_owned(),
    })
}

/// A change as typed: a form sends every field.
pub(super) fn change(form: &Form) -> Result<ProgramChange> {
    let new = new(form)?;
    Ok(ProgramChange {
        project_id: None,
        name: Some(new.name),
        commission: Some(new.commission),
        currency: None,
        attribution_window_days: Some(new.attribution_window_days),
        holding_days: Some(new.holding_days),
        auto_approve: Some(new.auto_approve),
        event_type: Some(new.event_type),
        destination_url: Some(new.destination_url),
    })
}
