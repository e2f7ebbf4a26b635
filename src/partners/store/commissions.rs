//! Commissions.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{anywhere, changed_one, project};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::portable::each;
use crate::db::schema::tenant::{commissions, events, partners, programs};
use crate::db::types::Key;
use crate::db::{MultiBackend, TenantConn};
use crate::id::{CommissionId, EnrolmentId, EventId, PartnerId, PayoutId, ProgramId, ProjectId};
use crate::money::{Currency, Money};
use crate::partners::model::{Commission, CommissionState};
use crate::web::{Cursor, Page, Paging};

/// The name of the one rule a programme has today.
pub(super) const RULE: &str = "main";

type Row = (
    (
        CommissionId,
        EventId,
        EnrolmentId,
        PartnerId,
        ProgramId,
        i64,
        i64,
        i64,
        Currency,
        CommissionState,
    ),
    (
        Timestamp,
        Option<Timestamp>,
        Option<Timestamp>,
        Option<Timestamp>,
        Option<PayoutId>,
        Timestamp,
        Timestamp,
        i64,
    ),
);
type Columns = (
    (
        commissions::id,
        commissions::event_id,
        commissions::enrolment_id,
        commissions::partner_id,
        commissions::program_id,
        commissions::amount_minor,
        commissions::reversed_minor,
        commissions::clawed_back_minor,
        commissions::currency,
        commissions::state,
    ),
    (
        commissions::hold_until,
        commissions::approved_at,
        commissions::paid_at,
        commissions::reversed_at,
        commissions::payout_id,
        commissions::created_at,
        commissions::updated_at,
        commissions::version,
    ),
);
const COLUMNS: Columns = (
    (
        commissions::id,
        commissions::event_id,
        commissions::enrolment_id,
        commissions::partner_id,
        commissions::program_id,
        commissions::amount_minor,
        commissions::reversed_minor,
        commissions::clawed_back_minor,
        commissions::currency,
        commissions::state,
    ),
    (
        commissions::hold_until,
        commissions::approved_at,
        commissions::paid_at,
        commissions::reversed_at,
        commissions::payout_id,
        commissions::created_at,
        commissions::updated_at,
        commissions::version,
    ),
);

fn read((who, when): Row) -> Commission {
    let (
        id,
        event_id,
        enrolment_id,
        partner_id,
        program_id,
        amount,
        reversed,
        clawed_back,
        currency,
        state,
    ) = who;
    let (hold_until, approved_at, paid_at, reversed_at, payout_id, created_at, updated_at, version) =
        when;
    Commission {
        id,
        event_id,
        enrolment_id,
        partner_id,
        program_id,
        amount: Money::new(amount, currency),
        reversed: Money::new(reversed, currency),
        clawed_back: Money::new(clawed_back, currency),
        state,
        hold_until,
        approved_at,
        paid_at,
        reversed_at,
        payout_id,
        created_at,
        updated_at,
        version,
    }
}

/// Which commissions a list shows.
#[derive(Debug, Clone, Default)]
pub struct CommissionFilter {
    /// In this state only.
    pub state: Option<CommissionState>,
    /// Pending with their hold over at this time: ready to be approved.
    pub ready_at: Option<Timestamp>,
    /// Pending with their hold not over at this time.
    pub held_at: Option<Timestamp>,
    /// Of this partner.
    pub partner: Option<PartnerId>,
    /// In this programme.
    pub program: Option<ProgramId>,
    /// For this event.
    pub event: Option<EventId>,
    /// Bound to this payout.
    pub payout: Option<PayoutId>,
    /// In this currency.
    pub currency: Option<Currency>,
    /// Earned from this time on.
    pub since: Option<Timestamp>,
    /// Earned before this time.
    pub until: Option<Timestamp>,
    /// Of a partner with this in name, address, company or website, or for the event of this id of the company's.
    pub q: Option<String>,
}

