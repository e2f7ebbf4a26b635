//! One connection type over both engines, and the scoped connection that store functions take.

use std::marker::PhantomData;
use std::sync::Arc;

use diesel::pg::PgConnection;
use diesel::sqlite::SqliteConnection;

use crate::clock::{Clock, Timestamp};
use crate::gate::ProjectLimit;
use crate::id::TenantId;

pub use self::engines::{Conn, MultiBackend};

#[expect(missing_docs, reason = "the derive makes items without doc comments")]
mod engines {
    use super::{PgConnection, SqliteConnection};

    /// A connection to either engine.
    #[derive(diesel::MultiConnection)]
    pub enum Conn {
        /// PostgreSQL.
        Postgres(PgConnection),
        /// SQLite.
        Sqlite(SqliteConnection),
    }
}

/// One of the two planes.
pub trait Plane: Send + Sync + 'static {
    /// Its name in messages and its schema on PostgreSQL.
    const NAME: &'static str;

    /// The connection as a tenant's, where this is the tenant plane: for code that serves both and asks one of them more.
    fn tenant<'s, 'a>(c: &'s mut Scoped<'a, Self>) -> Option<&'s mut TenantConn<'a>>
    where
        Self: Sized;
}

/// What one company owns.
#[derive(Debug)]
pub enum TenantPlane {}
/// Who may enter, and where.
#[derive(Debug)]
pub enum ControlPlane {}

impl Plane for TenantPlane {
    const NAME: &'static str = "tenant";

    fn tenant<'s, 'a>(c: &'s mut Scoped<'a, Self>) -> Option<&'s mut TenantConn<'a>> {
        Some(c)
    }
}
impl Plane for ControlPlane {
    const NAME: &'static str = "control";

    fn tenant<'s, 'a>(_: &'s mut Scoped<'a, Self>) -> Option<&'s mut TenantConn<'a>> {
        None
    }
}

/// A connection inside one transaction of one plane, and, on the tenant plane, of one tenant.
/// Only `db` makes one; store functions take it.
pub struct Scoped<'a, P> {
    conn: &'a mut Conn,
    owner: TenantId,
    now: Timestamp,
    wake_jobs: bool,
    project: Option<Arc<ProjectLimit>>,
    plane: PhantomData<P>,
}

/// A connection scoped to one tenant.
pub type TenantConn<'a> = Scoped<'a, TenantPlane>;
/// A connection to the control plane.
pub type ControlConn<'a> = Scoped<'a, ControlPlane>;

impl<'a, P: Plane> Scoped<'a, P> {
    pub(super) fn new(conn: &'a mut Conn, owner: TenantId, clock: &Clock) -> Self {
        Self {
            conn,
            owner,
            now: clock.now(),
            wake_jobs: false,
            project: None,
            plane: PhantomData,
        }
    }

    /// The connection, for the statements of a `store.rs`.
    pub fn db(&mut self) -> &mut Conn {
        self.conn
    }

    /// The time of this transaction: bind it, never ask the database for the time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Whose data this is: binds sealed values to their tenant. The nil id on the control plane.
    pub fn owner(&self) -> TenantId {
        self.owner
    }

    /// The only project whose records may be seen and written, for a caller who is limited to one: stores of slices with projects
    /// hold to it.
    pub fn project(&self) -> Option<&ProjectLimit> {
        self.project.as_deref()
    }

    pub(super) fn keep_to(&mut self, project: Option<&Arc<ProjectLimit>>) {
        self.project = project.cloned();
    }

    /// Asks that the job runner looks at this store once the transaction is committed.
    pub fn wake_jobs(&mut self) {
        self.wake_jobs = true;
    }

    pub(super) fn wants_jobs(&self) -> bool {
        self.wake_jobs
    }
}
