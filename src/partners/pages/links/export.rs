//! `GET T/admin/links.csv`: the filtered list as a file.

use actix_web::HttpResponse;

use super::list;
use crate::Result;
use crate::id::{LinkId, PartnerId, ProgramId};
use crate::partners::link::LinkView;
use crate::partners::permissions::ReadLinks;
use crate::partners::store::{links, pages, reports};
use crate::web::{Allowed, csv};

const HEADS: &[&str] = &[
    "id",
    "key",
    "url",
    "partner",
    "programme",
    "label",
    "destination",
    "clicks",
    "state",
    "created_at",
];

/// Sends it.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn export(allowed: Allowed<ReadLinks>) -> Result<HttpResponse> {
    let (asked, filter) = list::asked(&allowed.request)?;
    let start = LinkView::start(&allowed);
    let reversed = asked.paging.reversed;
    csv::download(
        &allowed.scope,
        "links.csv",
        HEADS,
        reversed,
        move |c, paging, lines| {
            let found = links::list(c, &filter, paging)?;
            let ids: Vec<LinkId> = found.rows.iter().map(|link| link.id).collect();
            let clicks: std::collections::HashMap<LinkId, i64> =
                reports::clicks_of_links(c, &ids)?.into_iter().collect();
            let who: Vec<PartnerId> = found.rows.iter().map(|link| link.partner_id).collect();
            let partners = pages::partner_names(c, who)?;
            let which: Vec<ProgramId> = found.rows.iter().map(|link| link.program_id).collect();
            let programs = pages::program_names(c, which)?;
            let name = |name: Option<&String>| name.cloned().unwrap_or_default();
            for link in &found.rows {
                lines
                    .plain(link.id)
                    .plain(&link.key)
                    .plain(format!("{start}{}", link.key))
                    .text(&name(partners.get(&link.partner_id)))
                    .text(&name(programs.get(&link.program_id)))
                    .text(link.label.as_deref().unwrap_or_default())
                    .text(link.destination_url.as_deref().unwrap_or_default())
                    .plain(clicks.get(&link.id).copied().unwrap_or(0))
                    .plain(link.state)
                    .plain(link.created_at)
                    .end();
            }
            Ok(found.next)
        },
    )
    .await
}
