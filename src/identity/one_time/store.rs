//! One-time links: all SQL about them.

use diesel::prelude::*;

use super::{NewOneTime, OneTime, Purpose};
use crate::Result;
use crate::clock::Timestamp;
use crate::crypto::HashedToken;
use crate::db::ControlConn;
use crate::db::schema::control::one_times;
use crate::id::{OneTimeId, TenantId, UserId};

/// Issues a link. Earlier ones for the same purpose and person die.
pub(in crate::identity) fn issue(c: &mut ControlConn, new: &NewOneTime<'_>) -> Result<()> {
    kill(c, new.purpose, new.user)?;
    let now = c.now();
    diesel::insert_into(one_times::table)
        .values((
            one_times::id.eq(OneTimeId::new(now)),
            one_times::purpose.eq(new.purpose.as_str()),
            one_times::token_hash.eq(new.token.as_bytes().as_slice()),
            one_times::user_id.eq(new.user),
            one_times::expires_at.eq(now.plus(new.purpose.lifetime())),
            one_times::created_at.eq(now),
            one_times::tenant_id.eq(new.tenant),
            one_times::proves.eq(new.proves),
        ))
        .execute(c.db())?;
    Ok(())
}

type Row = (
    OneTimeId,
    Vec<u8>,
    Option<UserId>,
    Timestamp,
    Option<TenantId>,
    bool,
);

/// The link of a token, if it can still be used.
pub(in crate::identity) fn usable(
    c: &mut ControlConn,
    purpose: Purpose,
    token: &HashedToken,
) -> Result<Option<OneTime>> {
    let now = c.now();
    let row: Option<Row> = one_times::table
        .filter(one_times::token_hash.eq(token.as_bytes().as_slice()))
        .filter(one_times::purpose.eq(purpose.as_str()))
        .filter(one_times::used_at.is_null())
        .filter(one_times::expires_at.gt(now))
        .select((
            one_times::id,
            one_times::token_hash,
            one_times::user_id,
            one_times::expires_at,
            one_times::tenant_id,
            one_times::proves,
        ))
        .first(c.db())
        .optional()?;
    Ok(
        row.and_then(|(id, hash, user, expires_at, tenant, proves)| {
            // The index found it by the hash of a random secret; the comparison that decides takes the same time wherever they differ.
            let held = HashedToken::from_bytes(hash.try_into().ok()?);
            (held == *token).then_some(OneTime {
                id,
                user,
                expires_at,
                tenant,
                proves,
            })
        }),
    )
}

/// Uses a link up.
pub(in crate::identity) fn use_up(c: &mut ControlConn, id: OneTimeId) -> Result<()> {
    let now = c.now();
    diesel::update(one_times::table.filter(one_times::id.eq(id)))
        .set(one_times::used_at.eq(now))
        .execute(c.db())?;
    Ok(())
}

/// Kills every unused link for a purpose: of one person, or those that belong to nobody.
pub(in crate::identity) fn kill(
    c: &mut ControlConn,
    purpose: Purpose,
    user: Option<UserId>,
) -> Result<()> {
    let now = c.now();
    let open = one_times::table
        .filter(one_times::purpose.eq(purpose.as_str()))
        .filter(one_times::used_at.is_null());
    match user {
        Some(user) => diesel::update(open.filter(one_times::user_id.eq(user)))
            .set(one_times::used_at.eq(now))
            .execute(c.db())?,
        None => diesel::update(open.filter(one_times::user_id.is_null()))
            .set(one_times::used_at.eq(now))
            .execute(c.db())?,
    };
    Ok(())
}

/// Kills every unused link of a person, whatever it was for.
pub(in crate::identity) fn kill_all_of(c: &mut ControlConn, user: UserId) -> Result<()> {
    let now = c.now();
    diesel::update(
        one_times::table
            .filter(one_times::user_id.eq(user))
            .filter(one_times::used_at.is_null()),
    )
    .set(one_times::used_at.eq(now))
    .execute(c.db())?;
    Ok(())
}

/// Deletes links that are long over.
pub(in crate::identity) fn sweep(c: &mut ControlConn, before: Timestamp) -> Result<usize> {
    Ok(
        diesel::delete(one_times::table.filter(one_times::expires_at.lt(before)))
            .execute(c.db())?,
    )
}
