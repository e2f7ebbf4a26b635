//! The trail's SQL. Tables of both planes have one shape, so one set of statements serves both: the scoped connection's
//! file (SQLite) or search path (PostgreSQL) decides which plane's table a statement meets.

use diesel::dsl::sql;
use diesel::expression::functions::declare_sql_function;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Nullable, Text};

use super::company_store;
use super::event::Event;
use super::filter::Filter;
use crate::Result;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::db::portable::each;
use crate::db::schema::tenant::audit_events::{self, dsl};
use crate::db::types::Key;
use crate::db::{MultiBackend, Plane, Scoped};
use crate::id::AuditEventId;

#[declare_sql_function]
extern "SQL" {
    fn lower(text: Nullable<Text>) -> Nullable<Text>;
}

/// The control plane, as its connections call it.
const CONTROL: &str = "control";
/// Matches take this many steps of a record's history at most.
const HISTORY_LIMIT: i64 = 200;

/// A recorded event.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct AuditEvent {
    /// Its id; ids sort by time.
    pub id: AuditEventId,
    /// When.
    pub at: Timestamp,
    /// What kind of actor.
    pub actor_kind: String,
    /// The actor's id, where they have one.
    pub actor_id: Option<String>,
    /// The actor's name at that time.
    pub actor_name: String,
    /// `noun.verb`.
    pub action: String,
    /// What it happened to: its kind …
    pub target_kind: Option<String>,
    /// … its id …
    pub target_id: Option<String>,
    /// … and its name at that time.
    pub target_name: Option<String>,
    /// The part of the product.
    pub product: Option<String>,
    /// Changed fields, as JSON text.
    pub changes: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = audit_events, treat_none_as_default_value = false)]
pub(super) struct NewEvent<'a> {
    pub(super) id: AuditEventId,
    pub(super) at: Timestamp,
    pub(super) actor_kind: &'a str,
    pub(super) actor_id: Option<&'a str>,
    pub(super) actor_name: &'a str,
    pub(super) action: &'a str,
    pub(super) target_kind: Option<&'a str>,
    pub(super) target_id: Option<&'a str>,
    pub(super) target_name: Option<&'a str>,
    pub(super) product: Option<&'a str>,
    pub(super) changes: Option<&'a str>,
    pub(super) address: Option<&'a str>,
    pub(super) user_agent: Option<&'a str>,
    pub(super) request_id: Option<&'a str>,
}

pub(super) fn insert<P: Plane>(
    c: &mut Scoped<'_, P>,
    actor: &Actor,
    event: &Event,
    changes: Option<&str>,
) -> Result<()> {
    let at = c.now();
    let row = NewEvent {
        id: AuditEventId::new(at),
        at,
        actor_kind: actor.kind.as_str(),
        actor_id: actor.id.as_deref(),
        actor_name: &actor.name,
        action: event.action,
        target_kind: event.target_kind,
        target_id: event.target_id.as_deref(),
        target_name: event.target_name.as_deref(),
        product: event.product,
        changes,
        address: actor.origin.address.as_deref(),
        user_agent: actor.origin.user_agent.as_deref(),
        request_id: actor.origin.request_id.as_deref(),
    };
    match event.company {
        // Of both tables the control plane's alone says whose people see an event.
        Some(company) if P::NAME == CONTROL => company_store::insert(c, &row, company),
        _ => {
            each!(c.db(), |conn| diesel::insert_into(audit_events::table)
                .values(&row)
                .execute(conn))?;
            Ok(())
        }
    }
}

/// Events that fit a filter, newest first, after (that is, older than) `after`.
///
/// # Errors
/// Where the store fails.
pub fn page<P: Plane>(
    c: &mut Scoped<'_, P>,
    filter: &Filter,
    after: Option<AuditEventId>,
    limit: i64,
) -> Result<Vec<AuditEvent>> {
    let mut wanted = filtered(filter);
    if let Some(after) = after {
        wanted = wanted.filter(dsl::id.lt(after));
    }
    Ok(wanted.order(dsl::id.desc()).limit(limit).load(c.db())?)
}

