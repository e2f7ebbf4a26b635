//! `GET T/admin/audit`: who did what, when, from where, with filters in the address.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::ReadAudit;
use super::asked;
use super::store::AuditEvent;
use crate::Result;
use crate::web::Allowed;
use crate::web::form::Choice;
use crate::web::format::Format;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::Change;

/// Kinds of actors, as the filter offers them.
const KINDS: [(&str, &str); 5] = [
    ("user", "People"),
    ("api_key", "API keys"),
    ("shell", "Command line"),
    ("system", "Steading itself"),
    ("public", "Without sign-in"),
];

#[derive(Template)]
#[template(path = "audit/list.html")]
struct Trail {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    rows: Vec<Row>,
    kinds: Vec<Choice>,
    products: Vec<Choice>,
    /// The actor of the filter is one person or key, not a kind.
    one_actor: bool,
    target_label: String,
    actor_label: String,
    csv: String,
}

struct Row {
    when: Markup,
    action: String,
    action_href: String,
    target: String,
    target_href: String,
    who: String,
    who_href: String,
    address: String,
    request_id: String,
    changes: Vec<Change>,
}

/// Shows the trail.
///
/// # Errors
/// [`crate::Error::Invalid`] for a filter that does not fit.
pub async fn list(allowed: Allowed<ReadAudit>, request: HttpRequest) -> Result<HttpResponse> {
    let filter = asked::filter(&allowed, &request)?;
    let events = asked::page(&allowed, &request, &filter).await?;
    let list = ListView::new(request.path(), request.query_string());
    let format = allowed.format();
    let pager = list.pager(&events);
    let first = events.rows.first();
    let target_label = named(
        "On",
        first.and_then(|e| e.target_name.clone()),
        &filter.target,
    );
    let actor_label = named("By", first.map(AuditEvent::who), &filter.actor);
    let rows = events
        .rows
        .iter()
        .map(|event| row(event, &list, &format))
        .collect();
    let products = allowed
        .app
        .slices
        .iter()
        .map(|slice| Choice::new(slice.name, capital(slice.name)))
        .collect();
    Ok(page::ok(&Trail {
        shell: allowed.shell(Place::Audit, "Audit trail").lead(
            "Every change, who made it and from where. Nothing here can be changed or taken away.",
        ),
        csv: list.href_at(&allowed.url("/admin/audit.csv")),
        one_actor: !KINDS.iter().any(|(kind, _)| *kind == list.get("actor")),
        kinds: KINDS.map(|(kind, label)| Choice::new(kind, label)).to_vec(),
        products,
        target_label,
        actor_label,
        list,
        pager,
        rows,
    }))
}

fn row(event: &AuditEvent, list: &ListView, format: &Format) -> Row {
    let target = event
        .target_name
        .clone()
        .filter(|name| !name.is_empty())
        .or_else(|| event.target_id.clone())
        .unwrap_or_default();
    Row {
        when: format.when(event.at),
        action: event.words(),
        action_href: list.with("action", &event.action),
        target_href: event
            .target_id
            .as_ref()
            .map_or_else(String::new, |id| list.with("target", id)),
        target,
        who: event.who(),
        who_href: list.with(
            "actor",
            event.actor_id.as_ref().unwrap_or(&event.actor_name),
        ),
        address: event.address.clone().unwrap_or_default(),
        request_id: event.request_id.clone().unwrap_or_default(),
        changes: event.changed(format),
    }
}

/// A filter that came by a link, by the name it goes by.
fn named(word: &str, name: Option<String>, filter: &Option<String>) -> String {
    let shown = name.or_else(|| filter.clone()).unwrap_or_default();
    format!("{word}: {shown}")
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
