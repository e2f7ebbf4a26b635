//! The letters about accounts, from `templates/email/NAME/`.

use askama::Template;

use crate::mailing::Letter;
use crate::{Error, Result};

struct Invitation<'a> {
    by: &'a str,
    company: &'a str,
    role: &'a str,
    link: &'a str,
    days: u64,
}

#[derive(Template)]
#[template(path = "email/added/subject.txt")]
struct AddedSubject<'a> {
    facts: &'a Invitation<'a>,
}

#[derive(Template)]
#[template(path = "email/added/body.txt")]
struct AddedText<'a> {
    facts: &'a Invitation<'a>,
}

#[derive(Template)]
#[template(path = "email/added/body.html")]
struct AddedHtml<'a> {
    facts: &'a Invitation<'a>,
}

struct Changed<'a> {
    company: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "email/invitation/subject.txt")]
struct InvitationSubject<'a> {
    facts: &'a Invitation<'a>,
}

#[derive(Template)]
#[template(path = "email/invitation/body.txt")]
struct InvitationText<'a> {
    facts: &'a Invitation<'a>,
}

#[derive(Template)]
#[template(path = "email/invitation/body.html")]
struct InvitationHtml<'a> {
    facts: &'a Invitation<'a>,
}

#[derive(Template)]
#[template(path = "email/password_changed/subject.txt")]
struct ChangedSubject<'a> {
    facts: &'a Changed<'a>,
}

#[derive(Template)]
#[template(path = "email/password_changed/body.txt")]
struct ChangedText<'a> {
    facts: &'a Changed<'a>,
}

#[derive(Template)]
#[template(path = "email/password_changed/body.html")]
struct ChangedHtml<'a> {
    facts: &'a Changed<'a>,
}

fn letter(subject: &impl Template, text: &impl Template, html: &impl Template) -> Result<Letter> {
    let write = |written: askama::Result<String>| written.map_err(|e| Error::Internal(Box::new(e)));
    Ok(Letter {
        subject: write(subject.render())?.trim().to_owned(),
        text: write(text.render())?,
        html: write(html.render())?,
    })
}

/// A link to choose the first password. Queue it as confidential.
pub(super) fn invitation(
    by: &str,
    company: &str,
    role: &str,
    link: &str,
    days: u64,
) -> Result<Letter> {
    let facts = &Invitation {
        by,
        company,
        role,
        link,
        days,
    };
    letter(
        &InvitationSubject { facts },
        &InvitationText { facts },
        &InvitationHtml { facts },
    )
}

/// Word that somebody who has an account belongs to another company too.
pub(super) fn added(by: &str, company: &str, role: &str, link: &str) -> Result<Letter> {
    let facts = &Invitation {
        by,
        company,
        role,
        link,
        days: 0,
    };
    letter(
        &AddedSubject { facts },
        &AddedText { facts },
        &AddedHtml { facts },
    )
}

/// Word that a password was changed, with the way to take it back.
pub(super) fn password_changed(company: &str, link: &str) -> Result<Letter> {
    let facts = &Changed { company, link };
    letter(
        &ChangedSubject { facts },
        &ChangedText { facts },
        &ChangedHtml { facts },
    )
}
