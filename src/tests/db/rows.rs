//! The rows these tests write and count: settings, which have a name, a value and nothing to refer to.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use steading::Result;
use steading::db::schema::tenant::{links, settings};
use steading::db::{Conn, Scope, TenantConn};
use steading::id::{EnrolmentId, LinkId, PartnerId, ProgramId};

/// Writes one row.
pub fn put(c: &mut TenantConn, name: &str) -> Result<()> {
    let now = c.now();
    diesel::insert_into(settings::table)
        .values((
            settings::name.eq(name.to_owned()),
            settings::value.eq("{}"),
            settings::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes a row whose key refers to nothing.
pub fn put_orphan(c: &mut TenantConn) -> Result<()> {
    let now = c.now();
    diesel::insert_into(links::table)
        .values((
            links::id.eq(LinkId::new(now)),
            links::enrolment_id.eq(EnrolmentId::new(now)),
            links::partner_id.eq(PartnerId::new(now)),
            links::program_id.eq(ProgramId::new(now)),
            links::key.eq("orphan"),
            links::state.eq("active"),
            links::created_at.eq(now),
            links::updated_at.eq(now),
            links::version.eq(1),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes a row that breaks a check.
pub fn put_absurd(c: &mut TenantConn) -> Result<()> {
    let now = c.now();
    sql_query(
        "INSERT INTO mails (id, kind, to_address, subject, body_text, body_html, state, attempts, created_at, updated_at) \
         VALUES ($1, 'a', 'a', 'a', 'a', 'a', 'nonsense', 0, $2, $3)",
    )
    .bind::<steading::db::types::Key, _>(steading::id::MailId::new(now))
    .bind::<steading::db::types::Instant, _>(now)
    .bind::<steading::db::types::Instant, _>(now)
    .execute(c.db())?;
    Ok(())
}

/// The names of all rows, in order.
pub async fn names(scope: &Scope) -> Vec<String> {
    scope
        .read(|c| {
            Ok(settings::table
                .select(settings::name)
                .order(settings::name)
                .load(c.db())?)
        })
        .await
        .unwrap()
}

/// How many rows there are.
pub async fn count(scope: &Scope) -> i64 {
    scope
        .read(|c| Ok(settings::table.count().get_result(c.db())?))
        .await
        .unwrap()
}

/// One number from a statement.
pub fn number(conn: &mut Conn, statement: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        value: i64,
    }
    let found: Number = sql_query(statement).get_result(conn).unwrap();
    found.value
}
