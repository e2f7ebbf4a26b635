//! `GET T/admin/partners.csv`: the filtered list as a file.

use actix_web::HttpResponse;

use super::list;
use crate::Result;
use crate::partners::permissions::ReadPartners;
use crate::partners::store::partners;
use crate::web::{Allowed, csv};

const HEADS: &[&str] = &[
    "id",
    "name",
    "email",
    "company",
    "website",
    "state",
    "payee",
    "created_at",
];

/// Sends it.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn export(allowed: Allowed<ReadPartners>) -> Result<HttpResponse> {
    let (asked, filter) = list::asked(&allowed.request)?;
    let reversed = asked.paging.reversed;
    csv::download(
        &allowed.scope,
        "partners.csv",
        HEADS,
        reversed,
        move |c, paging, lines| {
            let found = partners::list(c, &filter, paging)?;
            for partner in &found.rows {
                lines
                    .plain(partner.id)
                    .text(&partner.name)
                    .text(&partner.email)
                    .text(partner.company.as_deref().unwrap_or_default())
                    .text(partner.website.as_deref().unwrap_or_default())
                    .plain(partner.state)
                    .text(partner.payee_hint.as_deref().unwrap_or_default())
                    .plain(partner.created_at)
                    .end();
            }
            Ok(found.next)
        },
    )
    .await
}
