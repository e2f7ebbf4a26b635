//! Sessions: all SQL about signed-in browsers.

use diesel::prelude::*;

use super::{Entry, NewSession, StoredSession};
use crate::clock::Timestamp;
use crate::crypto::HashedToken;
use crate::db::ControlConn;
use crate::db::schema::control::{memberships, sessions, users};
use crate::id::{SessionId, TenantId, UserId};
use crate::{Error, Result};

type Row = (
    SessionId,
    UserId,
    TenantId,
    String,
    String,
    String,
    Timestamp,
    Timestamp,
);

/// The session of a token, with its person as they are now; nothing where the person may not enter any more.
pub(in crate::identity) fn by_token(
    c: &mut ControlConn,
    token: &HashedToken,
) -> Result<Option<StoredSession>> {
    let row: Option<Row> = sessions::table
        .inner_join(users::table.on(users::id.eq(sessions::user_id)))
        .inner_join(
            memberships::table.on(memberships::user_id
                .eq(sessions::user_id)
                .and(memberships::tenant_id.eq(sessions::tenant_id))),
        )
        .filter(sessions::token_hash.eq(token.as_bytes().as_slice()))
        .filter(memberships::disabled_at.is_null())
        .select((
            sessions::id,
            sessions::user_id,
            sessions::tenant_id,
            users::name,
            users::email,
            memberships::roles,
            sessions::last_seen_at,
            sessions::expires_at,
        ))
        .first(c.db())
        .optional()?;
    row.map(
        |(id, user, tenant, name, email, roles, last_seen_at, expires_at)| {
            let roles = roles
                .parse()
                .map_err(|_| Error::internal(format!("the roles of {user} cannot be read")))?;
            Ok(StoredSession {
                id,
                user,
                tenant,
                name,
                email,
                roles,
                last_seen_at,
                expires_at,
            })
        },
    )
    .transpose()
}

/// Begins a session.
pub(in crate::identity) fn insert(c: &mut ControlConn, new: &NewSession) -> Result<()> {
    let now = c.now();
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(new.id),
            sessions::user_id.eq(new.user),
            sessions::tenant_id.eq(new.tenant),
            sessions::token_hash.eq(new.token.as_bytes().as_slice()),
            sessions::address.eq(new.address.as_deref()),
            sessions::user_agent.eq(new.user_agent.as_deref()),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(now.plus(super::ABSOLUTE)),
        ))
        .execute(c.db())?;
    Ok(())
}

type EntryRow = (
    SessionId,
    Option<String>,
    Option<String>,
    Timestamp,
    Timestamp,
);

/// Somebody's sessions in a company that are still good, the latest used first.
pub(in crate::identity) fn of_user(c: &mut ControlConn, user: UserId) -> Result<Vec<Entry>> {
    let now = c.now();
    let rows: Vec<EntryRow> = sessions::table
        .filter(sessions::user_id.eq(user))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now.minus(super::IDLE)))
        .select((
            sessions::id,
            sessions::address,
            sessions::user_agent,
            sessions::created_at,
            sessions::last_seen_at,
        ))
        .order((sessions::last_seen_at.desc(), sessions::id))
        .load(c.db())?;
    Ok(rows
        .into_iter()
        .map(
            |(id, address, user_agent, created_at, last_seen_at)| Entry {
                id,
                address,
                user_agent,
                created_at,
                last_seen_at,
            },
        )
        .collect())
}

/// Ends the session of a token.
pub(in crate::identity) fn end_by_token(c: &mut ControlConn, token: &HashedToken) -> Result<()> {
    diesel::delete(sessions::table.filter(sessions::token_hash.eq(token.as_bytes().as_slice())))
        .execute(c.db())?;
    Ok(())
}

/// Ends one of somebody's sessions; says whether there was one.
pub(in crate::identity) fn end_one(
    c: &mut ControlConn,
    user: UserId,
    id: SessionId,
) -> Result<bool> {
    let ended = diesel::delete(
        sessions::table
            .filter(sessions::id.eq(id))
            .filter(sessions::user_id.eq(user)),
    )
    .execute(c.db())?;
    Ok(ended > 0)
}

/// Ends somebody's sessions, but the one to keep; says how many there were.
pub(in crate::identity) fn end_all(
    c: &mut ControlConn,
    user: UserId,
    keep: Option<SessionId>,
) -> Result<usize> {
    let all = sessions::table.filter(sessions::user_id.eq(user));
    Ok(match keep {
        Some(keep) => diesel::delete(all.filter(sessions::id.ne(keep))).execute(c.db())?,
        None => diesel::delete(all).execute(c.db())?,
    })
}

/// Ends somebody's sessions in one company.
pub(in crate::identity) fn end_in(
    c: &mut ControlConn,
    tenant: TenantId,
    user: UserId,
) -> Result<()> {
    diesel::delete(
        sessions::table
            .filter(sessions::user_id.eq(user))
            .filter(sessions::tenant_id.eq(tenant)),
    )
    .execute(c.db())?;
    Ok(())
}

/// Gives a session another token: what the old one opened, it opens no more.
pub(in crate::identity) fn rotate(
    c: &mut ControlConn,
    id: SessionId,
    token: &HashedToken,
) -> Result<()> {
    diesel::update(sessions::table.filter(sessions::id.eq(id)))
        .set(sessions::token_hash.eq(token.as_bytes().as_slice()))
        .execute(c.db())?;
    Ok(())
}

/// Moves a session to another company, under another token.
pub(in crate::identity) fn switch(
    c: &mut ControlConn,
    id: SessionId,
    tenant: TenantId,
    token: &HashedToken,
) -> Result<()> {
    diesel::update(sessions::table.filter(sessions::id.eq(id)))
        .set((
            sessions::tenant_id.eq(tenant),
            sessions::token_hash.eq(token.as_bytes().as_slice()),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Notes when a session was last used; never backwards.
pub(in crate::identity) fn seen(c: &mut ControlConn, id: SessionId, at: Timestamp) -> Result<()> {
    diesel::update(
        sessions::table
            .filter(sessions::id.eq(id))
            .filter(sessions::last_seen_at.lt(at)),
    )
    .set(sessions::last_seen_at.eq(at))
    .execute(c.db())?;
    Ok(())
}

/// Deletes sessions that ended by themselves.
pub(in crate::identity) fn sweep(c: &mut ControlConn) -> Result<usize> {
    let now = c.now();
    let over = sessions::expires_at
        .le(now)
        .or(sessions::last_seen_at.le(now.minus(super::IDLE)));
    Ok(diesel::delete(sessions::table.filter(over)).execute(c.db())?)
}

/// How many sessions a company's people have.
pub(in crate::identity) fn count_in(c: &mut ControlConn, tenant: TenantId) -> Result<i64> {
    Ok(sessions::table
        .filter(sessions::tenant_id.eq(tenant))
        .count()
        .get_result(c.db())?)
}