/// Adds one. `base_minor` is what it was worked out on.
pub fn insert(c: &mut TenantConn, commission: &Commission, base_minor: i64) -> Result<()> {
    each!(c.db(), |conn| diesel::insert_into(commissions::table)
        .values((
            commissions::id.eq(commission.id),
            commissions::event_id.eq(commission.event_id),
            commissions::enrolment_id.eq(commission.enrolment_id),
            commissions::partner_id.eq(commission.partner_id),
            commissions::program_id.eq(commission.program_id),
            commissions::rule.eq(RULE),
            commissions::base_minor.eq(base_minor),
            commissions::amount_minor.eq(commission.amount.amount_minor),
            commissions::reversed_minor.eq(commission.reversed.amount_minor),
            commissions::clawed_back_minor.eq(commission.clawed_back.amount_minor),
            commissions::currency.eq(commission.amount.currency),
            commissions::state.eq(commission.state),
            commissions::hold_until.eq(commission.hold_until),
            commissions::approved_at.eq(commission.approved_at),
            commissions::paid_at.eq(commission.paid_at),
            commissions::reversed_at.eq(commission.reversed_at),
            commissions::payout_id.eq(commission.payout_id),
            commissions::created_at.eq(commission.created_at),
            commissions::updated_at.eq(commission.updated_at),
            commissions::version.eq(commission.version),
        ))
        .execute(conn))?;
    Ok(())
}

/// Writes what changed over `before`. A payout is bound and freed elsewhere, many at a time.
pub fn update(c: &mut TenantConn, before: &Commission, after: &Commission) -> Result<()> {
    let row = commissions::table
        .filter(commissions::id.eq(before.id))
        .filter(commissions::version.eq(before.version));
    let rows = diesel::update(row)
        .set((
            commissions::reversed_minor.eq(after.reversed.amount_minor),
            commissions::clawed_back_minor.eq(after.clawed_back.amount_minor),
            commissions::state.eq(after.state),
            commissions::approved_at.eq(after.approved_at),
            commissions::reversed_at.eq(after.reversed_at),
            commissions::updated_at.eq(after.updated_at),
            commissions::version.eq(after.version),
        ))
        .execute(c.db())?;
    changed_one(rows)
}

/// One by its id.
pub fn find(c: &mut TenantConn, id: CommissionId) -> Result<Option<Commission>> {
    let row = commissions::table
        .find(id)
        .select(COLUMNS)
        .first::<Row>(c.db())
        .optional()?;
    Ok(seen(c, row.into_iter().collect())?.pop())
}

/// All of some events.
pub fn of_events(c: &mut TenantConn, ids: &[EventId]) -> Result<Vec<Commission>> {
    let rows = commissions::table
        .filter(commissions::event_id.eq_any(ids.to_vec()))
        .order(commissions::id.asc())
        .select(COLUMNS)
        .load::<Row>(c.db())?;
    seen(c, rows)
}

fn seen(c: &mut TenantConn, rows: Vec<Row>) -> Result<Vec<Commission>> {
    let mut all = Vec::with_capacity(rows.len());
    for one in rows.into_iter().map(read) {
        if super::programs::is_seen(c, one.program_id)? {
            all.push(one);
        }
    }
    Ok(all)
}

/// Pending ones whose hold is over, of programmes that approve by themselves, oldest hold first.
pub fn mature(c: &mut TenantConn, now: Timestamp, most: i64) -> Result<Vec<Commission>> {
    let automatic = programs::table
        .filter(programs::auto_approve.eq(true))
        .select(programs::id);
    let rows = commissions::table
        .filter(commissions::state.eq(CommissionState::Pending))
        .filter(commissions::hold_until.le(now))
        .filter(commissions::program_id.eq_any(automatic))
        .order(commissions::hold_until.asc())
        .limit(most)
        .select(COLUMNS)
        .load::<Row>(c.db())?;
    Ok(rows.into_iter().map(read).collect())
}

/// When the first hold ends of those that wait in programmes that approve by themselves.
pub fn first_hold(c: &mut TenantConn) -> Result<Option<Timestamp>> {
    let automatic = programs::table
        .filter(programs::auto_approve.eq(true))
        .select(programs::id)
        .load::<ProgramId>(c.db())?;
    if automatic.is_empty() {
        return Ok(None);
    }
    Ok(commissions::table
        .filter(commissions::state.eq(CommissionState::Pending))
        .filter(commissions::program_id.eq_any(automatic))
        .order(commissions::hold_until.asc())
        .select(commissions::hold_until)
        .first(c.db())
        .optional()?)
}

