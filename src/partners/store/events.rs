//! Events and whose work they were.

use diesel::prelude::*;
use diesel::sql_types::BigInt;

use super::{after, money, programs, project};
use crate::clock::Timestamp;
use crate::db::portable::each;
use crate::db::schema::tenant::{attributions, events};
use crate::db::types::Key;
use crate::db::{MultiBackend, TenantConn};
use crate::id::{
    AttributionId, ClickId, CustomerId, EnrolmentId, EventId, LinkId, PartnerId, ProgramId,
    ProjectId,
};
use crate::money::Currency;
use crate::partners::model::{Attribution, Event, Outcome};
use crate::web::{Cursor, Page, Paging};
use crate::{Error, Result};

/// The whole of an event in millionths: last click gives it to one.
pub(super) const WHOLE_PPM: i64 = 1_000_000;

type Row = (
    EventId,
    String,
    Option<CustomerId>,
    Option<ClickId>,
    Option<EventId>,
    String,
    Option<i64>,
    Option<Currency>,
    Timestamp,
    Option<String>,
    String,
    Option<Outcome>,
    Timestamp,
);

/// An event and what its request was.
pub struct Kept {
    /// The event.
    pub event: Event,
    /// The fingerprint of the request that made it.
    pub fingerprint: String,
}

fn read(row: Row) -> Result<Kept> {
    let (
        id,
        kind,
        customer_id,
        click_id,
        refunds_event_id,
        external_id,
        amount,
        currency,
        occurred_at,
        metadata,
        fingerprint,
        outcome,
        created_at,
    ) = row;
    let metadata = metadata
        .map(|text| serde_json::from_str(&text))
        .transpose()
        .map_err(|e| Error::Internal(Box::new(e)))?;
    let event = Event {
        id,
        kind,
        customer_id,
        click_id,
        refunds_event_id,
        external_id,
        value: money(amount, currency),
        occurred_at,
        metadata,
        outcome,
        created_at,
    };
    Ok(Kept { event, fingerprint })
}

/// Which events a list shows.
#[derive(Debug, Clone, Default)]
pub struct EventFilter {
    /// Of this type.
    pub kind: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// Of this customer.
    pub customer: Option<CustomerId>,
    /// With this id of the company's.
    pub external_id: Option<String>,
    /// Given to this partner.
    pub partner: Option<PartnerId>,
    /// Given in this programme.
    pub program: Option<ProgramId>,
    /// Reported from this time on.
    pub since: Option<Timestamp>,
    /// Reported before this time.
    pub until: Option<Timestamp>,
}

/// Adds one.
pub fn insert(c: &mut TenantConn, event: &Event, fingerprint: &str) -> Result<()> {
    each!(c.db(), |conn| diesel::insert_into(events::table)
        .values((
            events::id.eq(event.id),
            events::kind.eq(&event.kind),
            events::customer_id.eq(event.customer_id),
            events::click_id.eq(event.click_id),
            events::refunds_event_id.eq(event.refunds_event_id),
            events::external_id.eq(&event.external_id),
            events::amount_minor.eq(event.value.map(|value| value.amount_minor)),
            events::currency.eq(event.value.map(|value| value.currency)),
            events::occurred_at.eq(event.occurred_at),
            events::metadata.eq(event.metadata.as_ref().map(ToString::to_string)),
            events::fingerprint.eq(fingerprint),
            events::outcome.eq(event.outcome),
            events::created_at.eq(event.created_at),
        ))
        .execute(conn))?;
    Ok(())
}

/// Says again what attribution made of an event.
pub fn set_outcome(c: &mut TenantConn, id: EventId, outcome: Outcome) -> Result<()> {
    diesel::update(events::table.find(id))
        .set(events::outcome.eq(outcome))
        .execute(c.db())?;
    Ok(())
}

/// One by its id.
pub fn find(c: &mut TenantConn, id: EventId) -> Result<Option<Event>> {
    let row = events::table.find(id).first::<Row>(c.db()).optional()?;
    match row.map(read).transpose()? {
        Some(kept) if is_seen(c, &kept.event)? => Ok(Some(kept.event)),
        _ => Ok(None),
    }
}

/// Whether an event, or the sale a refund is of, went to a programme the caller sees: what went to nobody is of no project.
fn is_seen(c: &mut TenantConn, event: &Event) -> Result<bool> {
    let sale = [event.refunds_event_id.unwrap_or(event.id)];
    Ok(project(c).is_none() || !attributions_of(c, &sale)?.is_empty())
}

/// Whether what became of an event may be told to whoever reports it again: not where it went to another project since.
pub fn may_be_told(c: &mut TenantConn, event: &Event) -> Result<bool> {
    let is_nobodys = event.refunds_event_id.is_none() && event.outcome != Some(Outcome::Attributed);
    Ok(is_nobodys || is_seen(c, event)?)
}

/// One by the company's id of it, with its fingerprint.
pub fn find_external(c: &mut TenantConn, external_id: &str) -> Result<Option<Kept>> {
    let row = each!(c.db(), |conn| events::table
        .filter(events::external_id.eq(external_id))
        .first::<Row>(conn))
    .optional()?;
    row.map(read).transpose()
}

/// A customer's events that went to nobody, from a time on.
pub fn unattributed(
    c: &mut TenantConn,
    customer: CustomerId,
    since: Timestamp,
    most: i64,
) -> Result<Vec<Event>> {
    let rows = events::table
        .filter(events::customer_id.eq(customer))
        .filter(events::outcome.is_not_null())
        .filter(events::outcome.ne(Outcome::Attributed))
        .filter(events::occurred_at.ge(since))
        .order(events::id.desc())
        .limit(most)
        .load::<Row>(c.db())?;
    rows.into_iter().map(|row| Ok(read(row)?.event)).collect()
}

