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

struct Closing<'a> {
    by: &'a str,
    company: &'a str,
    /// Nothing where it is kept.
    day: &'a str,
    link: &'a str,
}

#[derive(Template)]
#[template(path = "email/company_closing/subject.txt")]
struct ClosingSubject<'a> {
    facts: &'a Closing<'a>,
}

#[derive(Template)]
#[template(path = "email/company_closing/body.txt")]
struct ClosingText<'a> {
    facts: &'a Closing<'a>,
}

#[derive(Template)]
#[template(path = "email/company_closing/body.html")]
struct ClosingHtml<'a> {
    facts: &'a Closing<'a>,
}

#[derive(Template)]
#[template(path = "email/company_kept/subject.txt")]
struct KeptSubject<'a> {
    facts: &'a Closing<'a>,
}

#[derive(Template)]
#[template(path = "email/company_kept/body.txt")]
struct KeptText<'a> {
    facts: &'a Closing<'a>,
}

#[derive(Template)]
#[template(path = "email/company_kept/body.html")]
struct KeptHtml<'a> {
    facts: &'a Closing<'a>,
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

/// Word that a company is being closed, with the way to keep it.
pub(super) fn company_closing(by: &str, company: &str, day: &str, link: &str) -> Result<Letter> {
    let facts = &Closing {
        by,
        company,
        day,
        link,
    };
    letter(
        &ClosingSubject { facts },
        &ClosingText { facts },
        &ClosingHtml { facts },
    )
}

/// Word that a company that was being closed stays.
pub(super) fn company_kept(by: &str, company: &str, link: &str) -> Result<Letter> {
    let facts = &Closing {
        by,
        company,
        day: "",
        link,
    };
    letter(
        &KeptSubject { facts },
        &KeptText { facts },
        &KeptHtml { facts },
    )
}
