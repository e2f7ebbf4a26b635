//! The trail as CSV: exactly the filtered set, newest first, read by key in chunks so that neither memory nor a snapshot grows.

use actix_web::body::BodyStream;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::{StreamExt, stream};

use super::ReadAudit;
use super::asked;
use super::filter::Filter;
use super::store::AuditEvent;
use super::trail;
use crate::Result;
use crate::app::App;
use crate::db::Scope;
use crate::id::AuditEventId;
use crate::web::csv::Lines;
use crate::web::{Allowed, answer};

/// Events of one chunk.
const CHUNK: i64 = 1_000;

const HEADS: &[&str] = &[
    "id",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "action",
    "target_kind",
    "target_id",
    "target_name",
    "product",
    "changes",
    "address",
    "user_agent",
    "request_id",
];

/// Where an export stands.
struct Place {
    app: App,
    scope: Option<Scope>,
    filter: Filter,
    after: Option<AuditEventId>,
    over: bool,
}

/// Chunks of CSV text of a company's trail, or the instance's: the heads, then the events that fit the filter and happened before this call.
///
/// # Errors
/// Each chunk may fail where a store does.
pub fn chunks(
    app: &App,
    scope: Option<&Scope>,
    mut filter: Filter,
) -> impl futures_util::Stream<Item = Result<String>> + use<> {
    // What happens meanwhile belongs to the next export.
    let now = app.clock.now();
    filter.until = Some(filter.until.map_or(now, |until| until.min(now)));
    let place = Place {
        app: app.clone(),
        scope: scope.cloned(),
        filter,
        after: None,
        over: false,
    };
    let heads = stream::iter([Ok(Lines::headed(HEADS).into_text())]);
    heads.chain(stream::try_unfold(place, |mut place| async move {
        if place.over {
            return Ok(None);
        }
        let events = trail::read_of(
            &place.app,
            place.scope.as_ref(),
            &place.filter,
            place.after,
            CHUNK,
        )
        .await?;
        place.after = events.last().map(|event| event.id);
        place.over = i64::try_from(events.len()).is_ok_and(|many| many < CHUNK);
        let mut lines = Lines::default();
        for event in &events {
            line(&mut lines, event);
        }
        Ok(Some((lines.into_text(), place)))
    }))
}

fn line(lines: &mut Lines, event: &AuditEvent) {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    lines.plain(event.id).plain(event.at);
    lines.plain(&event.actor_kind).plain(text(&event.actor_id));
    lines.text(&event.actor_name).plain(&event.action);
    for cell in [
        &event.target_kind,
        &event.target_id,
        &event.target_name,
        &event.product,
        &event.changes,
        &event.address,
        &event.user_agent,
        &event.request_id,
    ] {
        lines.text(&text(cell));
    }
    lines.end();
}

/// `GET T/admin/audit.csv`: the page's filtered set as a file.
///
/// # Errors
/// [`crate::Error::Invalid`] for a filter that does not fit; a later failure cuts the file off.
pub async fn download(allowed: Allowed<ReadAudit>, request: HttpRequest) -> Result<HttpResponse> {
    let filter = asked::filter(&allowed, &request)?;
    let name = format!("audit-{}.csv", allowed.app.clock.now().day());
    let body =
        chunks(&allowed.app, Some(&allowed.scope), filter).map(|chunk| chunk.map(Bytes::from));
    Ok(answer::download(
        &name,
        "text/csv; charset=utf-8",
        BodyStream::new(Box::pin(body)),
    ))
}
