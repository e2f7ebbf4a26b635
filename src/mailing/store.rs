//! The outbox's SQL. Both planes have the same table, so one set of statements serves both: the scoped connection's file
//! (SQLite) or search path (PostgreSQL) decides which plane's outbox a statement meets.

use diesel::expression::functions::declare_sql_function;
use diesel::prelude::*;
use diesel::sql_types::Text;

use super::mail::{Filter, State, StoredMail};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::schema::tenant::mails::{self, dsl};
use crate::db::{MultiBackend, Plane, Scoped, TenantConn};
use crate::id::MailId;

#[declare_sql_function]
extern "SQL" {
    fn lower(text: Text) -> Text;
}

#[derive(Queryable)]
struct Row {
    id: MailId,
    kind: String,
    to_address: String,
    subject: String,
    body_text: String,
    body_html: String,
    state: String,
    error: Option<String>,
    attempts: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    sent_at: Option<Timestamp>,
}

impl From<Row> for StoredMail {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            kind: row.kind,
            to: row.to_address,
            subject: row.subject,
            text: row.body_text,
            html: row.body_html,
            state: row.state,
            error: row.error,
            attempts: row.attempts,
            created_at: row.created_at,
            updated_at: row.updated_at,
            sent_at: row.sent_at,
        }
    }
}

pub(super) fn insert<P: Plane>(c: &mut Scoped<'_, P>, mail: &StoredMail) -> Result<()> {
    diesel::insert_into(mails::table)
        .values((
            dsl::id.eq(mail.id),
            dsl::kind.eq(&mail.kind),
            dsl::to_address.eq(&mail.to),
            dsl::subject.eq(&mail.subject),
            dsl::body_text.eq(&mail.text),
            dsl::body_html.eq(&mail.html),
            dsl::state.eq(&mail.state),
            dsl::error.eq(&mail.error),
            dsl::attempts.eq(mail.attempts),
            dsl::created_at.eq(mail.created_at),
            dsl::updated_at.eq(mail.updated_at),
            dsl::sent_at.eq(mail.sent_at),
        ))
        .execute(c.db())?;
    Ok(())
}

pub(super) fn mail<P: Plane>(c: &mut Scoped<'_, P>, id: MailId) -> Result<Option<StoredMail>> {
    let row: Option<Row> = mails::table.find(id).first(c.db()).optional()?;
    Ok(row.map(StoredMail::from))
}

/// What an attempt brought.
pub(super) fn tried<P: Plane>(
    c: &mut Scoped<'_, P>,
    id: MailId,
    state: State,
    error: Option<&str>,
) -> Result<()> {
    let now = c.now();
    let sent_at = (state == State::Sent).then_some(now);
    diesel::update(mails::table.find(id))
        .set((
            dsl::state.eq(state.as_str()),
            dsl::error.eq(error),
            dsl::attempts.eq(dsl::attempts + 1),
            dsl::updated_at.eq(now),
            dsl::sent_at.eq(sent_at),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Lets a mail wait again.
pub(super) fn wait_again<P: Plane>(c: &mut Scoped<'_, P>, id: MailId) -> Result<()> {
    let now = c.now();
    diesel::update(mails::table.find(id))
        .set((
            dsl::state.eq(State::Waiting.as_str()),
            dsl::error.eq(None::<String>),
            dsl::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Mails that fit a filter, newest first, after (that is, older than) `after`. Bodies stay sealed.
///
/// # Errors
/// Where the store fails.
pub fn page<P: Plane>(
    c: &mut Scoped<'_, P>,
    filter: &Filter,
    after: Option<MailId>,
    limit: i64,
) -> Result<Vec<StoredMail>> {
    let mut wanted = mails::table.into_boxed::<MultiBackend>();
    if let Some(state) = filter.state {
        wanted = wanted.filter(dsl::state.eq(state.as_str()));
    }
    if let Some(kind) = filter.kind.clone() {
        wanted = wanted.filter(dsl::kind.eq(kind));
    }
    if let Some(q) = &filter.q {
        let plain = q.to_lowercase().replace('\\', "\\\\");
        let pattern = format!("%{}%", plain.replace('%', "\\%").replace('_', "\\_"));
        wanted = wanted.filter(
            lower(dsl::to_address)
                .like(pattern.clone())
                .escape('\\')
                .or(lower(dsl::subject).like(pattern).escape('\\')),
        );
    }
    if let Some(after) = after {
        wanted = wanted.filter(dsl::id.lt(after));
    }
    let rows: Vec<Row> = wanted.order(dsl::id.desc()).limit(limit).load(c.db())?;
    Ok(rows.into_iter().map(StoredMail::from).collect())
}

/// How an outbox stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Not sent yet.
    pub waiting: i64,
    /// Waiting after a refusal.
    pub refused: i64,
    /// Given up.
    pub failed: i64,
    /// Kept because no server is set.
    pub logged: i64,
}

/// How this store's outbox stands.
///
/// # Errors
/// Where the store fails.
pub fn counts<P: Plane>(c: &mut Scoped<'_, P>) -> Result<Counts> {
    let mut count = |state: State| -> Result<i64> {
        Ok(mails::table
            .filter(dsl::state.eq(state.as_str()))
            .count()
            .get_result(c.db())?)
    };
    let (waiting, failed, logged) = (
        count(State::Waiting)?,
        count(State::Failed)?,
        count(State::Logged)?,
    );
    let refused = mails::table
        .filter(dsl::state.eq(State::Waiting.as_str()))
        .filter(dsl::error.is_not_null())
        .count()
        .get_result(c.db())?;
    Ok(Counts {
        waiting,
        refused,
        failed,
        logged,
    })
}

/// The oldest mail that left.
pub(super) fn first_gone(c: &mut TenantConn) -> Result<Option<MailId>> {
    let mut first = None;
    for state in [State::Sent, State::Logged] {
        let gone: Option<MailId> = mails::table
            .filter(dsl::state.eq(state.as_str()))
            .order(dsl::id.asc())
            .select(dsl::id)
            .first(c.db())
            .optional()?;
        first = [first, gone].into_iter().flatten().min();
    }
    Ok(first)
}

/// Forgets mails that left before `before`, at most `most` at once; says how many. What was not sent stays.
pub(super) fn forget<P: Plane>(c: &mut Scoped<'_, P>, before: MailId, most: i64) -> Result<usize> {
    let old: Vec<MailId> = mails::table
        .filter(dsl::state.eq_any([State::Sent.as_str(), State::Logged.as_str()]))
        .filter(dsl::id.lt(before))
        .select(dsl::id)
        .limit(most)
        .load(c.db())?;
    if old.is_empty() {
        return Ok(0);
    }
    Ok(diesel::delete(mails::table.filter(dsl::id.eq_any(old))).execute(c.db())?)
}
