//! `GET T/admin/programs.csv`: the filtered list as a file.

use actix_web::HttpResponse;

use super::list;
use crate::Result;
use crate::id::ProgramId;
use crate::partners::model::Reward;
use crate::partners::permissions::ReadPrograms;
use crate::partners::store::{pages, programs};
use crate::web::{Allowed, csv};

const HEADS: &[&str] = &[
    "id",
    "name",
    "rate_percent",
    "amount",
    "amount_currency",
    "attribution_window_days",
    "holding_days",
    "auto_approve",
    "event_type",
    "destination",
    "partners",
    "state",
    "created_at",
];

/// Sends it; with the name of the project where the company has projects.
///
/// # Errors
/// [`crate::Error::Invalid`] for an address that does not fit.
pub async fn export(allowed: Allowed<ReadPrograms>) -> Result<HttpResponse> {
    let (asked, filter) = list::asked(&allowed.request)?;
    let projects = list::projects(&allowed).await?;
    let mut heads = HEADS.to_vec();
    if !projects.is_empty() {
        heads.push("project");
    }
    let reversed = asked.paging.reversed;
    csv::download(
        &allowed.scope,
        "programs.csv",
        &heads,
        reversed,
        move |c, paging, lines| {
            let found = programs::list(c, &filter, paging)?;
            let ids: Vec<ProgramId> = found.rows.iter().map(|program| program.id).collect();
            let enrolled = pages::enrolled(c, &ids)?;
            for program in &found.rows {
                lines.plain(program.id).text(&program.name);
                match program.commission {
                    Reward::Percent { rate } => lines.plain(rate).money(None),
                    Reward::Fixed { value } => lines.plain("").money(Some(value)),
                };
                lines
                    .plain(program.attribution_window_days)
                    .plain(program.holding_days)
                    .plain(program.auto_approve)
                    .text(program.event_type.as_deref().unwrap_or_default())
                    .text(&program.destination_url)
                    .plain(enrolled.get(&program.id).copied().unwrap_or(0))
                    .plain(program.state)
                    .plain(program.created_at);
                if !projects.is_empty() {
                    lines.text(list::name_in(&projects, program.project_id));
                }
                lines.end();
            }
            Ok(found.next)
        },
    )
    .await
}
