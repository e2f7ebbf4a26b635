//! A company leaves and comes back: its export is one SQLite file from either engine, and a file is taken into either.
//!
//! What a file holds and how it is sealed is in `docs/backup.md`.

pub mod backup;
pub mod closing;
pub mod copy;
pub mod download;
mod export;
mod header;
mod import;
mod scratch;
mod sealed;
mod tables;
mod trouble;

pub use self::export::{Exported, export, export_told};
pub use self::header::{FORMAT, Header, holds_secrets};
pub use self::import::{Imported, Wish, check, import, preview};
pub use self::tables::{carried, every};
pub use self::trouble::Trouble;

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "transfer",
    permissions: &[],
    jobs: &[backup::KIND],
    tables: &["settings", "idempotency_keys"],
    supports_projects: false,
    checks: Some(backup::look),
    waiting: None,
    usage: None,
    reset_demo: None,
};
