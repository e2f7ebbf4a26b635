//! Operators, their sessions and keys: all SQL about them.

use diesel::prelude::*;

use super::model::{ABSOLUTE, IDLE, Key, Operator, Session};
use crate::actor::Origin;
use crate::clock::Timestamp;
use crate::crypto::{HashedApiKey, HashedPassword, HashedToken};
use crate::db::ControlConn;
use crate::db::schema::control::{operator_keys, operator_sessions, operators};
use crate::id::{OperatorId, OperatorKeyId, OperatorSessionId};
use crate::{Error, Result};

type OperatorRow = (
    OperatorId,
    String,
    String,
    String,
    Option<Timestamp>,
    Option<Timestamp>,
    Timestamp,
);

const OPERATOR: (
    operators::id,
    operators::email,
    operators::name,
    operators::password_hash,
    operators::disabled_at,
    operators::last_login_at,
    operators::created_at,
) = (
    operators::id,
    operators::email,
    operators::name,
    operators::password_hash,
    operators::disabled_at,
    operators::last_login_at,
    operators::created_at,
);

fn operator(row: OperatorRow) -> Result<Operator> {
    let (id, email, name, password, disabled_at, last_login_at, created_at) = row;
    Ok(Operator {
        id,
        email,
        name,
        password: HashedPassword::parse(&password)?,
        disabled_at,
        last_login_at,
        created_at,
    })
}

/// Every operator, by address.
pub(super) fn all(c: &mut ControlConn) -> Result<Vec<Operator>> {
    let rows: Vec<OperatorRow> = operators::table
        .select(OPERATOR)
        .order(operators::email)
        .load(c.db())?;
    rows.into_iter().map(operator).collect()
}

/// An operator by their address.
pub(super) fn by_email(c: &mut ControlConn, email: &str) -> Result<Option<Operator>> {
    let row: Option<OperatorRow> = operators::table
        .filter(operators::email.eq(email))
        .select(OPERATOR)
        .first(c.db())
        .optional()?;
    row.map(operator).transpose()
}

