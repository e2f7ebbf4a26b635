//! Whether a PostgreSQL database gives each role exactly what `matrix` says: asked of its catalogue at every start and by
//! `steading doctor`. A difference that opens a way to other companies' rows stops the start.

mod ask;
mod drift;
mod matrix;
mod shape;

use diesel::PgConnection;

use super::migrate::MigrateError;
use super::stores::StoreOptions;
use super::{migrate, pool};

pub use self::drift::WHOLE;

/// What a difference means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Nothing is open; it should be seen to.
    Left,
    /// Something will not work.
    Breaks,
    /// Rows of another company, or the control plane, can be reached.
    Opens,
}

/// One difference between what is and what should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule: `rights.grants`.
    pub rule: &'static str,
    /// What it means.
    pub weight: Weight,
    /// What was found, as a sentence.
    pub text: String,
}

/// Who comes to the database.
#[derive(Debug, Clone)]
pub struct Logins {
    /// The login that migrates.
    pub owner: String,
    /// The login that serves requests; the same one where only one address is configured.
    pub request: String,
}

impl Logins {
    /// Whether requests come in by a login of their own.
    fn are_apart(&self) -> bool {
        self.owner != self.request
    }
}

/// What is not as it should be, the gravest first. Only looks.
///
/// # Errors
/// Where the catalogue cannot be read.
pub fn findings(conn: &mut PgConnection, logins: &Logins) -> diesel::QueryResult<Vec<Finding>> {
    let mut found = Vec::new();
    ask::roles(conn, logins, &mut found)?;
    ask::members(conn, logins, &mut found)?;
    ask::schemas(conn, logins, &mut found)?;
    ask::grants(conn, logins, &mut found)?;
    ask::leftovers(conn, logins, &mut found)?;
    shape::tables(conn, &mut found)?;
    shape::policies(conn, &mut found)?;
    shape::keys(conn, &mut found)?;
    shape::around(conn, logins, &mut found)?;
    drift::all(conn, logins, &mut found)?;
    drift::keys(conn, &mut found)?;
    found.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.rule.cmp(b.rule)));
    Ok(found)
}

/// [`findings`] of the database these options name, as its owner sees it; none where the stores are files. Blocks.
///
/// # Errors
/// Where the database cannot be reached or read.
pub fn inspect(options: &StoreOptions) -> Result<Vec<Finding>, MigrateError> {
    let Some(request) = options.database_url.as_deref() else {
        return Ok(Vec::new());
    };
    let owner = options.owner_url.as_deref().unwrap_or(request);
    let unreachable = |error: &dyn std::fmt::Display| MigrateError::Unreachable(error.to_string());
    let mut conn = pool::open_uncached(owner).map_err(|e| unreachable(&e))?;
    let current = ask::current_login(&mut conn).map_err(|e| unreachable(&e))?;
    let request = migrate::login_of(request).unwrap_or_else(|| current.clone());
    let logins = Logins {
        owner: current,
        request,
    };
    findings(&mut conn, &logins).map_err(|e| unreachable(&e))
}
