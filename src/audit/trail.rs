//! One trail for one company: its own store's events, and those about its accounts, which live in the control plane: all of
//! them where one company is served, else what is marked as this company's. Both are kept by id, which is by time, so two pages make
//! one by merging.

use super::filter::Filter;
use super::store::{self, AuditEvent};
use crate::Result;
use crate::app::App;
use crate::config::Tenancy;
use crate::db::Scope;
use crate::id::AuditEventId;

/// Events that fit a filter, newest first, older than `after`.
///
/// # Errors
/// Where a store fails.
pub async fn read(
    app: &App,
    scope: &Scope,
    filter: &Filter,
    after: Option<AuditEventId>,
    limit: i64,
) -> Result<Vec<AuditEvent>> {
    let wanted = filter.clone();
    let mut events = scope
        .read(move |c| store::page(c, &wanted, after, limit))
        .await?;
    let wanted = in_control_plane(app, scope, filter);
    let accounts = app
        .control
        .read(move |c| store::page(c, &wanted, after, limit))
        .await?;
    if !accounts.is_empty() {
        events.extend(accounts);
        events.sort_by_key(|event| std::cmp::Reverse(event.id));
        events.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(events)
}

/// The same of a company, or of the instance itself: everything the control plane wrote down.
///
/// # Errors
/// Where a store fails.
pub async fn read_of(
    app: &App,
    scope: Option<&Scope>,
    filter: &Filter,
    after: Option<AuditEventId>,
    limit: i64,
) -> Result<Vec<AuditEvent>> {
    let Some(scope) = scope else {
        let wanted = filter.clone();
        let events = app
            .control
            .read(move |c| store::page(c, &wanted, after, limit));
        return events.await;
    };
    read(app, scope, filter, after, limit).await
}

/// How many events fit a filter.
///
/// # Errors
/// Where a store fails.
pub async fn total(app: &App, scope: &Scope, filter: &Filter) -> Result<i64> {
    let wanted = filter.clone();
    let total = scope.read(move |c| store::count(c, &wanted)).await?;
    let wanted = in_control_plane(app, scope, filter);
    let accounts = app.control.read(move |c| store::count(c, &wanted)).await?;
    Ok(total + accounts)
}

/// The same filter for the control plane, where other companies' events stand beside this one's.
fn in_control_plane(app: &App, scope: &Scope, filter: &Filter) -> Filter {
    let company = (app.config.tenancy == Tenancy::Multi).then(|| scope.tenant());
    Filter {
        company,
        ..filter.clone()
    }
}