/// What of a sale was refunded, and in how many parts.
pub fn refunded(c: &mut TenantConn, sale: EventId) -> Result<(i64, usize)> {
    #[derive(diesel::QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        amount: i64,
        #[diesel(sql_type = BigInt)]
        parts: i64,
    }
    let sum: Sum = diesel::sql_query(
        "SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS amount, COUNT(*) AS parts FROM events WHERE refunds_event_id = $1",
    )
    .bind::<Key, _>(sale)
    .get_result(c.db())?;
    Ok((sum.amount, usize::try_from(sum.parts).unwrap_or(0)))
}

fn filtered(
    filter: &EventFilter,
    limit: Option<ProjectId>,
) -> events::BoxedQuery<'static, MultiBackend> {
    let mut query = events::table.into_boxed::<MultiBackend>();
    if let Some(project) = limit {
        let theirs =
            || attributions::table.filter(attributions::program_id.eq_any(programs_of!(project)));
        query = query.filter(
            events::id
                .eq_any(theirs().select(attributions::event_id))
                .or(events::refunds_event_id
                    .eq_any(theirs().select(attributions::event_id.nullable()))),
        );
    }
    if let Some(kind) = &filter.kind {
        query = query.filter(events::kind.eq(kind.clone()));
    }
    if let Some(outcome) = filter.outcome {
        query = query.filter(events::outcome.eq(outcome));
    }
    if let Some(customer) = filter.customer {
        query = query.filter(events::customer_id.eq(customer));
    }
    if let Some(external_id) = &filter.external_id {
        query = query.filter(events::external_id.eq(external_id.clone()));
    }
    if let Some(partner) = filter.partner {
        let theirs = attributions::table
            .filter(attributions::partner_id.eq(partner))
            .select(attributions::event_id);
        query = query.filter(events::id.eq_any(theirs));
    }
    if let Some(program) = filter.program {
        let theirs = attributions::table
            .filter(attributions::program_id.eq(program))
            .select(attributions::event_id);
        query = query.filter(events::id.eq_any(theirs));
    }
    if let Some(since) = filter.since {
        query = query.filter(events::id.ge(EventId::floor(since)));
    }
    if let Some(until) = filter.until {
        query = query.filter(events::id.lt(EventId::floor(until)));
    }
    query
}

/// A page of them, newest first.
pub fn list(c: &mut TenantConn, filter: &EventFilter, paging: &Paging) -> Result<Page<Event>> {
    let limit = project(c);
    let mut query = filtered(filter, limit);
    if let Some(id) = after::<EventId>(paging)? {
        query = query.filter(events::id.lt(id));
    }
    let rows = query
        .order(events::id.desc())
        .limit(paging.fetch())
        .load::<Row>(c.db())?;
    let rows = rows
        .into_iter()
        .map(|row| Ok(read(row)?.event))
        .collect::<Result<Vec<_>>>()?;
    let mut page = paging.page(rows, |row: &Event| Cursor::after("", row.id));
    if paging.total {
        page.total = Some(filtered(filter, limit).count().get_result(c.db())?);
    }
    Ok(page)
}

/// Gives an event to an enrolment.
pub fn attribute(c: &mut TenantConn, attribution: &Attribution, at: Timestamp) -> Result<()> {
    each!(c.db(), |conn| diesel::insert_into(attributions::table)
        .values((
            attributions::id.eq(attribution.id),
            attributions::event_id.eq(attribution.event_id),
            attributions::click_id.eq(attribution.click_id),
            attributions::link_id.eq(attribution.link_id),
            attributions::enrolment_id.eq(attribution.enrolment_id),
            attributions::partner_id.eq(attribution.partner_id),
            attributions::program_id.eq(attribution.program_id),
            attributions::model.eq("last_click"),
            attributions::weight_ppm.eq(WHOLE_PPM),
            attributions::created_at.eq(at),
        ))
        .execute(conn))?;
    Ok(())
}

/// Whose work some events were.
pub fn attributions_of(c: &mut TenantConn, ids: &[EventId]) -> Result<Vec<Attribution>> {
    type Found = (
        AttributionId,
        EventId,
        Option<ClickId>,
        Option<LinkId>,
        EnrolmentId,
        PartnerId,
        ProgramId,
    );
    let rows = attributions::table
        .filter(attributions::event_id.eq_any(ids.to_vec()))
        .select((
            attributions::id,
            attributions::event_id,
            attributions::click_id,
            attributions::link_id,
            attributions::enrolment_id,
            attributions::partner_id,
            attributions::program_id,
        ))
        .load::<Found>(c.db())?;
    let read =
        |(id, event_id, click_id, link_id, enrolment_id, partner_id, program_id)| Attribution {
            id,
            event_id,
            click_id,
            link_id,
            enrolment_id,
            partner_id,
            program_id,
        };
    let mut all = Vec::with_capacity(rows.len());
    for one in rows.into_iter().map(read) {
        if programs::is_seen(c, one.program_id)? {
            all.push(one);
        }
    }
    Ok(all)
}

/// Some by their ids.
pub fn find_all(c: &mut TenantConn, ids: &[EventId]) -> Result<Vec<Event>> {
    let rows = events::table
        .filter(events::id.eq_any(ids.to_vec()))
        .load::<Row>(c.db())?;
    rows.into_iter().map(|row| Ok(read(row)?.event)).collect()
}

/// When an event was reported last, by the shop itself: demo data was not.
pub fn last_reported(c: &mut TenantConn) -> Result<Option<Timestamp>> {
    Ok(events::table
        .filter(events::external_id.not_like("demo-%"))
        .order(events::id.desc())
        .select(events::created_at)
        .first(c.db())
        .optional()?)
}
