//! What a slice offers the whole: permissions, jobs, tables. `slices.rs` lists all slices; tenancy, jobs and identity walk that
//! list and import none of them.

use std::time::Duration;

use crate::Result;
use crate::actor::Actor;
use crate::app::App;
use crate::clock::Timestamp;
use crate::db::{Scope, TenantConn};
use crate::gate::{Counted, Later, PermissionInfo};
use crate::id::JobId;

/// One room of the house.
#[derive(Clone, Copy)]
pub struct Slice {
    /// Its name: folder, product field of its audit events.
    pub name: &'static str,
    /// The permissions it declares.
    pub permissions: &'static [PermissionInfo],
    /// The kinds of work it does later.
    pub jobs: &'static [JobKind],
    /// Its tables in the tenant plane, parents before children: for export, erasure and counts.
    pub tables: &'static [&'static str],
    /// Whether its records belong to projects, so that keys limited to one may use it.
    pub supports_projects: bool,
    /// What it says of itself on the system page.
    pub checks: Option<CheckFn>,
    /// Counts what waits for a person, for the navigation.
    pub waiting: Option<WaitingFn>,
    /// Counts what it has of the things plans count.
    pub usage: Option<UsageFn>,
    /// Brings a demo company's share of it back to the demo data.
    pub reset_demo: Option<ResetFn>,
}

/// A column of the tenant plane whose values may be sealed, and the place each is bound to: what has to be sealed anew where a
/// company moves to another key.
#[derive(Debug, Clone, Copy)]
pub struct SealedColumn {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// Where the column is JSON: the member that holds the value.
    pub member: Option<&'static str>,
    /// The service of its place.
    pub service: &'static str,
    /// The field of its place.
    pub field: &'static str,
    /// The record of its place, from the row's id (nil where the row has none).
    pub record: fn(uuid::Uuid) -> String,
    /// Whether there may be nothing; else an empty text stands for a value that was taken out.
    pub may_be_null: bool,
}

/// Where a kind of work lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JobPlane {
    /// In each tenant's store.
    Tenant,
    /// In the control plane.
    Control,
}

/// A kind of work for later.
#[derive(Clone, Copy)]
pub struct JobKind {
    /// `partners.mature`.
    pub name: &'static str,
    /// Where it lives.
    pub plane: JobPlane,
    /// How often it comes back by itself.
    pub every: Option<Duration>,
    /// When it is next of use, for one that comes back and would mostly find nothing to do (`None`: not as things are). It waits
    /// only then; a minute after something was written in a company's store it is asked again.
    pub needed: Option<NeededFn>,
    /// Does it. Must be safe to run twice.
    pub run: fn(JobContext) -> Later<'static, Result<()>>,
}

/// When a kind of work is next of use in a company.
pub type NeededFn = fn(&mut TenantConn) -> Result<Option<Timestamp>>;

/// What a job works with.
#[derive(Clone)]
pub struct JobContext {
    /// The program.
    pub app: App,
    /// The tenant's data; `None` in the control plane.
    pub scope: Option<Scope>,
    /// What it was enqueued with.
    pub payload: serde_json::Value,
    /// Its id: an idempotency key for effects outside.
    pub job: JobId,
    /// The attempt this is, from 1.
    pub attempt: i64,
    /// The number its completion must carry: a later claim has a higher one.
    pub fence: i64,
}

/// How serious a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Good,
    /// Works, but should be seen to.
    Warn,
    /// Does not work.
    Bad,
}

/// One line of the system page and of `doctor`.
#[derive(Debug, Clone, serde::Serialize)]
pub struct Check {
    /// `jobs.dead`.
    pub name: &'static str,
    /// What was looked at, for people.
    pub label: String,
    /// How it is.
    pub level: Level,
    /// One sentence with the figure and what to do.
    pub finding: String,
}

/// Counts what waits for a person in one tenant: the path of the list it stands in, below the tenant's prefix, and how many.
pub type WaitingFn = fn(&mut TenantConn, Timestamp) -> Result<Vec<(&'static str, i64)>>;

/// How much there is of one thing a plan counts.
pub type Used = (Counted, u64);

/// Counts what a slice has of the things plans count, at this time.
pub type UsageFn = fn(App, Scope, Timestamp) -> Later<'static, Result<Vec<Used>>>;

/// Brings a company back to the demo data.
pub type ResetFn = fn(App, Scope, Actor) -> Later<'static, Result<()>>;

/// Looks at a slice's own state in one tenant.
pub type CheckFn = fn(App, Scope) -> Later<'static, Result<Vec<Check>>>;
