//! One store and its steps: which it has, which it lacks, one way and the other.

use std::path::PathBuf;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationConnection, MigrationSource};
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Direction, MigrateError, StoreReport};
use crate::db::Told;
use crate::db::conn::Conn;

/// The embedded steps of one plane on one engine; made anew for each use, since a run consumes them.
const CONTROL_SQLITE: EmbeddedMigrations = embed_migrations!("migrations/control/sqlite");
const CONTROL_POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/control/postgres");
const TENANT_SQLITE: EmbeddedMigrations = embed_migrations!("migrations/tenant/sqlite");
const TENANT_POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/tenant/postgres");

/// Which steps a store follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plane {
    Control,
    Tenant,
}

impl Plane {
    /// Its name in reports, and its schema on PostgreSQL.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Tenant => "tenant",
        }
    }

    pub(super) fn on_sqlite(self) -> EmbeddedMigrations {
        match self {
            Self::Control => CONTROL_SQLITE,
            Self::Tenant => TENANT_SQLITE,
        }
    }

    fn on_postgres(self) -> EmbeddedMigrations {
        match self {
            Self::Control => CONTROL_POSTGRES,
            Self::Tenant => TENANT_POSTGRES,
        }
    }
}

pub(super) enum Engine {
    Sqlite(Conn),
    /// With the owner's role and the plane's schema set.
    Postgres(PgConnection),
}

pub(super) struct Store {
    pub(super) name: String,
    pub(super) path: Option<PathBuf>,
    pub(super) plane: Plane,
    pub(super) engine: Engine,
}

#[derive(diesel::QueryableByName)]
struct Found {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    tables: i64,
}

#[derive(diesel::QueryableByName)]
struct Step {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
}

impl Store {
    pub(super) fn failed(&self, reason: impl std::fmt::Display) -> MigrateError {
        MigrateError::Failed {
            store: self.name.clone(),
            reason: reason.to_string(),
        }
    }

    fn known(&self) -> Result<Vec<String>, MigrateError> {
        let names = match &self.engine {
            Engine::Sqlite(_) => known_sqlite(self.plane),
            Engine::Postgres(_) => versions::<Pg>(&self.plane.on_postgres()),
        };
        names.map_err(|e| self.failed(e))
    }

    /// Steps in place, oldest first. Only looks: a store without the list has none.
    pub(super) fn applied(&mut self) -> Result<Vec<String>, MigrateError> {
        const LIST: &str = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
        let found: QueryResult<Vec<Step>> = match &mut self.engine {
            Engine::Sqlite(conn) => diesel::sql_query(
                "SELECT count(*) AS tables FROM sqlite_schema WHERE name = '__diesel_schema_migrations'",
            )
            .get_result(conn)
            .and_then(|found: Found| match found.tables {
                0 => Ok(Vec::new()),
                _ => diesel::sql_query(LIST).load(conn),
            }),
            Engine::Postgres(conn) => diesel::sql_query(
                "SELECT count(*) AS tables FROM pg_tables WHERE schemaname = $1 AND tablename = '__diesel_schema_migrations'",
            )
            .bind::<diesel::sql_types::Text, _>(self.plane.name())
            .get_result(conn)
            .and_then(|found: Found| match found.tables {
                0 => Ok(Vec::new()),
                _ => diesel::sql_query(LIST).load(conn),
            }),
        };
        let steps = found.map_err(|e| self.failed(e))?;
        Ok(steps.into_iter().map(|step| step.version).collect())
    }

    pub(super) fn check_not_newer(&mut self) -> Result<(), MigrateError> {
        let known = self.known()?;
        let applied = self.applied()?;
        match applied.into_iter().find(|version| !known.contains(version)) {
            Some(version) => Err(MigrateError::Newer {
                store: self.name.clone(),
                version,
            }),
            None => Ok(()),
        }
    }

    pub(super) fn pending(&mut self) -> Result<Vec<String>, MigrateError> {
        let applied = self.applied()?;
        let known = self.known()?.into_iter();
        Ok(known.filter(|version| !applied.contains(version)).collect())
    }

    /// The steps of a store that is at `version`, oldest first.
    pub(super) fn steps_until(&self, version: Option<&str>) -> Result<Vec<String>, MigrateError> {
        let mut known = self.known()?;
        let Some(version) = version else {
            return Ok(Vec::new());
        };
        if !known.iter().any(|step| step == version) {
            return Err(MigrateError::Unknown {
                store: self.name.clone(),
                version: version.to_owned(),
                known: known.join(", "),
            });
        }
        known.retain(|step| step.as_str() <= version);
        Ok(known)
    }

