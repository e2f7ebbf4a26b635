//! Which tables of the tenant plane travel.

use crate::app::App;

/// What stays behind where a company leaves: work that waits would be done twice, and first answers are for repeats of a request
/// to this instance.
const LEFT_BEHIND: [&str; 2] = ["jobs", "idempotency_keys"];

/// Every table of the tenant plane, parents first.
pub fn every(app: &App) -> Vec<&'static str> {
    app.slices
        .iter()
        .flat_map(|slice| slice.tables)
        .copied()
        .collect()
}

/// The tables that travel with a company, parents first.
pub fn carried(app: &App) -> Vec<&'static str> {
    let mut tables = every(app);
    tables.retain(|table| !LEFT_BEHIND.contains(table));
    tables
}