/// Enters an operator.
pub(super) fn insert(
    c: &mut ControlConn,
    id: OperatorId,
    email: &str,
    name: &str,
    password: &HashedPassword,
) -> Result<()> {
    let now = c.now();
    diesel::insert_into(operators::table)
        .values((
            operators::id.eq(id),
            operators::email.eq(email),
            operators::name.eq(name),
            operators::password_hash.eq(password.as_str()),
            operators::created_at.eq(now),
            operators::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Shuts an operator out or lets them in again; their session ends.
pub(super) fn set_disabled(
    c: &mut ControlConn,
    id: OperatorId,
    disabled_at: Option<Timestamp>,
) -> Result<()> {
    let now = c.now();
    diesel::update(operators::table.filter(operators::id.eq(id)))
        .set((
            operators::disabled_at.eq(disabled_at),
            operators::updated_at.eq(now),
        ))
        .execute(c.db())?;
    end_sessions(c, id)
}

/// Writes a password's hash; their session ends.
pub(super) fn set_password(
    c: &mut ControlConn,
    id: OperatorId,
    password: &HashedPassword,
) -> Result<()> {
    let now = c.now();
    diesel::update(operators::table.filter(operators::id.eq(id)))
        .set((
            operators::password_hash.eq(password.as_str()),
            operators::updated_at.eq(now),
        ))
        .execute(c.db())?;
    end_sessions(c, id)
}

/// Ends whatever session an operator has.
fn end_sessions(c: &mut ControlConn, id: OperatorId) -> Result<()> {
    diesel::delete(operator_sessions::table.filter(operator_sessions::operator_id.eq(id)))
        .execute(c.db())?;
    Ok(())
}

/// Begins a session; the one before, wherever it was, ends. Sessions that ended by themselves go along.
pub(super) fn begin(
    c: &mut ControlConn,
    operator: OperatorId,
    token: &HashedToken,
    origin: &Origin,
) -> Result<()> {
    let now = c.now();
    end_sessions(c, operator)?;
    let over = operator_sessions::expires_at
        .le(now)
        .or(operator_sessions::last_seen_at.le(now.minus(IDLE)));
    diesel::delete(operator_sessions::table.filter(over)).execute(c.db())?;
    diesel::insert_into(operator_sessions::table)
        .values((
            operator_sessions::id.eq(OperatorSessionId::new(now)),
            operator_sessions::operator_id.eq(operator),
            operator_sessions::token_hash.eq(token.as_bytes().as_slice()),
            operator_sessions::address.eq(origin.address.as_deref()),
            operator_sessions::user_agent.eq(origin.user_agent.as_deref()),
            operator_sessions::created_at.eq(now),
            operator_sessions::last_seen_at.eq(now),
            operator_sessions::expires_at.eq(now.plus(ABSOLUTE)),
        ))
        .execute(c.db())?;
    diesel::update(operators::table.filter(operators::id.eq(operator)))
        .set(operators::last_login_at.eq(Some(now)))
        .execute(c.db())?;
    Ok(())
}

/// The session of a token, with its operator as they are now.
pub(super) fn session(c: &mut ControlConn, token: &HashedToken) -> Result<Option<Session>> {
    let row: Option<(OperatorSessionId, Timestamp, Timestamp, OperatorRow)> =
        operator_sessions::table
            .inner_join(operators::table.on(operators::id.eq(operator_sessions::operator_id)))
            .filter(operator_sessions::token_hash.eq(token.as_bytes().as_slice()))
            .select((
                operator_sessions::id,
                operator_sessions::last_seen_at,
                operator_sessions::expires_at,
                OPERATOR,
            ))
            .first(c.db())
            .optional()?;
    row.map(|(id, last_seen_at, expires_at, row)| {
        Ok(Session {
            id,
            operator: operator(row)?,
            last_seen_at,
            expires_at,
        })
    })
    .transpose()
}

/// Ends a session.
pub(super) fn end(c: &mut ControlConn, id: OperatorSessionId) -> Result<()> {
    diesel::delete(operator_sessions::table.filter(operator_sessions::id.eq(id)))
        .execute(c.db())?;
    Ok(())
}

/// Notes that a session was used just now.
pub(super) fn seen(c: &mut ControlConn, id: OperatorSessionId) -> Result<()> {
    let now = c.now();
    diesel::update(operator_sessions::table.filter(operator_sessions::id.eq(id)))
        .set(operator_sessions::last_seen_at.eq(now))
        .execute(c.db())?;
    Ok(())
}

type KeyRow = (
    OperatorKeyId,
    String,
    String,
    Vec<u8>,
    Timestamp,
    Option<Timestamp>,
    Option<Timestamp>,
);

const KEY: (
    operator_keys::id,
    operator_keys::name,
    operator_keys::public_id,
    operator_keys::secret_hash,
    operator_keys::created_at,
    operator_keys::last_used_at,
    operator_keys::revoked_at,
) = (
    operator_keys::id,
    operator_keys::name,
    operator_keys::public_id,
    operator_keys::secret_hash,
    operator_keys::created_at,
    operator_keys::last_used_at,
    operator_keys::revoked_at,
);

fn key(row: KeyRow) -> Result<Key> {
    let (id, name, public_id, hash, created_at, last_used_at, revoked_at) = row;
    let hash = hash
        .try_into()
        .map_err(|_| Error::internal(format!("the secret of {id} cannot be read")))?;
    Ok(Key {
        id,
        name,
        public_id,
        hash: HashedApiKey::from_bytes(hash),
        created_at,
        last_used_at,
        revoked_at,
    })
}

/// Every key, the newest first.
pub(super) fn keys(c: &mut ControlConn) -> Result<Vec<Key>> {
    let rows: Vec<KeyRow> = operator_keys::table
        .select(KEY)
        .order(operator_keys::id.desc())
        .load(c.db())?;
    rows.into_iter().map(key).collect()
}

/// A key by its public part.
pub(super) fn key_by_public_id(c: &mut ControlConn, public_id: &str) -> Result<Option<Key>> {
    let row: Option<KeyRow> = operator_keys::table
        .filter(operator_keys::public_id.eq(public_id))
        .select(KEY)
        .first(c.db())
        .optional()?;
    row.map(key).transpose()
}

/// Enters a key.
pub(super) fn insert_key(c: &mut ControlConn, key: &Key, created_by: &str) -> Result<()> {
    diesel::insert_into(operator_keys::table)
        .values((
            operator_keys::id.eq(key.id),
            operator_keys::name.eq(&key.name),
            operator_keys::public_id.eq(&key.public_id),
            operator_keys::secret_hash.eq(key.hash.as_bytes().as_slice()),
            operator_keys::created_by.eq(created_by),
            operator_keys::created_at.eq(key.created_at),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Revokes the live key of this name; says which it was.
pub(super) fn revoke_key(c: &mut ControlConn, name: &str) -> Result<Option<OperatorKeyId>> {
    let now = c.now();
    let id: Option<OperatorKeyId> = operator_keys::table
        .filter(operator_keys::name.eq(name))
        .filter(operator_keys::revoked_at.is_null())
        .select(operator_keys::id)
        .first(c.db())
        .optional()?;
    if let Some(id) = id {
        diesel::update(operator_keys::table.filter(operator_keys::id.eq(id)))
            .set(operator_keys::revoked_at.eq(Some(now)))
            .execute(c.db())?;
    }
    Ok(id)
}

/// Notes that a key was used just now.
pub(super) fn key_used(c: &mut ControlConn, id: OperatorKeyId) -> Result<()> {
    let now = c.now();
    diesel::update(operator_keys::table.filter(operator_keys::id.eq(id)))
        .set(operator_keys::last_used_at.eq(Some(now)))
        .execute(c.db())?;
    Ok(())
}
