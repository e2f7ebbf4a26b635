//! `POST T/admin/payouts/{id}/export`: the file for the bank. It leaves with the answer and is kept nowhere.

use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::{HttpResponse, web};

use crate::Result;
use crate::id::PayoutBatchId;
use crate::partners::permissions::WritePayouts;
use crate::partners::{api, payout};
use crate::web::{Allowed, Form, answer, sent_once};

/// Hands it out; each time leaves its trace.
///
/// # Errors
/// [`crate::Error::NotFound`], or a conflict where the batch is not approved.
pub async fn export(
    allowed: Allowed<WritePayouts>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: PayoutBatchId = api::id(&path)?;
    let (actor, vault) = (allowed.actor.clone(), allowed.app.vault.clone());
    let file = allowed
        .scope
        .write(move |c| payout::export(c, &actor, &vault, id, None))
        .await?;
    let mut response = answer::download(&file.name, "text/csv; charset=utf-8", file.csv);
    taken(&mut response, sent.text(sent_once::FIELD));
    Ok(response)
}

/// Lets the page's script see that the file came, so that it can show the next step. It says nothing but the form's own number.
fn taken(response: &mut HttpResponse, once: &str) {
    if once.is_empty() || !once.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
        return;
    }
    let cookie = Cookie::build("taken", once.to_owned())
        .path("/")
        .same_site(SameSite::Strict)
        .max_age(Duration::minutes(1))
        .finish();
    if let Err(error) = response.add_cookie(&cookie) {
        tracing::debug!(%error, "A page will not see that its file came");
    }
}
