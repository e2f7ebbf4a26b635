//! `GET` and `POST T/admin/partners/{id}/{decision}`: approves and reinstates at once, asks before it declines, suspends or
//! archives; archiving cannot be taken back, so the name is typed.

use actix_web::{HttpResponse, web};

use super::super::act;
use crate::id::PartnerId;
use crate::partners::model::Partner;
use crate::partners::partner::Decision;
use crate::partners::permissions::WritePartners;
use crate::partners::{api, partner};
use crate::web::confirm::Confirm;
use crate::web::form::FormErrors;
use crate::web::nav::Place;
use crate::web::page;
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form, sent_once};
use crate::{Error, Result};

fn decision(word: &str) -> Result<Decision> {
    match word {
        "approve" => Ok(Decision::Approve),
        "decline" => Ok(Decision::Decline),
        "suspend" => Ok(Decision::Suspend),
        "reinstate" => Ok(Decision::Reinstate),
        "archive" => Ok(Decision::Archive),
        _ => Err(Error::NotFound),
    }
}

/// The verb, what follows from it, and what is said when it is done.
fn words(decision: Decision) -> (&'static str, &'static [&'static str], &'static str) {
    match decision {
        Decision::Approve => (
            "Approve",
            &["They may be enrolled and earn."],
            "was approved.",
        ),
        Decision::Decline => (
            "Decline",
            &["They are not a partner. You may approve them later."],
            "was declined.",
        ),
        Decision::Suspend => (
            "Suspend",
            &[
                "Their links stop leading on and earn nothing.",
                "They are left out of payouts; what they earned waits.",
                "You may reinstate them at any time.",
            ],
            "was suspended.",
        ),
        Decision::Reinstate => (
            "Reinstate",
            &["Their links lead on and earn again."],
            "takes part again.",
        ),
        Decision::Archive => (
            "Archive",
            &[
                "Their links stop leading on for good.",
                "What they earned is still paid.",
                "It cannot be taken back; their figures and history stay.",
            ],
            "was archived.",
        ),
    }
}

fn confirm(
    allowed: &Allowed<WritePartners>,
    partner: &Partner,
    decision: Decision,
    word: &str,
) -> Confirm {
    let (verb, follows, _) = words(decision);
    let here = allowed.url(&format!("/admin/partners/{}", partner.id));
    let shell = allowed.shell(Place::Partners, format!("{verb} {}?", partner.name));
    let question = Confirm::new(
        shell,
        format!("{verb} partner"),
        format!("{here}/{word}"),
        here,
    )
    .field("version", partner.version.to_string())
    .field(sent_once::FIELD, sent_once::number());
    let question = follows.iter().fold(question, |question, sentence| {
        question.consequence(*sentence)
    });
    match decision {
        Decision::Archive => question.destructive().retype(&partner.name),
        Decision::Decline | Decision::Suspend => question.destructive(),
        Decision::Approve | Decision::Reinstate => question,
    }
}

/// Asks.
///
/// # Errors
/// [`Error::NotFound`], or a conflict where the decision does not fit.
pub async fn ask(
    allowed: Allowed<WritePartners>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse> {
    let (id, word) = path.into_inner();
    let (id, decision): (PartnerId, _) = (api::id(&id)?, decision(&word)?);
    let partner = allowed.scope.read(move |c| partner::find(c, id)).await?;
    if !decision.fits(partner.state) {
        return Err(Error::conflict(
            "wrong_state",
            format!(
                "{} is {}; this decision does not fit.",
                partner.name, partner.state
            ),
        ));
    }
    Ok(page::ok(&confirm(&allowed, &partner, decision, &word)))
}

/// Decides.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], or a conflict where the decision does not fit.
pub async fn decide(
    allowed: Allowed<WritePartners>,
    path: web::Path<(String, String)>,
    sent: Form,
) -> Result<HttpResponse> {
    let (id, word) = path.into_inner();
    let (id, decision): (PartnerId, _) = (api::id(&id)?, decision(&word)?);
    if decision == Decision::Archive {
        let partner = allowed.scope.read(move |c| partner::find(c, id)).await?;
        if sent.text("retype") != partner.name {
            let mut again = confirm(&allowed, &partner, decision, &word);
            again.errors = FormErrors::none().with(
                "retype",
                format!("Type the name exactly as it stands here: {}", partner.name),
            );
            return Ok(page::unprocessable(&again));
        }
    }
    let (expected, limits) = (act::version(&sent)?, allowed.limits());
    act::act_on_ways(&allowed, &sent, move |c, actor| {
        let partner = partner::decide(c, actor, id, expected, decision, limits)?;
        let mut toast = Toast::good(format!("{} {}", partner.name, words(decision).2));
        if decision == Decision::Suspend {
            toast = toast.link("Reinstate", format!("/admin/partners/{id}/reinstate"));
        }
        Ok(Done::new(format!("/admin/partners/{id}"), toast))
    })
    .await
}
