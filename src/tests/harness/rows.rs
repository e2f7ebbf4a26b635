//! How many rows every table of an instance holds, seen from outside the program: to show that a refused request changed nothing.

use std::collections::BTreeMap;
use std::path::PathBuf;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::{PgConnection, SqliteConnection};

use super::process::Home;

/// Rows by table.
pub type Rows = BTreeMap<String, i64>;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

/// An instance's stores, opened beside it.
pub enum Behind {
    /// Each file with its connection.
    Files(Vec<(String, SqliteConnection)>),
    /// The database, with a superuser's eyes.
    Database(Box<PgConnection>),
}

impl Behind {
    /// Opens what an instance that has started once left.
    pub fn of(home: &Home) -> Self {
        match &home.database {
            Some(urls) => {
                Self::Database(Box::new(PgConnection::establish(&urls.superuser).unwrap()))
            }
            None => Self::Files(
                files(home)
                    .into_iter()
                    .map(|path| {
                        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
                        diesel::sql_query("PRAGMA busy_timeout = 5000")
                            .execute(&mut conn)
                            .unwrap();
                        let plane = if path.ends_with("control.db") {
                            "control"
                        } else {
                            "tenant"
                        };
                        (plane.to_owned(), conn)
                    })
                    .collect(),
            ),
        }
    }

    /// The rows of every table but the queue's: recurring jobs come and go by themselves.
    pub fn rows(&mut self) -> Rows {
        match self {
            Self::Files(files) => files
                .iter_mut()
                .flat_map(|(plane, conn)| {
                    let tables: Vec<Name> = diesel::sql_query(
                        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'jobs'",
                    )
                    .load(conn)
                    .unwrap();
                    let counts: Vec<Count> = diesel::sql_query(counting(
                        tables.iter().map(|t| (format!("{plane}.{}", t.name), t.name.clone())),
                    ))
                    .load(conn)
                    .unwrap();
                    counts
                })
                .map(|count| (count.name, count.rows))
                .collect(),
            Self::Database(conn) => {
                let tables: Vec<Name> = diesel::sql_query(
                    "SELECT schemaname || '.' || tablename AS name FROM pg_tables
                     WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename <> 'jobs'",
                )
                .load(&mut **conn)
                .unwrap();
                let counts: Vec<Count> = diesel::sql_query(counting(
                    tables.iter().map(|t| (t.name.clone(), t.name.clone())),
                ))
                .load(&mut **conn)
                .unwrap();
                counts
                    .into_iter()
                    .map(|count| (count.name, count.rows))
                    .collect()
            }
        }
    }

    /// How many rows of the control plane a FROM clause finds.
    pub fn count(&mut self, from: &str) -> i64 {
        let query = format!("SELECT 'all' AS name, count(*) AS rows FROM {from}");
        let found: Vec<Count> = match self {
            Self::Files(files) => {
                let (_, conn) = files
                    .iter_mut()
                    .find(|(name, _)| name == "control")
                    .unwrap();
                diesel::sql_query(query).load(conn).unwrap()
            }
            Self::Database(conn) => {
                diesel::sql_query("SET search_path TO control")
                    .execute(&mut **conn)
                    .unwrap();
                diesel::sql_query(query).load(&mut **conn).unwrap()
            }
        };
        found[0].rows
    }

    /// Runs a statement against the plane (`control` or `tenant`) it concerns.
    pub fn execute(&mut self, plane: &str, statement: &str) -> usize {
        match self {
            Self::Files(files) => files
                .iter_mut()
                .filter(|(name, _)| name == plane)
                .map(|(_, conn)| diesel::sql_query(statement).execute(conn).unwrap())
                .sum(),
            Self::Database(conn) => {
                diesel::sql_query(format!("SET search_path TO {plane}"))
                    .execute(&mut **conn)
                    .unwrap();
                diesel::sql_query(statement).execute(&mut **conn).unwrap()
            }
        }
    }
}

fn counting(tables: impl Iterator<Item = (String, String)>) -> String {
    let parts: Vec<String> = tables
        .map(|(name, table)| format!("SELECT '{name}' AS name, count(*) AS rows FROM {table}"))
        .collect();
    parts.join(" UNION ALL ")
}

/// `control.db` and every company's file.
fn files(home: &Home) -> Vec<PathBuf> {
    let tenants = std::fs::read_dir(home.data().join("tenants")).unwrap();
    let mut files: Vec<PathBuf> = tenants
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "db"))
        .collect();
    files.push(home.data().join("control.db"));
    files
}
