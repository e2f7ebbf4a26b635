//! `/operator/mail`: mails about accounts and sign-ups, which belong to no company. A one-time link is shown only while no mail
//! server is set to carry it.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::door::Operating;
use super::place::Place;
use crate::id::MailId;
use crate::mailing::{self, Filter, State, StoredMail};
use crate::web::list::{ListView, Pager};
use crate::web::markup::Markup;
use crate::web::page::{self, PageShell};
use crate::web::parts::{State as Pill, Tone};
use crate::web::{Cursor, Query};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "operator/mail.html")]
struct Outbox {
    shell: PageShell,
    list: ListView,
    pager: Pager,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    to: String,
    subject: String,
    state: Pill,
    when: Markup,
}

#[derive(Template)]
#[template(path = "operator/mail_one.html")]
struct One {
    shell: PageShell,
    state: Pill,
    to: String,
    queued: Markup,
    link: String,
    text: String,
    error: String,
}

/// Shows the outbox.
///
/// # Errors
/// [`Error::Invalid`] for a filter that does not fit.
pub async fn list(who: Operating) -> Result<HttpResponse> {
    let query = Query::of(&who.request);
    query.only(&[])?;
    query.unsorted()?;
    let paging = query.paging()?;
    let after = match &paging.cursor {
        None => None,
        Some(cursor) => Some(cursor.id.parse().map_err(|_| {
            Error::invalid("cursor", "Take the cursor from the page before, unchanged.")
        })?),
    };
    let filter = Filter {
        q: Some(query.get("q").to_owned()).filter(|text| !text.is_empty()),
        ..Filter::default()
    };
    let limit = paging.fetch();
    let mails = who
        .app
        .control
        .read(move |c| mailing::page(c, &filter, after, limit))
        .await?;
    let found = paging.page(mails, |mail| Cursor::after("", mail.id));
    let list = ListView::new(who.request.path(), who.request.query_string());
    let mut pager = list.pager(&found);
    pager.count = None;
    let format = who.format();
    let row = |mail: &StoredMail| Row {
        href: format!("/operator/mail/{}", mail.id),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        state: pill(mail),
        when: format.when(mail.sent_at.unwrap_or(mail.created_at)),
    };
    Ok(page::ok(&Outbox {
        shell: who
            .shell(Place::Mail, "Mail")
            .lead("Mails about accounts and sign-ups. A company’s own mails are on its pages."),
        rows: found.rows.iter().map(row).collect(),
        list,
        pager,
    }))
}

/// Shows a mail.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn show(who: Operating, id: Path<String>) -> Result<HttpResponse> {
    let id: MailId = id.parse().map_err(|_| Error::NotFound)?;
    let app = who.app.clone();
    let mail = who
        .app
        .control
        .read(move |c| mailing::show(c, &app, id))
        .await?;
    let is_open = who.app.mailer.transport().is_none();
    let link = mail
        .link()
        .filter(|_| is_open)
        .unwrap_or_default()
        .to_owned();
    Ok(page::ok(&One {
        shell: who
            .shell(Place::Mail, mail.subject.clone())
            .crumb("Mail", Place::Mail.path()),
        state: pill(&mail),
        queued: who.format().when(mail.created_at),
        text: if is_open { mail.text } else { String::new() },
        to: mail.to,
        error: mail.error.unwrap_or_default(),
        link,
    }))
}

fn pill(mail: &StoredMail) -> Pill {
    match State::read(&mail.state) {
        Some(State::Waiting) if mail.error.is_some() => {
            Pill::new(Tone::Warn, "Refused, tried again")
        }
        Some(State::Waiting) => Pill::new(Tone::Info, "Waiting"),
        Some(State::Sent) => Pill::new(Tone::Good, "Sent"),
        Some(State::Logged) => Pill::new(Tone::Quiet, "Kept here"),
        Some(State::Failed) => Pill::new(Tone::Bad, "Given up"),
        None => Pill::new(Tone::Quiet, mail.state.clone()),
    }
}
