//! `GET T/admin/commissions.csv`: the filtered list as a file.

use actix_web::HttpResponse;

use super::list::{self, Found};
use crate::Result;
use crate::partners::permissions::ReadCommissions;
use crate::web::{Allowed, csv};

const HEADS: &[&str] = &[
    "id",
    "partner_id",
    "partner",
    "programme",
    "event",
    "type",
    "occurred_at",
    "sale",
    "sale_currency",
    "commission",
    "commission_currency",
    "reversed",
    "clawed_back",
    "state",
    "hold_until",
    "earned_at",
    "approved_at",
    "paid_at",
];

/// Sends it.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn export(allowed: Allowed<ReadCommissions>) -> Result<HttpResponse> {
    let (asked, filter) = list::asked(&allowed, &allowed.request)?;
    let reversed = asked.paging.reversed;
    csv::download(
        &allowed.scope,
        "commissions.csv",
        HEADS,
        reversed,
        move |c, paging, lines| {
            let found = Found::of(c, &filter, paging)?;
            let name = |name: Option<&String>| name.cloned().unwrap_or_default();
            let time = |at: Option<crate::clock::Timestamp>| {
                at.map_or_else(String::new, |at| at.to_string())
            };
            for one in &found.page.rows {
                let event = found.events.get(&one.event_id);
                lines
                    .plain(one.id)
                    .plain(one.partner_id)
                    .text(&name(found.partners.get(&one.partner_id)))
                    .text(&name(found.programs.get(&one.program_id)))
                    .text(event.map_or("", |event| event.external_id.as_str()))
                    .text(event.map_or("", |event| event.kind.as_str()))
                    .plain(time(event.map(|event| event.occurred_at)))
                    .money(event.and_then(|event| event.value))
                    .money(Some(one.amount))
                    .plain(one.reversed.to_decimal())
                    .plain(one.clawed_back.to_decimal())
                    .plain(one.state)
                    .plain(one.hold_until)
                    .plain(one.created_at)
                    .plain(time(one.approved_at))
                    .plain(time(one.paid_at))
                    .end();
            }
            Ok(found.page.next)
        },
    )
    .await
}
