//! `GET T/admin/mail`: the outbox, what left and what waits.

use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::both;
use super::mail::{Filter, State, StoredMail};
use super::{ReadMail, settings_store};
use crate::web::form::Choice;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, Notice, PageShell};
use crate::web::parts::{Link, State as Pill, Tone};
use crate::web::{Allowed, Cursor, Query};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "mailing/list.html")]
struct Outbox {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    states: Vec<Choice>,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    to: String,
    subject: String,
    state: Pill,
    when: Markup,
    error: String,
}

/// Shows the outbox.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit.
pub async fn list(allowed: Allowed<ReadMail>, request: HttpRequest) -> Result<HttpResponse> {
    let query = Query::of(&request);
    query.only(&["state", "kind"])?;
    let filter = filter(&query)?;
    let paging = query.paging()?;
    let after = match &paging.cursor {
        None => None,
        Some(cursor) => Some(cursor.id.parse().map_err(|_| {
            Error::invalid("cursor", "Take the cursor from the page before, unchanged.")
        })?),
    };
    let mails = both::page(&allowed, &filter, after, paging.fetch()).await?;
    let page = paging.page(mails, |mail| Cursor::after("", mail.id));
    let settings = allowed.scope.read(settings_store::load).await?;
    let list = ListView::new(request.path(), request.query_string());
    let mut pager = list.pager(&page);
    // Two outboxes make this list; their sum is not worth a question.
    pager.count = None;
    let format = allowed.format();
    let rows = page
        .rows
        .iter()
        .map(|mail| Row {
            href: allowed.url(&format!("/admin/mail/{}", mail.id)),
            to: mail.to.clone(),
            subject: mail.subject.clone(),
            state: pill(mail),
            when: format.when(mail.sent_at.unwrap_or(mail.created_at)),
            error: mail.error.clone().unwrap_or_default(),
        })
        .collect();
    let mut shell = allowed
        .shell(Place::Mail, "Mail")
        .lead("What was sent, and what waits to be.");
    if allowed.app.mailer.transport().is_none() && !settings.is_set() {
        shell.notices.push(Notice {
            tone: Tone::Info,
            text: "No mail server is set, so mails stay here, each with its link.".to_owned(),
            link: Some(Link::new("Set one", allowed.url("/admin/mail/settings"))),
        });
    }
    Ok(page::ok(&Outbox {
        shell,
        list,
        pager,
        states: State::ALL
            .map(|state| Choice::new(state.as_str(), label(state)))
            .to_vec(),
        rows,
    }))
}

fn filter(query: &Query) -> Result<Filter> {
    let state = match query.get("state") {
        "" => None,
        word => Some(
            State::read(word).ok_or_else(|| Error::invalid("state", "There is no such state."))?,
        ),
    };
    let given = |name: &str| Some(query.get(name).to_owned()).filter(|text| !text.is_empty());
    Ok(Filter {
        state,
        kind: given("kind"),
        q: given("q"),
    })
}

pub(super) fn pill(mail: &StoredMail) -> Pill {
    let Some(state) = State::read(&mail.state) else {
        return Pill::new(Tone::Quiet, mail.state.clone());
    };
    match state {
        State::Waiting if mail.error.is_some() => Pill::new(Tone::Warn, "Refused, tried again"),
        State::Waiting => Pill::new(Tone::Info, label(state)),
        State::Sent => Pill::new(Tone::Good, label(state)),
        State::Logged => Pill::new(Tone::Quiet, label(state)),
        State::Failed => Pill::new(Tone::Bad, label(state)),
    }
}

fn label(state: State) -> &'static str {
    match state {
        State::Waiting => "Waiting",
        State::Sent => "Sent",
        State::Logged => "Kept here",
        State::Failed => "Given up",
    }
}
