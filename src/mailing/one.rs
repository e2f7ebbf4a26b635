//! `GET T/admin/mail/{id}`: one mail, as its reader sees it; and `POST …/resend`.

use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;

use super::both::{self, Found};
use super::list::pill;
use super::{ReadMail, WriteMail};
use crate::gate::Permission;
use crate::id::MailId;
use crate::web::markup::Markup;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::{HistoryEntry, State as Pill, Toast};
use crate::web::{Allowed, Form, answer, flash};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "mailing/one.html")]
struct One {
    shell: PageShell,
    state: Pill,
    to: String,
    kind: String,
    queued: Markup,
    sent: Markup,
    attempts: String,
    error: String,
    link: String,
    /// Empty where it is its reader's alone.
    text: String,
    resend: Option<String>,
    history: Vec<HistoryEntry>,
}

/// Shows a mail.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn show(allowed: Allowed<ReadMail>, path: Path<String>) -> Result<HttpResponse> {
    let id: MailId = path.parse().map_err(|_| Error::NotFound)?;
    let Found {
        mail,
        history,
        is_open,
    } = both::find(&allowed, id).await?;
    let format = allowed.format();
    let link = mail
        .link()
        .filter(|_| is_open)
        .unwrap_or_default()
        .to_owned();
    let may_resend = allowed.rights.allows(WriteMail::NAME);
    Ok(page::ok(&One {
        shell: allowed
            .shell(Place::Mail, mail.subject.clone())
            .crumb("Mail", Place::Mail.path()),
        state: pill(&mail),
        queued: format.when(mail.created_at),
        sent: format.when_or_none(mail.sent_at),
        attempts: format.number(mail.attempts),
        error: mail.error.unwrap_or_default(),
        text: if is_open { mail.text } else { String::new() },
        to: mail.to,
        kind: mail.kind,
        link,
        resend: may_resend.then(|| allowed.url(&format!("/admin/mail/{id}/resend"))),
        history: history.iter().map(|event| event.entry(&format)).collect(),
    }))
}

/// Sends a mail again.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn resend(
    allowed: Allowed<WriteMail>,
    path: Path<String>,
    _: Form,
) -> Result<HttpResponse> {
    let id: MailId = path.parse().map_err(|_| Error::NotFound)?;
    let mail = both::resend(&allowed, id).await?;
    let back = allowed.url(&format!("/admin/mail/{id}"));
    let toast = Toast::good(format!("The mail to {} is sent again.", mail.to));
    Ok(flash::with(answer::see_other(&back), &allowed.app, &toast))
}
