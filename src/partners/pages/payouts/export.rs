//! `POST T/admin/payouts/{id}/export`: the file for the bank. It leaves with the answer and is kept nowhere.

use actix_web::{HttpResponse, web};

use crate::Result;
use crate::id::PayoutBatchId;
use crate::partners::permissions::WritePayouts;
use crate::partners::{api, payout};
use crate::web::{Allowed, Form, answer};

/// Hands it out; each time leaves its trace.
///
/// # Errors
/// [`crate::Error::NotFound`], or a conflict where the batch is not approved.
pub async fn export(
    allowed: Allowed<WritePayouts>,
    path: web::Path<String>,
    _sent: Form,
) -> Result<HttpResponse> {
    let id: PayoutBatchId = api::id(&path)?;
    let (actor, vault) = (allowed.actor.clone(), allowed.app.vault.clone());
    let file = allowed
        .scope
        .write(move |c| payout::export(c, &actor, &vault, id, None))
        .await?;
    Ok(answer::download(
        &file.name,
        "text/csv; charset=utf-8",
        file.csv,
    ))
}
