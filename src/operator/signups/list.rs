//! `GET /operator/signups`: who asked for a company, and what is blocked.

use actix_web::HttpResponse;
use askama::Template;

use super::{Signup, State, store};
use crate::config::Signup as Policy;
use crate::operator::door::Operating;
use crate::operator::place::Place;
use crate::web::form::{Choice, FormErrors};
use crate::web::format::Format;
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::page::{self, PageShell};
use crate::web::parts::{State as Pill, Tone};
use crate::web::{Cursor, Query};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "operator/signups.html")]
struct List {
    shell: PageShell,
    errors: FormErrors,
    list: ListView,
    pager: Pager,
    states: Vec<Choice>,
    rows: Vec<Row>,
    blocks: Vec<(String, String)>,
    kinds: Vec<Choice>,
    kind: String,
    value: String,
}

struct Row {
    id: String,
    company: String,
    slug: String,
    who: String,
    email: String,
    state: Pill,
    waits: bool,
    asked: Markup,
    note: String,
}

/// Shows sign-ups and the blocklist.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit.
pub async fn list(who: Operating) -> Result<HttpResponse> {
    render(&who, FormErrors::none(), ("domain", "")).await
}

pub(super) async fn render(
    who: &Operating,
    errors: FormErrors,
    (kind, value): (&str, &str),
) -> Result<HttpResponse> {
    let query = Query::of(&who.request);
    query.only(&["state"])?;
    query.unsorted()?;
    let state = match query.get("state") {
        "" => None,
        word => Some(
            State::read(word).ok_or_else(|| Error::invalid("state", "There is no such state."))?,
        ),
    };
    let paging = query.paging()?;
    let after = match &paging.cursor {
        None => None,
        Some(cursor) => Some(cursor.id.parse().map_err(|_| {
            Error::invalid("cursor", "Take the cursor from the page before, unchanged.")
        })?),
    };
    let limit = paging.fetch();
    let (signups, blocks) = who
        .app
        .control
        .read(move |c| Ok((store::page(c, state, after, limit)?, store::blocks(c)?)))
        .await?;
    let found = paging.page(signups, |one: &Signup| Cursor::after("", one.id));
    let list = ListView::new("/operator/signups", who.request.query_string());
    let mut pager = list.pager(&found);
    pager.count = None;
    let format = who.format();
    let lead = match who.app.config.signup {
        Policy::Closed => "Sign-up is closed on this instance.",
        Policy::Approval => "Whoever confirmed their address waits for your answer.",
        Policy::Open => "Whoever confirms their address opens a company.",
    };
    let page = List {
        shell: who.shell(Place::Signups, "Sign-ups").lead(lead),
        errors,
        pager,
        list,
        states: State::ALL
            .map(|state| Choice::new(state.as_str(), label(state)))
            .to_vec(),
        rows: found.rows.iter().map(|one| row(one, &format)).collect(),
        blocks,
        kinds: vec![
            Choice::new("domain", "Mail domain"),
            Choice::new("slug", "Slug"),
        ],
        kind: kind.to_owned(),
        value: value.to_owned(),
    };
    Ok(if page.errors.is_empty() {
        page::ok(&page)
    } else {
        page::unprocessable(&page)
    })
}

fn row(signup: &Signup, format: &Format) -> Row {
    let note = match (&signup.reason, &signup.decided_by) {
        (Some(reason), Some(by)) => format!("{by}: {reason}"),
        (_, Some(by)) => format!("by {by}"),
        _ => String::new(),
    };
    Row {
        id: signup.id.to_string(),
        company: signup.company.clone(),
        slug: signup.slug.clone(),
        who: signup.name.clone(),
        email: signup.email.clone(),
        state: pill(signup.state),
        waits: signup.state == State::Waiting,
        asked: format.when(signup.created_at),
        note,
    }
}

fn label(state: State) -> &'static str {
    match state {
        State::Asked => "Link not followed",
        State::Waiting => "Waits for you",
        State::Opened => "Opened",
        State::Declined => "Declined",
    }
}

fn pill(state: State) -> Pill {
    let tone = match state {
        State::Asked => Tone::Quiet,
        State::Waiting => Tone::Warn,
        State::Opened => Tone::Good,
        State::Declined => Tone::Bad,
    };
    Pill::new(tone, label(state))
}
