//! A request's filters and place in the list, read the same way for page, API and export.

use actix_web::HttpRequest;
use jiff::tz::TimeZone;

use super::filter::Filter;
use super::store::AuditEvent;
use super::trail;
use crate::Result;
use crate::id::AuditEventId;
use crate::web::{Allowed, Cursor, Page, Paging, Query};

/// The filters of an address; an unknown one is refused rather than showing everything.
pub(super) fn filter<P>(allowed: &Allowed<P>, request: &HttpRequest) -> Result<Filter> {
    let query = Query::of(request);
    query.only(Filter::NAMES)?;
    query.unsorted()?;
    let zone = TimeZone::get(&allowed.company.time_zone).unwrap_or(TimeZone::UTC);
    Filter::read(&query, &zone)
}

/// The page an address asks for.
pub(super) async fn page<P>(
    allowed: &Allowed<P>,
    request: &HttpRequest,
    filter: &Filter,
) -> Result<Page<AuditEvent>> {
    let paging = Query::of(request).paging()?;
    let (app, scope) = (&allowed.app, &allowed.scope);
    let events = trail::read(app, scope, filter, after(&paging)?, paging.fetch()).await?;
    let mut page = paging.page(events, |event| Cursor::after("", event.id));
    if paging.total {
        page.total = Some(trail::total(app, scope, filter).await?);
    }
    Ok(page)
}

fn after(paging: &Paging) -> Result<Option<AuditEventId>> {
    let foreign = |_| {
        crate::Error::invalid(
            "cursor",
            "Take the cursor from the answer before, unchanged.",
        )
    };
    paging
        .cursor
        .as_ref()
        .map(|cursor| cursor.id.parse().map_err(foreign))
        .transpose()
}
