//! What both engines understand but the common backend refuses: `ON CONFLICT` and `UNION`, and batches.
//!
//! Unique keys of tenant tables begin with `tenant_id` on PostgreSQL only, so the conflict target differs between the engines:
//! [`on_conflict`] prints the right one, and a bare `.on_conflict(column)` is forbidden elsewhere by test.

use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sqlite::Sqlite;
use diesel::{QueryResult, RunQueryDsl};

use super::conn::{Conn, MultiBackend};

/// A statement that PostgreSQL and SQLite both understand though `MultiBackend` does not say so.
/// `walk_variant_ast` is generated code of diesel's derive: kept in this file, with a test, and diesel pinned to `~2.3`.
#[derive(Debug, Clone, Copy)]
pub struct Portable<S>(pub S);

impl<S: QueryFragment<Pg> + QueryFragment<Sqlite>> QueryFragment<MultiBackend> for Portable<S> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(&self.0, pass)
    }
}
impl<S: QueryId> QueryId for Portable<S> {
    type QueryId = S::QueryId;
    const HAS_STATIC_QUERY_ID: bool = S::HAS_STATIC_QUERY_ID;
}
impl<S: Query> Query for Portable<S> {
    type SqlType = S::SqlType;
}
impl<S> RunQueryDsl<Conn> for Portable<S> {}

/// Which plane's keys a conflict target names: those of tenant tables begin with `tenant_id` on PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// A table of the tenant plane.
    Tenant,
    /// A table of the control plane.
    Control,
}

/// The tail of an upsert, ` ON CONFLICT (target) action`, for the engine behind `c`, where `columns` is the unique key
/// without `tenant_id`. For statements written as text with `sql_query`; both arguments are constants of the program.
pub fn on_conflict(
    c: &Conn,
    target: Target,
    columns: &'static str,
    action: &'static str,
) -> String {
    match (c, target) {
        (Conn::Postgres(_), Target::Tenant) => {
            format!(" ON CONFLICT (tenant_id, {columns}) {action}")
        }
        _ => format!(" ON CONFLICT ({columns}) {action}"),
    }
}

/// Runs one statement over either engine's own connection: for batches, whose types differ between the engines, and for what every
/// click and event runs. The common backend prints a statement's text several times whenever it runs; an engine's own connection
/// finds it prepared, by its type.
/// Return early where there is nothing to write: an empty batch answers with a stale count on SQLite.
#[doc(inline)]
pub use crate::__each as each;

#[doc(hidden)]
#[macro_export]
macro_rules! __each {
    ($c:expr, |$conn:ident| $body:expr) => {
        match $c {
            $crate::db::Conn::Postgres($conn) => $body,
            $crate::db::Conn::Sqlite($conn) => $body,
        }
    };
}

/// The UTC day of a stored instant as text, `2026-10-31`. For statements written as text; the column is a constant of the program.
pub fn day_of(c: &Conn, column: &'static str) -> String {
    match c {
        Conn::Postgres(_) => format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"),
        Conn::Sqlite(_) => format!("substr({column}, 1, 10)"),
    }
}
