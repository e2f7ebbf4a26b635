//! Programmes.

use diesel::prelude::*;

use super::{anywhere, changed_one, project, reward, reward_columns};
use crate::clock::Timestamp;
use crate::db::portable::each;
use crate::db::schema::tenant::programs;
use crate::db::{MultiBackend, TenantConn};
use crate::id::{ProgramId, ProjectId};
use crate::money::Currency;
use crate::partners::model::{Program, ProgramState};
use crate::web::{Cursor, Page, Paging};
use crate::{Error, Result};

type Row = (
    ProgramId,
    String,
    ProgramState,
    String,
    Option<i64>,
    Option<i64>,
    Currency,
    i64,
    i64,
    bool,
    Option<String>,
    String,
    bool,
    Timestamp,
    Timestamp,
    i64,
    Option<ProjectId>,
);

fn read(row: Row) -> Result<Program> {
    let (
        id,
        name,
        state,
        _,
        rate_ppm,
        fixed_minor,
        currency,
        window,
        holding_days,
        auto_approve,
        event_type,
        url,
        is_demo,
        created_at,
        updated_at,
        version,
        project_id,
    ) = row;
    let commission = reward(rate_ppm, fixed_minor, Some(currency))
        .ok_or_else(|| Error::internal("a programme without terms"))?;
    Ok(Program {
        id,
        project_id,
        name,
        state,
        commission,
        currency,
        attribution_window_days: window,
        holding_days,
        auto_approve,
        event_type,
        destination_url: url,
        is_demo,
        created_at,
        updated_at,
        version,
    })
}

/// Which programmes a list shows.
#[derive(Debug, Clone, Default)]
pub struct ProgramFilter {
    /// In this state only.
    pub state: Option<ProgramState>,
    /// With this in their name.
    pub q: Option<String>,
    /// Of this project.
    pub project: Option<ProjectId>,
    /// By name instead of newest first.
    pub by_name: bool,
}

/// Adds one.
pub fn insert(c: &mut TenantConn, program: &Program) -> Result<()> {
    let (kind, rate_ppm, fixed_minor) = reward_columns(program.commission);
    diesel::insert_into(programs::table)
        .values((
            programs::id.eq(program.id),
            programs::name.eq(&program.name),
            programs::state.eq(program.state),
            programs::commission_kind.eq(kind),
            programs::rate_ppm.eq(rate_ppm),
            programs::fixed_minor.eq(fixed_minor),
            programs::currency.eq(program.currency),
            programs::attribution_window_days.eq(program.attribution_window_days),
            programs::holding_days.eq(program.holding_days),
            programs::auto_approve.eq(program.auto_approve),
            programs::event_type.eq(program.event_type.as_deref()),
            programs::destination_url.eq(&program.destination_url),
            programs::is_demo.eq(program.is_demo),
            programs::created_at.eq(program.created_at),
            programs::updated_at.eq(program.updated_at),
            programs::version.eq(program.version),
            programs::project_id.eq(program.project_id),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes what changed over `before`.
pub fn update(c: &mut TenantConn, before: &Program, after: &Program) -> Result<()> {
    let (kind, rate_ppm, fixed_minor) = reward_columns(after.commission);
    let rows = diesel::update(
        programs::table
            .filter(programs::id.eq(before.id))
            .filter(programs::version.eq(before.version)),
    )
    .set((
        programs::name.eq(&after.name),
        programs::state.eq(after.state),
        programs::commission_kind.eq(kind),
        programs::rate_ppm.eq(rate_ppm),
        programs::fixed_minor.eq(fixed_minor),
        programs::currency.eq(after.currency),
        programs::attribution_window_days.eq(after.attribution_window_days),
        programs::holding_days.eq(after.holding_days),
        programs::auto_approve.eq(after.auto_approve),
        programs::event_type.eq(after.event_type.as_deref()),
        programs::destination_url.eq(&after.destination_url),
        programs::updated_at.eq(after.updated_at),
        programs::version.eq(after.version),
        programs::project_id.eq(after.project_id),
    ))
    .execute(c.db())?;
    changed_one(rows)
}

/// One by its id.
pub fn find(c: &mut TenantConn, id: ProgramId) -> Result<Option<Program>> {
    let row = each!(c.db(), |conn| programs::table.find(id).first::<Row>(conn)).optional()?;
    let found = row.map(read).transpose()?;
    let limit = project(c);
    Ok(found.filter(|program| limit.is_none() || program.project_id == limit))
}

/// Whether a programme may be seen: all may, unless the caller is limited to another project.
pub(super) fn is_seen(c: &mut TenantConn, id: ProgramId) -> Result<bool> {
    Ok(project(c).is_none() || find(c, id)?.is_some())
}

fn filtered(
    filter: &ProgramFilter,
    limit: Option<ProjectId>,
) -> programs::BoxedQuery<'static, MultiBackend> {
    let mut query = programs::table.into_boxed::<MultiBackend>();
    if let Some(project) = limit.or(filter.project) {
        query = query.filter(programs::project_id.eq(project));
    }
    if let Some(state) = filter.state {
        query = query.filter(programs::state.eq(state));
    }
    if let Some(q) = &filter.q {
        query = query.filter(lower(programs::name).like(anywhere(q)).escape('\\'));
    }
    query
}

/// A page of them, by name or newest first, the other way where reversed.
pub fn list(c: &mut TenantConn, filter: &ProgramFilter, paging: &Paging) -> Result<Page<Program>> {
    let limit = project(c);
    let query = by_name_or_id!(
        filtered(filter, limit),
        programs::name,
        programs::id,
        ProgramId,
        filter.by_name,
        paging
    );
    let rows = query.limit(paging.fetch()).load::<Row>(c.db())?;
    let rows = rows.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    let mut page = paging.page(rows, |row| {
        Cursor::after(
            if filter.by_name {
                row.name.as_str()
            } else {
                ""
            },
            row.id,
        )
    });
    if paging.total {
        page.total = Some(filtered(filter, limit).count().get_result(c.db())?);
    }
    Ok(page)
}

diesel::define_sql_function! {
    /// Lower case, for searching.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}
