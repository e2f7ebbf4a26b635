//! `POST T/admin/commissions/{id}/approve`: approves one, before its hold is over too.

use actix_web::{HttpResponse, web};

use super::super::act;
use crate::Result;
use crate::id::CommissionId;
use crate::partners::permissions::WriteCommissions;
use crate::partners::{api, commission};
use crate::web::parts::Toast;
use crate::web::{Allowed, Done, Form};

/// Approves it.
///
/// # Errors
/// [`crate::Error::NotFound`], [`crate::Error::Stale`], or a conflict where it is paid or reversed.
pub async fn approve(
    allowed: Allowed<WriteCommissions>,
    path: web::Path<String>,
    sent: Form,
) -> Result<HttpResponse> {
    let id: CommissionId = api::id(&path)?;
    let (expected, format) = (act::version(&sent)?, allowed.format());
    act::act(&allowed, &sent, move |c, actor| {
        let one = commission::approve(c, actor, id, expected)?;
        let text = format!(
            "{} approved. The next payout takes it up.",
            format.money(one.payable())
        );
        let toast = Toast::good(text).link("Prepare a payout", "/admin/payouts/new");
        Ok(Done::new(format!("/admin/commissions/{id}"), toast))
    })
    .await
}
