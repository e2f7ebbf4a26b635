//! Making and removing companies' stores while the program runs. On PostgreSQL a store is rows: there is nothing to make, and
//! what is removed is what the company's scope sees.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use super::conn::{Conn, TenantConn};
use super::migrate::company;
use super::sqlite;
use super::tenants::Tenants;
use crate::id::TenantId;
use crate::{Error, Result};

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(Box::new(error))
}

impl Tenants {
    /// Makes the store of a company about to be registered. Follow it with [`Self::keep_store`] once it is, and with
    /// [`Self::drop_store`] where it will not be; where neither happened, [`Self::unfinished_stores`] names it at the next start.
    ///
    /// # Errors
    /// Where it cannot be written. Nothing is left then.
    pub async fn make_store(&self, tenant: TenantId) -> Result<()> {
        self.in_folder(move |folder| {
            company::make(folder, tenant).inspect_err(|_| {
                if let Err(error) = company::remove(folder, tenant) {
                    tracing::warn!(%error, tenant.id = %tenant, "A store that could not be made is removed at the next start");
                }
            })
        })
        .await
    }

    /// The company is registered: its store stays.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub async fn keep_store(&self, tenant: TenantId) -> Result<()> {
        self.in_folder(move |folder| company::keep(folder, tenant).map_err(broken))
            .await
    }

    /// Removes the file of a company that is not, or no longer, registered. On PostgreSQL nothing was made.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub async fn drop_store(&self, tenant: TenantId) -> Result<()> {
        let Some(files) = self.files().cloned() else {
            return Ok(());
        };
        blocking(move || {
            files.without(tenant, |folder| {
                company::remove(folder, tenant).map_err(broken)
            })
        })
        .await?;
        self.unbar(tenant);
        Ok(())
    }

    /// Companies whose making was interrupted before it was known whether they are registered.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub async fn unfinished_stores(&self) -> Result<Vec<TenantId>> {
        let Some(files) = self.files().cloned() else {
            return Ok(Vec::new());
        };
        blocking(move || company::unfinished(files.folder()).map_err(broken)).await
    }

    /// Removes all of a company's data but its trail. May run again.
    ///
    /// # Errors
    /// Where the store cannot be read or written; then it is as it was.
    pub async fn empty_store(&self, tenant: TenantId) -> Result<()> {
        let Some(files) = self.files().cloned() else {
            return self.scope(tenant)?.write(empty).await;
        };
        blocking(move || {
            files.without(tenant, |folder| {
                let old = folder.join(format!("{tenant}.db"));
                if !old.is_file() {
                    return Ok(());
                }
                company::from_template(folder, tenant, |new| {
                    carry_trail(&old, new)?;
                    // The log belongs to the file that is about to be replaced.
                    for end in ["-wal", "-shm"] {
                        let mut log = old.clone().into_os_string();
                        log.push(end);
                        match std::fs::remove_file(log) {
                            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                                return Err(broken(error));
                            }
                            _ => {}
                        }
                    }
                    Ok(())
                })
            })
        })
        .await
    }

    /// Removes what new companies are copied from, where no further one is about to come.
    pub fn drop_template(&self) {
        if let Some(files) = self.files() {
            company::drop_template(files.folder());
        }
    }

    async fn in_folder(
        &self,
        work: impl FnOnce(&Path) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        match self.files().cloned() {
            Some(files) => blocking(move || work(files.folder())).await,
            None => Ok(()),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(Error::internal("work on a store's file panicked")))
}

/// Copies the trail of one file into another that has the same tables. The old one's log is folded into it on the way.
fn carry_trail(old: &Path, new: &Path) -> Result<()> {
    let path = new
        .to_str()
        .ok_or_else(|| Error::internal("the folder's name is no text"))?;
    let mut conn = sqlite::open(old, sqlite::Use::Keep)?;
    let Conn::Sqlite(conn) = &mut conn else {
        return Err(Error::internal("a file is not SQLite"));
    };
    diesel::sql_query("ATTACH DATABASE ? AS bare")
        .bind::<diesel::sql_types::Text, _>(path)
        .execute(conn)?;
    conn.batch_execute(
        "INSERT INTO bare.audit_events SELECT * FROM main.audit_events; DETACH DATABASE bare;",
    )?;
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct Table {
    #[diesel(sql_type = diesel::sql_types::Text)]
    name: String,
}

/// Deletes what a company's scope sees, tables that point at others first: they were made after them.
fn empty(c: &mut TenantConn<'_>) -> Result<()> {
    let Conn::Postgres(conn) = c.db() else {
        return Err(Error::internal("only rows are deleted; a file is replaced"));
    };
    let tables: Vec<Table> = diesel::sql_query(
        "SELECT relname::text AS name FROM pg_class \
         WHERE relnamespace = 'tenant'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition \
         AND relname NOT IN ('audit_events', '__diesel_schema_migrations') ORDER BY oid DESC",
    )
    .load(conn)?;
    for table in tables {
        let name = table.name.replace('"', "\"\"");
        diesel::sql_query(format!("DELETE FROM \"{name}\"")).execute(conn)?;
    }
    Ok(())
}