    /// Writes another list of steps, all at once. Runs none of them.
    pub(super) fn mark(&mut self, steps: &[String]) -> Result<(), MigrateError> {
        // The steps are the embedded ones, whose names are digits.
        let rows: Vec<String> = steps.iter().map(|step| format!("('{step}')")).collect();
        let mut write = "BEGIN; DELETE FROM __diesel_schema_migrations; ".to_owned();
        if !rows.is_empty() {
            let rows = rows.join(", ");
            write += &format!("INSERT INTO __diesel_schema_migrations (version) VALUES {rows}; ");
        }
        write += "COMMIT";
        let marked = match &mut self.engine {
            Engine::Sqlite(Conn::Sqlite(conn)) => {
                conn.setup().and_then(|_| conn.batch_execute(&write))
            }
            Engine::Sqlite(Conn::Postgres(conn)) | Engine::Postgres(conn) => {
                conn.setup().and_then(|_| conn.batch_execute(&write))
            }
        };
        if marked.is_err() {
            // Whether there was anything to roll back does not matter: what went wrong is told.
            let _ = match &mut self.engine {
                Engine::Sqlite(conn) => conn.batch_execute("ROLLBACK"),
                Engine::Postgres(conn) => conn.batch_execute("ROLLBACK"),
            };
        }
        marked.map_err(|e| self.failed(e))
    }

    pub(super) fn report(&mut self) -> Result<StoreReport, MigrateError> {
        Ok(StoreReport {
            store: self.name.clone(),
            applied: self.applied()?,
            pending: self.pending()?,
            failed: None,
        })
    }

    /// Each step with its place in the list is one transaction. Says how far it is.
    pub(super) fn step(&mut self, direction: Direction, told: &Told) -> Result<(), MigrateError> {
        if direction == Direction::Down && self.applied()?.is_empty() {
            return Ok(());
        }
        let plane = self.plane;
        let said = |done, of| told.at(&format!("steps of {}", plane.name()), done, of);
        let outcome = match (&mut self.engine, direction) {
            (Engine::Sqlite(Conn::Sqlite(conn)), Direction::Up) => {
                forward(conn, plane.on_sqlite(), &said)
            }
            (Engine::Sqlite(Conn::Sqlite(conn)), Direction::Down) => {
                conn.revert_last_migration(plane.on_sqlite()).map(drop)
            }
            (Engine::Postgres(conn), Direction::Up) => forward(conn, plane.on_postgres(), &said),
            (Engine::Postgres(conn), Direction::Down) => {
                conn.revert_last_migration(plane.on_postgres()).map(drop)
            }
            (Engine::Sqlite(Conn::Postgres(_)), _) => Ok(()),
        };
        outcome.map_err(|e| self.failed(e))
    }
}

/// Runs the steps that wait, and says how many are done.
fn forward<DB: diesel::backend::Backend>(
    conn: &mut impl MigrationHarness<DB>,
    steps: impl MigrationSource<DB>,
    said: &dyn Fn(u64, u64),
) -> diesel::migration::Result<()> {
    let waiting = conn.pending_migrations(steps)?;
    for (step, done) in waiting.iter().zip(1..) {
        conn.run_migration(step)?;
        said(done, waiting.len() as u64);
    }
    Ok(())
}

/// The newest step of the companies' plane; both engines have the same ones.
pub(in crate::db) fn newest_of_companies() -> Option<String> {
    known_sqlite(Plane::Tenant).ok()?.pop()
}

/// The steps a file of `plane` has when it is up to date.
pub(super) fn known_sqlite(plane: Plane) -> Result<Vec<String>, String> {
    versions::<Sqlite>(&plane.on_sqlite())
}

fn versions<DB: diesel::backend::Backend>(
    source: &EmbeddedMigrations,
) -> Result<Vec<String>, String>
where
    EmbeddedMigrations: MigrationSource<DB>,
{
    let steps: Vec<Box<dyn Migration<DB>>> = source.migrations().map_err(|e| e.to_string())?;
    let mut names: Vec<String> = steps
        .iter()
        .map(|step| step.name().version().to_string())
        .collect();
    names.sort();
    Ok(names)
}
