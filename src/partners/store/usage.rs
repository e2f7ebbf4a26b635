//! How much there is of what a plan counts, looked at no further than asked.

use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl};

use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::db::types::Key;
use crate::id::EventId;

#[derive(QueryableByName)]
struct Many {
    #[diesel(sql_type = BigInt)]
    many: i64,
}

impl Many {
    fn counted(self) -> u64 {
        u64::try_from(self.many).unwrap_or_default()
    }
}

fn at_most(most: u64) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}

/// Partners who take part, apply or are suspended. Those who were declined or archived do not count.
pub fn partners(c: &mut TenantConn, most: u64) -> Result<u64> {
    let found: Many = diesel::sql_query(
        "SELECT COUNT(*) AS many FROM (SELECT 1 AS one FROM partners \
         WHERE state IN ('applied', 'approved', 'suspended') LIMIT $1) AS found",
    )
    .bind::<BigInt, _>(at_most(most))
    .get_result(c.db())?;
    Ok(found.counted())
}

/// Links that are not archived.
pub fn links(c: &mut TenantConn, most: u64) -> Result<u64> {
    let found: Many = diesel::sql_query(
        "SELECT COUNT(*) AS many FROM (SELECT 1 AS one FROM links WHERE state = 'active' LIMIT $1) AS found",
    )
    .bind::<BigInt, _>(at_most(most))
    .get_result(c.db())?;
    Ok(found.counted())
}

/// Events reported from `since` on, refunds among them. Ids begin with their time, so the primary key alone answers.
pub fn events(c: &mut TenantConn, since: Timestamp, most: u64) -> Result<u64> {
    let found: Many = diesel::sql_query(
        "SELECT COUNT(*) AS many FROM (SELECT 1 AS one FROM events WHERE id >= $1 LIMIT $2) AS found",
    )
    .bind::<Key, _>(EventId::floor(since))
    .bind::<BigInt, _>(at_most(most))
    .get_result(c.db())?;
    Ok(found.counted())
}
