//! Partners in programmes.

use diesel::prelude::*;

use super::{after, changed_one, programs, project, reward, reward_columns};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::portable::each;
use crate::db::schema::tenant::enrolments;
use crate::db::{MultiBackend, TenantConn};
use crate::id::{EnrolmentId, PartnerId, ProgramId, ProjectId};
use crate::money::Currency;
use crate::partners::model::{Enrolment, EnrolmentState, Reward};
use crate::web::{Cursor, Page, Paging};

type Row = (
    EnrolmentId,
    PartnerId,
    ProgramId,
    EnrolmentState,
    Option<String>,
    Option<i64>,
    Option<i64>,
    Option<Currency>,
    Option<i64>,
    Timestamp,
    Timestamp,
    i64,
);

fn read(row: Row) -> Enrolment {
    let (
        id,
        partner_id,
        program_id,
        state,
        _,
        rate_ppm,
        fixed_minor,
        currency,
        holding_days,
        created_at,
        updated_at,
        version,
    ) = row;
    let commission = reward(rate_ppm, fixed_minor, currency);
    Enrolment {
        id,
        partner_id,
        program_id,
        state,
        commission,
        holding_days,
        created_at,
        updated_at,
        version,
    }
}

fn currency_of(commission: Option<Reward>) -> Option<Currency> {
    match commission {
        Some(Reward::Fixed { value }) => Some(value.currency),
        Some(Reward::Percent { .. }) | None => None,
    }
}

/// Which enrolments a list shows.
#[derive(Debug, Clone, Default)]
pub struct EnrolmentFilter {
    /// In this state only.
    pub state: Option<EnrolmentState>,
    /// Of this partner.
    pub partner: Option<PartnerId>,
    /// In this programme.
    pub program: Option<ProgramId>,
}

/// Adds one.
pub fn insert(c: &mut TenantConn, enrolment: &Enrolment) -> Result<()> {
    let (kind, rate_ppm, fixed_minor) = columns(enrolment.commission);
    diesel::insert_into(enrolments::table)
        .values((
            enrolments::id.eq(enrolment.id),
            enrolments::partner_id.eq(enrolment.partner_id),
            enrolments::program_id.eq(enrolment.program_id),
            enrolments::state.eq(enrolment.state),
            enrolments::commission_kind.eq(kind),
            enrolments::rate_ppm.eq(rate_ppm),
            enrolments::fixed_minor.eq(fixed_minor),
            enrolments::currency.eq(currency_of(enrolment.commission)),
            enrolments::holding_days.eq(enrolment.holding_days),
            enrolments::created_at.eq(enrolment.created_at),
            enrolments::updated_at.eq(enrolment.updated_at),
            enrolments::version.eq(enrolment.version),
        ))
        .execute(c.db())?;
    Ok(())
}

fn columns(commission: Option<Reward>) -> (Option<&'static str>, Option<i64>, Option<i64>) {
    commission
        .map(reward_columns)
        .map_or((None, None, None), |(kind, rate, fixed)| {
            (Some(kind), rate, fixed)
        })
}

/// Writes what changed over `before`.
pub fn update(c: &mut TenantConn, before: &Enrolment, after: &Enrolment) -> Result<()> {
    let (kind, rate_ppm, fixed_minor) = columns(after.commission);
    let row = enrolments::table
        .filter(enrolments::id.eq(before.id))
        .filter(enrolments::version.eq(before.version));
    let rows = diesel::update(row)
        .set((
            enrolments::state.eq(after.state),
            enrolments::commission_kind.eq(kind),
            enrolments::rate_ppm.eq(rate_ppm),
            enrolments::fixed_minor.eq(fixed_minor),
            enrolments::currency.eq(currency_of(after.commission)),
            enrolments::holding_days.eq(after.holding_days),
            enrolments::updated_at.eq(after.updated_at),
            enrolments::version.eq(after.version),
        ))
        .execute(c.db())?;
    changed_one(rows)
}

/// One by its id.
pub fn find(c: &mut TenantConn, id: EnrolmentId) -> Result<Option<Enrolment>> {
    let found = each!(c.db(), |conn| enrolments::table.find(id).first::<Row>(conn))
        .optional()?
        .map(read);
    seen(c, found)
}

/// A partner's place in a programme, ended ones too.
pub fn find_place(
    c: &mut TenantConn,
    partner: PartnerId,
    program: ProgramId,
) -> Result<Option<Enrolment>> {
    let place = enrolments::table
        .filter(enrolments::partner_id.eq(partner))
        .filter(enrolments::program_id.eq(program));
    let found = place.first::<Row>(c.db()).optional()?.map(read);
    seen(c, found)
}

fn seen(c: &mut TenantConn, found: Option<Enrolment>) -> Result<Option<Enrolment>> {
    match found {
        Some(one) if programs::is_seen(c, one.program_id)? => Ok(Some(one)),
        _ => Ok(None),
    }
}

fn filtered(
    filter: &EnrolmentFilter,
    limit: Option<ProjectId>,
) -> enrolments::BoxedQuery<'static, MultiBackend> {
    let mut query = in_project!(
        enrolments::table.into_boxed::<MultiBackend>(),
        enrolments::program_id,
        limit
    );
    if let Some(state) = filter.state {
        query = query.filter(enrolments::state.eq(state));
    }
    if let Some(partner) = filter.partner {
        query = query.filter(enrolments::partner_id.eq(partner));
    }
    if let Some(program) = filter.program {
        query = query.filter(enrolments::program_id.eq(program));
    }
    query
}

/// A page of them, newest first.
pub fn list(
    c: &mut TenantConn,
    filter: &EnrolmentFilter,
    paging: &Paging,
) -> Result<Page<Enrolment>> {
    let limit = project(c);
    let mut query = filtered(filter, limit);
    if let Some(id) = after::<EnrolmentId>(paging)? {
        query = query.filter(enrolments::id.lt(id));
    }
    let rows = query
        .order(enrolments::id.desc())
        .limit(paging.fetch())
        .load::<Row>(c.db())?;
    let mut page = paging.page(rows.into_iter().map(read).collect(), |row: &Enrolment| {
        Cursor::after("", row.id)
    });
    if paging.total {
        page.total = Some(filtered(filter, limit).count().get_result(c.db())?);
    }
    Ok(page)
}