/// How many events fit a filter.
///
/// # Errors
/// Where the store fails.
pub fn count<P: Plane>(c: &mut Scoped<'_, P>, filter: &Filter) -> Result<i64> {
    Ok(filtered(filter).count().get_result(c.db())?)
}

/// What happened to one record, newest first; its id in text form.
///
/// # Errors
/// Where the store fails.
pub fn history_of<P: Plane>(
    c: &mut Scoped<'_, P>,
    target: &impl ToString,
) -> Result<Vec<AuditEvent>> {
    Ok(audit_events::table
        .filter(dsl::target_id.eq(target.to_string()))
        .order(dsl::id.desc())
        .limit(HISTORY_LIMIT)
        .load(c.db())?)
}

/// What failed last and is not mended: the newest event of this target, where its action ends in `.failed`.
///
/// # Errors
/// Where the store fails.
pub fn standing_failure<P: Plane>(
    c: &mut Scoped<'_, P>,
    target: &str,
) -> Result<Option<AuditEvent>> {
    let newest: Option<AuditEvent> = audit_events::table
        .filter(dsl::target_id.eq(target))
        .order(dsl::id.desc())
        .first(c.db())
        .optional()?;
    Ok(newest.filter(|event| event.action.ends_with(".failed")))
}

fn filtered(filter: &Filter) -> audit_events::BoxedQuery<'static, MultiBackend> {
    let mut wanted = audit_events::table.into_boxed::<MultiBackend>();
    if let Some(company) = filter.company {
        // The control plane's column; the company's own trail is nobody else's.
        wanted = wanted.filter(sql::<Bool>("tenant_id = ").bind::<Key, _>(company));
    }
    if let Some(actor) = filter.actor.clone() {
        wanted = wanted.filter(
            dsl::actor_id
                .eq(actor.clone())
                .or(dsl::actor_name.eq(actor.clone()))
                .or(dsl::actor_kind.eq(actor)),
        );
    }
    if let Some(action) = &filter.action {
        wanted = match action.trim_end_matches(['*', '.']) {
            noun if !noun.contains('.') => wanted.filter(
                dsl::action
                    .like(format!("{}.%", escaped(noun)))
                    .escape('\\'),
            ),
            _ => wanted.filter(dsl::action.eq(action.clone())),
        };
    }
    if let Some(target) = filter.target.clone() {
        wanted = wanted.filter(
            dsl::target_id
                .eq(target.clone())
                .or(dsl::target_kind.eq(target)),
        );
    }
    if let Some(product) = filter.product.clone() {
        wanted = wanted.filter(dsl::product.eq(product));
    }
    // Ids begin with their time, so a range of time is a range of the primary key.
    if let Some(since) = filter.since {
        wanted = wanted
            .filter(dsl::id.ge(AuditEventId::floor(since)))
            .filter(dsl::at.ge(since));
    }
    if let Some(until) = filter.until {
        wanted = wanted
            .filter(dsl::at.lt(until))
            .filter(dsl::id.lt(AuditEventId::floor(
                until.plus(std::time::Duration::from_millis(1)),
            )));
    }
    if let Some(q) = &filter.q {
        let pattern = format!("%{}%", escaped(&q.to_lowercase()));
        wanted = wanted.filter(
            lower(dsl::actor_name.nullable())
                .like(pattern.clone())
                .escape('\\')
                .or(lower(dsl::target_name).like(pattern.clone()).escape('\\'))
                .or(dsl::action.like(pattern.clone()).escape('\\'))
                .or(dsl::target_id.like(pattern.clone()).escape('\\'))
                .or(lower(dsl::request_id).like(pattern.clone()).escape('\\'))
                .or(dsl::address.like(pattern).escape('\\')),
        );
    }
    wanted
}

/// Text that matches itself in LIKE.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
