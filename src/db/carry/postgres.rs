//! Rows into a PostgreSQL database: as the owner, in one transaction, so that all of them come or none.

use diesel::RunQueryDsl;
use diesel::connection::SimpleConnection;

use super::file::CarriedFile;
use super::rows::copy;
use super::table::quoted;
use super::unchanged;
use crate::db::Conn;
use crate::db::pool::open_postgres;
use crate::db::postgres::OWNER_ROLE;
use crate::id::TenantId;
use crate::{Error, Result};

/// A database, as its owner.
pub struct Server {
    conn: Conn,
}

/// Which rows are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerPlane {
    /// The control plane's.
    Control,
    /// One company's.
    Tenant(TenantId),
}

impl ServerPlane {
    fn name(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Tenant(_) => "tenant",
        }
    }
}

impl Server {
    /// Begins the one transaction.
    ///
    /// # Errors
    /// [`Error::Busy`] where the server is out of reach.
    pub fn begin(owner_url: &str) -> Result<Self> {
        let mut conn = open_postgres(owner_url)?;
        // What others add after the first statement is not seen, so it is not removed either.
        conn.batch_execute(
            "BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL statement_timeout = 0; \
             SET LOCAL idle_in_transaction_session_timeout = 0",
        )?;
        conn.batch_execute(&format!("SET LOCAL ROLE {OWNER_ROLE}"))?;
        Ok(Self {
            conn: Conn::Postgres(conn),
        })
    }

    /// Names what this transaction sees, so that another one sees the same.
    ///
    /// # Errors
    /// Where the server fails.
    pub(in crate::db) fn snapshot(&mut self) -> Result<String> {
        #[derive(diesel::QueryableByName)]
        struct Named {
            #[diesel(sql_type = diesel::sql_types::Text)]
            name: String,
        }
        let named: Named =
            diesel::sql_query("SELECT pg_export_snapshot() AS name").get_result(&mut self.conn)?;
        Ok(named.name)
    }

    /// Puts the rows of a file in the place of those that are there.
    ///
    /// # Errors
    /// Where they do not fit, or the server fails; then nothing stays of the transaction.
    pub fn replace(
        &mut self,
        plane: ServerPlane,
        file: &mut CarriedFile,
        clear: &[&str],
        tables: &[&str],
        told: &dyn Fn(&str, u64),
    ) -> Result<()> {
        self.enter(plane)?;
        self.clear(plane, clear)?;
        copy(
            &mut file.conn,
            plane.name(),
            &mut self.conn,
            tables,
            &unchanged,
            told,
        )
    }

    /// Removes rows, children first.
    ///
    /// # Errors
    /// Where the server fails.
    pub fn clear(&mut self, plane: ServerPlane, tables: &[&str]) -> Result<()> {
        self.enter(plane)?;
        let own = match plane {
            ServerPlane::Control => "",
            ServerPlane::Tenant(_) => {
                " WHERE tenant_id = NULLIF(current_setting('app.tenant_id', true), '')::uuid"
            }
        };
        for name in tables.iter().rev() {
            self.execute(&format!("DELETE FROM {}{own}", quoted(name)))?;
        }
        Ok(())
    }

    fn enter(&mut self, plane: ServerPlane) -> Result<()> {
        self.execute(&format!(
            "SET LOCAL search_path TO {}, pg_temp",
            plane.name()
        ))?;
        match plane {
            ServerPlane::Control => Ok(()),
            ServerPlane::Tenant(tenant) => {
                self.execute(&format!("SET LOCAL app.tenant_id = '{}'", tenant.uuid()))
            }
        }
    }

    /// Keeps everything.
    ///
    /// # Errors
    /// Where the server fails; then nothing stays.
    pub fn commit(mut self) -> Result<()> {
        self.execute("SELECT 1; COMMIT")
    }

    fn execute(&mut self, statement: &str) -> Result<()> {
        match &mut self.conn {
            Conn::Postgres(conn) => Ok(conn.batch_execute(statement)?),
            Conn::Sqlite(_) => Err(Error::internal("not a PostgreSQL connection")),
        }
    }
}
