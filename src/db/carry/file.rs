//! A file with rows on their way: written beside its target and given its name once it is on disk, and read again by whoever is
//! handed one.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::rows::copy;
use super::sum::{Sum, of};
use super::table::{every, quoted};
use super::{Change, unchanged};
use crate::db::migrate::{MigrateError, lone};
use crate::db::{Conn, Plane, Scoped, Told};
use crate::{Error, Result};

pub use crate::db::migrate::lone::Steps;

/// What a path may not say in an address.
const IN_A_PATH: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');
/// Where a file says what it is.
const NOTES: &str = "_export";

/// Why a file cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It is not what it should be.
    #[error("{0}")]
    Unfit(String),
    /// Reading it failed, or making another one.
    #[error(transparent)]
    Failed(#[from] Error),
}

/// A file with rows, open.
pub struct CarriedFile {
    pub(super) conn: Conn,
}

impl std::fmt::Debug for CarriedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CarriedFile")
    }
}

impl CarriedFile {
    /// Opens a file to read it. Nothing is written to it.
    ///
    /// # Errors
    /// [`FileError::Unfit`] where it is no SQLite file, or broken.
    pub fn open(path: &Path) -> Result<Self, FileError> {
        let unfit = |why: &str| FileError::Unfit(format!("{} {why}.", path.display()));
        if !path.is_file() {
            return Err(unfit("is not there"));
        }
        let name = std::path::absolute(path).map_err(|_| unfit("cannot be found"))?;
        let name = name
            .to_str()
            .ok_or_else(|| unfit("has a name that is not UTF-8"))?;
        let address = format!("file:{}?mode=ro", utf8_percent_encode(name, IN_A_PATH));
        let conn = SqliteConnection::establish(&address)
            .map_err(|_| unfit("cannot be opened: it is not a file of this program"))?;
        let mut file = Self {
            conn: Conn::Sqlite(conn),
        };
        file.run("PRAGMA trusted_schema = OFF")
            .and_then(|()| file.run("PRAGMA cell_size_check = ON"))
            .and_then(|()| file.run("SELECT 1 FROM sqlite_schema"))
            .map_err(|_| unfit("is not a file of this program"))?;
        Ok(file)
    }

