//! The form of a programme: what it shows, how it reads, what it says of fields that do not fit.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::super::{act, reward};
use crate::Result;
use crate::id::ProjectId;
use crate::money::Currency;
use crate::partners::model::{Destination, Program, Reward};
use crate::partners::program::{NewProgram, ProgramChange};
use crate::tenancy::projects;
use crate::web::form::{Choice, FormErrors};
use crate::web::page::{self, PageShell};
use crate::web::{Allowed, Fields, Form, sent_once};

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
    ("project_id", "Project"),
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
    projects: Vec<Choice>,
}

/// The projects a programme may be put in: none where the company has no projects, or could not be asked.
pub(super) async fn projects<P>(allowed: &Allowed<P>, own: Option<ProjectId>) -> Vec<Choice> {
    let tenant = allowed.scope.tenant();
    let all = allowed.app.control.read(move |c| projects::all(c, tenant));
    let all = all.await.unwrap_or_else(|error| {
        tracing::debug!(%error, "The projects could not be read");
        Vec::new()
    });
    if all.is_empty() {
        return Vec::new();
    }
    let open = all
        .into_iter()
        .filter(|one| one.is_active() || own == Some(one.id));
    let choices = open.map(|one| Choice::new(one.id.to_string(), one.name));
    std::iter::once(Choice::new("", "None (default)"))
        .chain(choices)
        .collect()
}

/// Judges the project a form names, where it is another than the programme has.
pub(super) async fn check_project<P>(
    allowed: &Allowed<P>,
    form: &Form,
    own: Option<ProjectId>,
) -> Result<()> {
    match project(form)? {
        Some(id) if own != Some(id) => {
            projects::check_open(&allowed.app.control, allowed.scope.tenant(), id).await
        }
        _ => Ok(()),
    }
}

fn project(form: &Form) -> Result<Option<ProjectId>> {
    let mut fields = Fields::default();
    let project = fields.optional("project_id", form.text("project_id"));
    fields.check().map(|()| project)
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
    projects: Vec<Choice>,
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
            projects,
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
        (
            "project_id",
            program
                .project_id
                .map(|id| id.to_string())
                .unwrap_or_default(),
        ),
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
        project_id: project(form)?,
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
        // A form without the field leaves the project as it is.
        project_id: (!form.all("project_id").is_empty()).then_some(new.project_id),
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
