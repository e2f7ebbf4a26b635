//! `GET /operator/trail`: what happened to companies and accounts, as the control plane wrote it down.

use actix_web::HttpResponse;
use askama::Template;
use jiff::tz::TimeZone;

use super::door::Operating;
use super::place::Place;
use crate::audit::{self, AuditEvent, Filter};
use crate::web::form::Choice;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::page::{self, PageShell};
use crate::web::parts::Change;
use crate::web::{Cursor, Query};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "operator/trail.html")]
struct Trail {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    kinds: Vec<Choice>,
    rows: Vec<Row>,
}

struct Row {
    when: Markup,
    action: String,
    target: String,
    who: String,
    address: String,
    request_id: String,
    changes: Vec<Change>,
}

/// Shows the trail.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit.
pub async fn list(who: Operating) -> Result<HttpResponse> {
    let query = Query::of(&who.request);
    query.only(Filter::NAMES)?;
    query.unsorted()?;
    let filter = Filter::read(&query, &TimeZone::UTC)?;
    let paging = query.paging()?;
    let after = match &paging.cursor {
        None => None,
        Some(cursor) => Some(cursor.id.parse().map_err(|_| {
            Error::invalid("cursor", "Take the cursor from the page before, unchanged.")
        })?),
    };
    let limit = paging.fetch();
    let events = who
        .app
        .control
        .read(move |c| audit::page(c, &filter, after, limit))
        .await?;
    let found = paging.page(events, |event| Cursor::after("", event.id));
    let list = ListView::new(who.request.path(), who.request.query_string());
    let mut pager = list.pager(&found);
    pager.count = None;
    let format = who.format();
    let row = |event: &AuditEvent| Row {
        when: format.when(event.at),
        action: event.words(),
        target: event
            .target_name
            .clone()
            .or_else(|| event.target_id.clone())
            .unwrap_or_default(),
        who: event.who(),
        address: event.address.clone().unwrap_or_default(),
        request_id: event.request_id.clone().unwrap_or_default(),
        changes: event.changed(&format),
    };
    Ok(page::ok(&Trail {
        shell: who.shell(Place::Trail, "Trail").lead(
            "What happened to companies and accounts, who did it and from where. Nothing here can be changed or taken away.",
        ),
        kinds: [
            ("operator", "Operators"),
            ("shell", "Command line"),
            ("user", "People"),
            ("public", "Without sign-in"),
            ("system", "Steading itself"),
        ]
        .map(|(kind, label)| Choice::new(kind, label))
        .to_vec(),
        rows: found.rows.iter().map(row).collect(),
        list,
        pager,
    }))
}