    /// Opens a file of ours to change it; it must be a copy that nobody else has.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open_to_change(path: &Path) -> Result<Self> {
        Ok(Self {
            conn: crate::db::sqlite::open_existing(path, crate::db::sqlite::Use::Keep)?,
        })
    }

    /// Makes an empty file with the tables of a plane.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn fresh<P: Plane>(path: &Path) -> Result<Self> {
        let conn = lone::fresh(P::NAME, path).map_err(broken)?;
        Ok(Self { conn })
    }

    fn run(&mut self, statement: &str) -> Result<()> {
        match &mut self.conn {
            Conn::Sqlite(conn) => Ok(conn.batch_execute(statement)?),
            Conn::Postgres(_) => Err(Error::internal("not a file")),
        }
    }

    /// Whether every page and every reference holds.
    ///
    /// # Errors
    /// [`FileError::Unfit`] with what is broken.
    pub fn check(&mut self) -> Result<(), FileError> {
        #[derive(QueryableByName)]
        struct Said {
            #[diesel(sql_type = Text)]
            value: String,
        }
        let Conn::Sqlite(conn) = &mut self.conn else {
            return Err(Error::internal("not a file").into());
        };
        let said: Vec<Said> =
            diesel::sql_query("SELECT integrity_check AS value FROM pragma_integrity_check")
                .load(conn)
                .map_err(|e| FileError::Unfit(format!("The file is damaged: {e}.")))?;
        let said: Vec<String> = said.into_iter().map(|one| one.value).collect();
        if said != ["ok"] {
            return Err(FileError::Unfit(format!(
                "The file is damaged: {}.",
                said.join("; ")
            )));
        }
        let loose: Vec<Said> =
            diesel::sql_query("SELECT DISTINCT \"table\" AS value FROM pragma_foreign_key_check")
                .load(conn)
                .map_err(|e| FileError::Unfit(format!("The file is damaged: {e}.")))?;
        match loose.first() {
            Some(table) => Err(FileError::Unfit(format!(
                "The file is damaged: rows of {} refer to rows that are not there.",
                table.value
            ))),
            None => Ok(()),
        }
    }

    /// What the file says of itself; nothing where it says nothing.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn notes(&mut self) -> Result<BTreeMap<String, String>> {
        #[derive(QueryableByName)]
        struct Note {
            #[diesel(sql_type = Text)]
            name: String,
            #[diesel(sql_type = Text)]
            value: String,
        }
        let Conn::Sqlite(conn) = &mut self.conn else {
            return Err(Error::internal("not a file"));
        };
        let found: Vec<Note> =
            match diesel::sql_query(format!("SELECT name, value FROM {NOTES}")).load(conn) {
                Ok(found) => found,
                Err(error) => {
                    tracing::debug!(%error, "The file has no notes");
                    Vec::new()
                }
            };
        Ok(found
            .into_iter()
            .map(|note| (note.name, note.value))
            .collect())
    }

    /// Has the file say what it is.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn note(&mut self, notes: &[(&str, String)]) -> Result<()> {
        self.run(&format!(
            "CREATE TABLE {NOTES} (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) STRICT"
        ))?;
        let Conn::Sqlite(conn) = &mut self.conn else {
            return Err(Error::internal("not a file"));
        };
        for (name, value) in notes {
            diesel::sql_query(format!("INSERT INTO {NOTES} (name, value) VALUES ($1, $2)"))
                .bind::<Text, _>(*name)
                .bind::<Text, _>(value)
                .execute(conn)?;
        }
        Ok(())
    }

    /// Which steps it has.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn steps<P: Plane>(self) -> Result<(Self, Steps)> {
        let (conn, steps) = lone::steps(self.conn, P::NAME).map_err(broken)?;
        Ok((Self { conn }, steps))
    }

    /// Runs the steps it lacks. For a copy only.
    ///
    /// # Errors
    /// Where a step fails.
    pub fn bring_up<P: Plane>(self) -> Result<Self> {
        let conn = lone::up(self.conn, P::NAME).map_err(broken)?;
        Ok(Self { conn })
    }

    /// The sums of its tables.
    ///
    /// # Errors
    /// Where one is missing or cannot be read.
    pub fn sums<P: Plane>(&mut self, tables: &[&str], change: Change<'_>) -> Result<Vec<Sum>> {
        of(&mut self.conn, P::NAME, tables, change)
    }

    /// Copies rows into a fresh file.
    ///
    /// # Errors
    /// Where it cannot be written, or a row does not fit.
    pub fn copy_into<P: Plane>(
        &mut self,
        target: &mut Self,
        tables: &[&str],
        change: Change<'_>,
        told: &Told,
    ) -> Result<()> {
        target.run("BEGIN")?;
        copy(
            &mut self.conn,
            P::NAME,
            &mut target.conn,
            tables,
            change,
            &|table, rows| told.at(table, rows, 0),
        )?;
        target.run("COMMIT")
    }

    /// Its tables, parents first.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn tables(&mut self) -> Result<Vec<String>> {
        match &mut self.conn {
            Conn::Sqlite(conn) => every(conn),
            Conn::Postgres(_) => Err(Error::internal("not a file")),
        }
    }

    /// The rows of each table, by its name.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn counts(&mut self) -> Result<Vec<(String, u64)>> {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            rows: i64,
        }
        let mut tables = self.tables()?;
        tables.sort();
        let Conn::Sqlite(conn) = &mut self.conn else {
            return Err(Error::internal("not a file"));
        };
        tables
            .into_iter()
            .map(|name| {
                let count: Count =
                    diesel::sql_query(format!("SELECT count(*) AS rows FROM {}", quoted(&name)))
                        .get_result(conn)?;
                Ok((name, u64::try_from(count.rows).unwrap_or(0)))
            })
            .collect()
    }

    /// Copies the file as it is into another one, in one snapshot, without what was deleted. The file may be in use.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub fn vacuum_into(&mut self, path: &Path) -> Result<()> {
        let text = path.to_str().map(|text| text.replace('\'', "''"));
        let text = text.ok_or_else(|| Error::internal("the path is not UTF-8"))?;
        self.run(&format!("VACUUM INTO '{text}'"))
    }
}

/// Writes the rows of tables into a new file at `path`, out of one snapshot, and gives it open.
///
/// # Errors
/// Where the file cannot be made or the store does not answer.
pub fn into_file<P: Plane>(
    c: &mut Scoped<'_, P>,
    tables: &[&str],
    path: &Path,
    change: Change<'_>,
    told: &dyn Fn(&str, u64),
) -> Result<CarriedFile> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(broken(error)),
        _ => {}
    }
    let mut file = CarriedFile::fresh::<P>(path)?;
    file.run("BEGIN")?;
    copy(c.db(), P::NAME, &mut file.conn, tables, change, told)?;
    file.run("COMMIT")?;
    Ok(file)
}

/// Writes the rows of a store into a new file, as they are: what stands sealed there stays under its key. The tables of `leave`
/// stay empty.
///
/// # Errors
/// As [`into_file`].
pub fn whole_into_file<P: Plane>(
    c: &mut Scoped<'_, P>,
    path: &Path,
    leave: &[&str],
) -> Result<CarriedFile> {
    let mut file = into_file(c, &[], path, &unchanged, &|_, _| {})?;
    let tables = file.tables()?;
    let mut tables: Vec<&str> = tables.iter().map(String::as_str).collect();
    tables.retain(|table| !leave.contains(table));
    file.run("BEGIN")?;
    copy(
        c.db(),
        P::NAME,
        &mut file.conn,
        &tables,
        &unchanged,
        &|_, _| {},
    )?;
    file.run("COMMIT")?;
    Ok(file)
}

/// Gives a file its name once it is on disk, 0600.
///
/// # Errors
/// Where the disk refuses.
pub fn settle(unfinished: &Path, path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(unfinished, fs::Permissions::from_mode(0o600))?;
    fs::File::open(unfinished)?.sync_all()?;
    fs::rename(unfinished, path)?;
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    fs::File::open(folder)?.sync_all()
}

fn broken(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::Internal(Box::new(error))
}

impl From<MigrateError> for FileError {
    fn from(error: MigrateError) -> Self {
        Self::Failed(broken(error))
    }
}
