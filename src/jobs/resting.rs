//! Companies whose work waits: every job of a company writes into it, and a frozen one stays as it is until it is thawed.

use std::time::Duration;

use super::shelf::control_id;
use crate::app::App;
use crate::id::TenantId;

/// When a frozen company is looked at again where other processes share the database: a thaw in this one rings the bell.
const UNTIL_THAWED_ELSEWHERE: Duration = Duration::from_secs(60);
/// The same where nobody else can thaw it.
const UNTIL_THAWED: Duration = Duration::from_secs(300);
/// When a company that the directory does not show is looked at again: archived, or entered a moment ago by another process.
const UNTIL_KNOWN: Duration = Duration::from_secs(5);

/// How long a store is left alone, where it is.
pub(super) fn resting(app: &App, store: TenantId) -> Option<Duration> {
    if store == control_id() {
        return None;
    }
    match app.gate.get()?.company_by_id(store) {
        Some(company) if company.is_frozen && app.tenants.is_sole() => Some(UNTIL_THAWED),
        Some(company) if company.is_frozen => Some(UNTIL_THAWED_ELSEWHERE),
        Some(_) => None,
        None => Some(UNTIL_KNOWN),
    }
}
