//! First answers to requests that carry an `Idempotency-Key`, kept beside what they changed. Both planes have the same table, so one
//! set of statements serves both.

use diesel::prelude::*;

use super::conn::{Plane, Scoped, TenantConn};
use super::schema::tenant::idempotency_keys;
use crate::Result;
use crate::clock::Timestamp;

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Insertable)]
#[diesel(table_name = idempotency_keys)]
pub struct KeptAnswer {
    /// The caller's key.
    pub key: String,
    /// What the request was: a hash of method, path and body.
    pub fingerprint: String,
    /// The first answer's status.
    pub status: i64,
    /// The first answer's body.
    pub body: String,
    /// When it was given.
    pub created_at: Timestamp,
}

/// The kept answer for a key.
///
/// # Errors
/// Where the store fails.
pub fn kept_answer<P: Plane>(c: &mut Scoped<'_, P>, key: &str) -> Result<Option<KeptAnswer>> {
    Ok(idempotency_keys::table.find(key).first(c.db()).optional()?)
}

/// Keeps an answer in the transaction of its change.
///
/// # Errors
/// [`crate::Error::Duplicate`] where another request with this key was first.
pub fn keep_answer<P: Plane>(c: &mut Scoped<'_, P>, answer: &KeptAnswer) -> Result<()> {
    diesel::insert_into(idempotency_keys::table)
        .values(answer)
        .execute(c.db())?;
    Ok(())
}

/// When the oldest kept answer was given.
///
/// # Errors
/// Where the store fails.
pub fn first_answer(c: &mut TenantConn) -> Result<Option<Timestamp>> {
    Ok(idempotency_keys::table
        .order(idempotency_keys::created_at.asc())
        .select(idempotency_keys::created_at)
        .first(c.db())
        .optional()?)
}

/// Forgets answers older than `before`, at most `most` at once; says how many.
///
/// # Errors
/// Where the store fails.
pub fn forget_answers<P: Plane>(
    c: &mut Scoped<'_, P>,
    before: Timestamp,
    most: i64,
) -> Result<usize> {
    let old: Vec<String> = idempotency_keys::table
        .filter(idempotency_keys::created_at.lt(before))
        .select(idempotency_keys::key)
        .limit(most)
        .load(c.db())?;
    Ok(
        diesel::delete(idempotency_keys::table.filter(idempotency_keys::key.eq_any(old)))
            .execute(c.db())?,
    )
}
