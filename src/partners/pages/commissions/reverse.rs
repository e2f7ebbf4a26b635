//! `GET` and `POST T/admin/commissions/{id}/reverse`: asks, with a reason, and takes a commission back.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use askama::Template;

use super::super::act;
use crate::id::CommissionId;
use crate::money::Money;
use crate::partners::model::{Commission, CommissionState};
use crate::partners::permissions::WriteCommissions;
use crate::partners::{api, commission};
use crate::web::form::FormErrors;
use crate::web::nav::Place;
use crate::web::page::{self, PageShell};
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Fields, Form, sent_once};
use crate::{Error, Result};

#[derive(Template)]
#[template(path = "partners/reverse.html")]
struct Page {
    shell: PageShell,
    once: String,
    version: i64,
    reason: String,
    errors: FormErrors,
    follows: Vec<String>,
    action: String,
    cancel: String,
}

/// Asks.
///
/// # Errors
/// [`Error::NotFound`], or a conflict where nothing is left to take back.
pub async fn ask(
    allowed: Allowed<WriteCommissions>,
    path: web::Path<String>,
) -> Result<HttpResponse> {
    show(&allowed, api::id(&path)?, "", FormErrors::none()).await
}

/// Takes it back, or asks again.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Stale`], or a conflict where nothing is left to take back.
pub async fn reverse(
    allowed: Allowed<WriteCommissions>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: CommissionId = api::id(&path)?;
    let mut fields = Fields::default();
    let reason = fields.form_text(
        &sent,
        "reason",
        1..=500,
        "Say why, in at most 500 characters. The partner's history shows it.",
    );
    if let Err(error) = fields.check() {
        let errors = act::beside_fields(error)?;
        return show(&allowed, id, sent.text("reason"), errors).await;
    }
    let expected = act::version(&sent)?;
    act::act(&allowed, &sent, move |c, actor| {
        commission::reverse(c, actor, id, expected, &reason)?;
        let toast = Toast::good("The commission was taken back.");
        Ok(Done::new(format!("/admin/commissions/{id}"), toast))
    })
    .await
}

fn follows(one: &Commission, amount: &str) -> Vec<String> {
    let bound = one.payout_id.is_some() || one.state == CommissionState::Paid;
    let first = if bound {
        format!("It is paid or in a payout, so {amount} are taken off the partner's next payout.")
    } else {
        format!("{amount} are not paid.")
    };
    vec![first, "It cannot be taken back.".to_owned()]
}

async fn show(
    allowed: &Allowed<WriteCommissions>,
    id: CommissionId,
    reason: &str,
    errors: FormErrors,
) -> Result<HttpResponse> {
    let one = allowed.scope.read(move |c| commission::find(c, id)).await?;
    if one.left_minor() <= 0 {
        let message = "This commission was taken back already.";
        return Err(Error::conflict("wrong_state", message));
    }
    let amount = allowed
        .format()
        .money(Money::new(one.left_minor(), one.amount.currency));
    let here = allowed.url(&format!("/admin/commissions/{id}"));
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(page::html(
        status,
        &Page {
            shell: allowed.shell(Place::Commissions, format!("Take {amount} back?")),
            once: sent_once::number(),
            version: one.version,
            reason: reason.to_owned(),
            errors,
            follows: follows(&one, &amount),
            action: format!("{here}/reverse"),
            cancel: here,
        },
    ))
}
