//! The trail: every change leaves an event in the transaction that made it, and no event is ever changed or removed.
//!
//! [`record`] is one insert and reads nothing, so it may stand on every path. Both planes keep a trail of the same shape:
//! what happened to a company in its own store, what happened to accounts and tenants in the control plane.
//! Other slices show a record's history with [`history_of`].

pub mod api;
mod asked;
mod changes;
mod company_store;
mod event;
pub mod export;
mod filter;
pub mod list;
mod store;
mod trail;
mod words;

pub use changes::Redacted;
pub use event::{Event, record};
pub use filter::Filter;
pub use store::{AuditEvent, count, history_of, page, standing_failure};
pub use trail::{read, read_of, total};

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "audit",
    permissions: PERMISSIONS,
    jobs: &[],
    tables: &["audit_events"],
    supports_projects: false,
    checks: None,
    waiting: None,
    usage: None,
    reset_demo: None,
};

crate::permissions! {
    ReadAudit = "audit:read", "See who changed what, when and from where";
}
