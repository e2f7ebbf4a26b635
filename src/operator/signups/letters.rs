//! The letters about sign-ups, from `templates/email/NAME/`.

use askama::Template;

use crate::mailing::Letter;
use crate::{Error, Result};

struct Facts<'a> {
    company: &'a str,
    link: &'a str,
    hours: u64,
    reason: &'a str,
}

#[derive(Template)]
#[template(path = "email/signup_confirm/subject.txt")]
struct ConfirmSubject<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "email/signup_confirm/body.txt")]
struct ConfirmText<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "email/signup_confirm/body.html")]
struct ConfirmHtml<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "email/signup_approved/subject.txt")]
struct ApprovedSubject<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "email/signup_approved/body.txt")]
struct ApprovedText<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "email/signup_approved/body.html")]
struct ApprovedHtml<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "email/signup_declined/subject.txt")]
struct DeclinedSubject<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "email/signup_declined/body.txt")]
struct DeclinedText<'a> {
    facts: &'a Facts<'a>,
}

#[derive(Template)]
#[template(path = "email/signup_declined/body.html")]
struct DeclinedHtml<'a> {
    facts: &'a Facts<'a>,
}

fn letter(subject: &impl Template, text: &impl Template, html: &impl Template) -> Result<Letter> {
    let write = |written: askama::Result<String>| written.map_err(|e| Error::Internal(Box::new(e)));
    Ok(Letter {
        subject: write(subject.render())?.trim().to_owned(),
        text: write(text.render())?,
        html: write(html.render())?,
    })
}

/// A link that opens a company. Queue it as confidential.
pub(super) fn confirm(company: &str, link: &str, hours: u64) -> Result<Letter> {
    let facts = &Facts {
        company,
        link,
        hours,
        reason: "",
    };
    letter(
        &ConfirmSubject { facts },
        &ConfirmText { facts },
        &ConfirmHtml { facts },
    )
}

/// Word that a company is open.
pub(super) fn approved(company: &str, link: &str) -> Result<Letter> {
    let facts = &Facts {
        company,
        link,
        hours: 0,
        reason: "",
    };
    letter(
        &ApprovedSubject { facts },
        &ApprovedText { facts },
        &ApprovedHtml { facts },
    )
}

/// Word that a company was not opened, and why.
pub(super) fn declined(company: &str, reason: &str) -> Result<Letter> {
    let facts = &Facts {
        company,
        link: "",
        hours: 0,
        reason,
    };
    letter(
        &DeclinedSubject { facts },
        &DeclinedText { facts },
        &DeclinedHtml { facts },
    )
}
