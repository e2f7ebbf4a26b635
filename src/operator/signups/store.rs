//! Sign-ups and what blocks them: all SQL about them.

use diesel::prelude::*;

use super::{LIFETIME, Signup, State};
use crate::clock::Timestamp;
use crate::crypto::HashedToken;
use crate::db::ControlConn;
use crate::db::schema::control::{signup_blocks, signups};
use crate::id::SignupId;
use crate::{Error, Result};

type Row = (
    SignupId,
    String,
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Timestamp,
);

const COLUMNS: (
    signups::id,
    signups::company,
    signups::slug,
    signups::name,
    signups::email,
    signups::password_hash,
    signups::state,
    signups::reason,
    signups::address,
    signups::decided_by,
    signups::created_at,
) = (
    signups::id,
    signups::company,
    signups::slug,
    signups::name,
    signups::email,
    signups::password_hash,
    signups::state,
    signups::reason,
    signups::address,
    signups::decided_by,
    signups::created_at,
);

fn signup(row: Row) -> Result<Signup> {
    let (id, company, slug, name, email, password, state, reason, address, decided_by, created_at) =
        row;
    let state = State::read(&state)
        .ok_or_else(|| Error::internal(format!("the state of {id} cannot be read")))?;
    Ok(Signup {
        id,
        company,
        slug,
        name,
        email,
        password,
        state,
        reason,
        address,
        decided_by,
        created_at,
    })
}

/// How many wait for an operator.
pub(in crate::operator) fn waiting(c: &mut ControlConn) -> Result<u64> {
    let waiting: i64 = signups::table
        .filter(signups::state.eq(State::Waiting.as_str()))
        .count()
        .get_result(c.db())?;
    Ok(u64::try_from(waiting).unwrap_or_default())
}

/// Enters a sign-up; those whose link ran out unused go.
pub(super) fn insert(c: &mut ControlConn, new: &Signup, token: &HashedToken) -> Result<()> {
    let now = c.now();
    diesel::delete(
        signups::table
            .filter(signups::state.eq(State::Asked.as_str()))
            .filter(signups::expires_at.lt(now)),
    )
    .execute(c.db())?;
    diesel::insert_into(signups::table)
        .values((
            signups::id.eq(new.id),
            signups::company.eq(&new.company),
            signups::slug.eq(&new.slug),
            signups::name.eq(&new.name),
            signups::email.eq(&new.email),
            signups::password_hash.eq(&new.password),
            signups::token_hash.eq(token.as_bytes().as_slice()),
            signups::state.eq(new.state.as_str()),
            signups::address.eq(new.address.as_deref()),
            signups::expires_at.eq(now.plus(LIFETIME)),
            signups::created_at.eq(now),
            signups::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// The sign-up of a link, unless the link ran out unused.
pub(super) fn by_token(c: &mut ControlConn, token: &HashedToken) -> Result<Option<Signup>> {
    let now = c.now();
    let row: Option<Row> = signups::table
        .filter(signups::token_hash.eq(token.as_bytes().as_slice()))
        .filter(
            signups::state
                .ne(State::Asked.as_str())
                .or(signups::expires_at.gt(now)),
        )
        .select(COLUMNS)
        .first(c.db())
        .optional()?;
    row.map(signup).transpose()
}

/// A sign-up.
pub(super) fn by_id(c: &mut ControlConn, id: SignupId) -> Result<Option<Signup>> {
    let row: Option<Row> = signups::table
        .filter(signups::id.eq(id))
        .select(COLUMNS)
        .first(c.db())
        .optional()?;
    row.map(signup).transpose()
}

/// Takes a sign-up from one state to the next, if it still stands there: of two who try, one does.
pub(super) fn step(c: &mut ControlConn, id: SignupId, from: State, to: State) -> Result<bool> {
    let now = c.now();
    let changed = diesel::update(
        signups::table
            .filter(signups::id.eq(id))
            .filter(signups::state.eq(from.as_str())),
    )
    .set((signups::state.eq(to.as_str()), signups::updated_at.eq(now)))
    .execute(c.db())?;
    Ok(changed == 1)
}

/// Notes who decided and why, and lets go of the password's hash.
pub(super) fn close(
    c: &mut ControlConn,
    id: SignupId,
    by: Option<&str>,
    reason: Option<&str>,
) -> Result<()> {
    diesel::update(signups::table.filter(signups::id.eq(id)))
        .set((
            signups::password_hash.eq(""),
            signups::decided_by.eq(by),
            signups::reason.eq(reason),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Sign-ups in one state or any, the newest first, older than `after`.
pub(super) fn page(
    c: &mut ControlConn,
    state: Option<State>,
    after: Option<SignupId>,
    limit: i64,
) -> Result<Vec<Signup>> {
    let mut wanted = signups::table.select(COLUMNS).into_boxed();
    if let Some(state) = state {
        wanted = wanted.filter(signups::state.eq(state.as_str()));
    }
    if let Some(after) = after {
        wanted = wanted.filter(signups::id.lt(after));
    }
    let rows: Vec<Row> = wanted.order(signups::id.desc()).limit(limit).load(c.db())?;
    rows.into_iter().map(signup).collect()
}

/// Everything that is blocked: `domain` or `slug`, and its value.
pub(super) fn blocks(c: &mut ControlConn) -> Result<Vec<(String, String)>> {
    Ok(signup_blocks::table
        .select((signup_blocks::kind, signup_blocks::value))
        .order((signup_blocks::kind, signup_blocks::value))
        .load(c.db())?)
}

/// Whether a value is blocked.
pub(super) fn is_blocked(c: &mut ControlConn, kind: &str, value: &str) -> Result<bool> {
    let found: i64 = signup_blocks::table
        .filter(signup_blocks::kind.eq(kind))
        .filter(signup_blocks::value.eq(value))
        .count()
        .get_result(c.db())?;
    Ok(found > 0)
}

/// That neither the slug nor the mail's provider is blocked now; both may be since somebody asked.
///
/// # Errors
/// [`Error::Conflict`] that names what is blocked.
pub(super) fn judge_blocks(c: &mut ControlConn, signup: &Signup) -> Result<()> {
    let domain = domain_of(&signup.email);
    for (kind, value) in [("slug", signup.slug.as_str()), ("domain", domain)] {
        if is_blocked(c, kind, value)? {
            return Err(Error::conflict(
                super::BLOCKED,
                format!(
                    "The {kind} {value} is blocked, so {} is not opened. Let it through first, or decline.",
                    signup.company
                ),
            ));
        }
    }
    Ok(())
}

/// The provider of a mail address.
pub(super) fn domain_of(email: &str) -> &str {
    email.split_once('@').map_or("", |(_, domain)| domain)
}

/// Blocks a value.
pub(super) fn block(c: &mut ControlConn, kind: &str, value: &str, by: &str) -> Result<()> {
    let now = c.now();
    diesel::insert_into(signup_blocks::table)
        .values((
            signup_blocks::kind.eq(kind),
            signup_blocks::value.eq(value),
            signup_blocks::created_by.eq(by),
            signup_blocks::created_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Lets a value through again; says whether it was blocked.
pub(super) fn unblock(c: &mut ControlConn, kind: &str, value: &str) -> Result<bool> {
    let gone = diesel::delete(
        signup_blocks::table
            .filter(signup_blocks::kind.eq(kind))
            .filter(signup_blocks::value.eq(value)),
    )
    .execute(c.db())?;
    Ok(gone > 0)
}