fn filtered(
    filter: &CommissionFilter,
    limit: Option<ProjectId>,
) -> commissions::BoxedQuery<'static, MultiBackend> {
    let mut query = in_project!(
        commissions::table.into_boxed::<MultiBackend>(),
        commissions::program_id,
        limit
    );
    if let Some(state) = filter.state {
        query = query.filter(commissions::state.eq(state));
    }
    if let Some(now) = filter.ready_at {
        query = query
            .filter(commissions::state.eq(CommissionState::Pending))
            .filter(commissions::hold_until.le(now));
    }
    if let Some(now) = filter.held_at {
        query = query
            .filter(commissions::state.eq(CommissionState::Pending))
            .filter(commissions::hold_until.gt(now));
    }
    if let Some(partner) = filter.partner {
        query = query.filter(commissions::partner_id.eq(partner));
    }
    if let Some(program) = filter.program {
        query = query.filter(commissions::program_id.eq(program));
    }
    if let Some(event) = filter.event {
        query = query.filter(commissions::event_id.eq(event));
    }
    if let Some(payout) = filter.payout {
        query = query.filter(commissions::payout_id.eq(payout));
    }
    if let Some(currency) = filter.currency {
        query = query.filter(commissions::currency.eq(currency));
    }
    if let Some(since) = filter.since {
        query = query.filter(commissions::id.ge(CommissionId::floor(since)));
    }
    if let Some(until) = filter.until {
        query = query.filter(commissions::id.lt(CommissionId::floor(until)));
    }
    if let Some(q) = &filter.q {
        let who = partners::table
            .filter(partners::search_text.like(anywhere(q)).escape('\\'))
            .select(partners::id);
        let what = events::table
            .filter(events::external_id.eq(q.clone()))
            .select(events::id);
        query = query.filter(
            commissions::partner_id
                .eq_any(who)
                .or(commissions::event_id.eq_any(what)),
        );
    }
    query
}

/// A page of them, newest first unless reversed.
pub fn list(
    c: &mut TenantConn,
    filter: &CommissionFilter,
    paging: &Paging,
) -> Result<Page<Commission>> {
    let limit = project(c);
    let rows = by_id!(
        filtered(filter, limit),
        commissions::id,
        CommissionId,
        paging
    )
    .select(COLUMNS)
    .limit(paging.fetch())
    .load::<Row>(c.db())?;
    let mut page = paging.page(rows.into_iter().map(read).collect(), |row: &Commission| {
        Cursor::after("", row.id)
    });
    if paging.total {
        page.total = Some(filtered(filter, limit).count().get_result(c.db())?);
    }
    Ok(page)
}

/// The ids of a whole filtered set, up to `most`: for acting on all that match.
pub fn ids(c: &mut TenantConn, filter: &CommissionFilter, most: i64) -> Result<Vec<CommissionId>> {
    let limit = project(c);
    let query = filtered(filter, limit)
        .select(commissions::id)
        .order(commissions::id.asc())
        .limit(most);
    Ok(query.load::<CommissionId>(c.db())?)
}

/// How many there are and what they come to, by state and currency.
pub fn totals(c: &mut TenantConn) -> Result<Vec<(CommissionState, i64, Money)>> {
    #[derive(diesel::QueryableByName)]
    struct Sum {
        #[diesel(sql_type = Text)]
        state: CommissionState,
        #[diesel(sql_type = BigInt)]
        many: i64,
        #[diesel(sql_type = BigInt)]
        amount: i64,
        #[diesel(sql_type = Text)]
        currency: Currency,
    }
    let limit = project(c);
    let within = limit.map_or(
        "",
        |_| "WHERE program_id IN (SELECT id FROM programs WHERE project_id = $1)",
    );
    let mut query = diesel::sql_query(format!(
        "SELECT state, COUNT(*) AS many, CAST(SUM(amount_minor - reversed_minor) AS BIGINT) AS amount, currency \
         FROM commissions {within} GROUP BY state, currency ORDER BY state, currency"
    ))
    .into_boxed::<MultiBackend>();
    if let Some(project) = limit {
        query = query.bind::<Key, _>(project);
    }
    let sums: Vec<Sum> = query.load(c.db())?;
    Ok(sums
        .into_iter()
        .map(|sum| (sum.state, sum.many, Money::new(sum.amount, sum.currency)))
        .collect())
}

/// Some by their ids.
pub fn find_all(c: &mut TenantConn, ids: &[CommissionId]) -> Result<Vec<Commission>> {
    let rows = commissions::table
        .filter(commissions::id.eq_any(ids.to_vec()))
        .select(COLUMNS)
        .load::<Row>(c.db())?;
    seen(c, rows)
}
