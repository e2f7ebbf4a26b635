//! Partners. Their sealed payee details are read apart, by who needs them.

use diesel::prelude::*;

use super::{anywhere, changed_one, programs, project};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::portable::each;
use crate::db::schema::tenant::{enrolments, partners};
use crate::db::{MultiBackend, TenantConn};
use crate::id::{PartnerId, ProgramId, ProjectId};
use crate::partners::model::{Partner, PartnerState};
use crate::web::{Cursor, Page, Paging};

type Row = (
    PartnerId,
    String,
    String,
    Option<String>,
    Option<String>,
    PartnerState,
    Option<String>,
    Option<String>,
    bool,
    Timestamp,
    Timestamp,
    i64,
);

type Columns = (
    partners::id,
    partners::name,
    partners::email,
    partners::company,
    partners::website,
    partners::state,
    partners::note,
    partners::payee_hint,
    partners::is_demo,
    partners::created_at,
    partners::updated_at,
    partners::version,
);

const COLUMNS: Columns = (
    partners::id,
    partners::name,
    partners::email,
    partners::company,
    partners::website,
    partners::state,
    partners::note,
    partners::payee_hint,
    partners::is_demo,
    partners::created_at,
    partners::updated_at,
    partners::version,
);

fn read(row: Row) -> Partner {
    let (
        id,
        name,
        email,
        company,
        website,
        state,
        note,
        payee_hint,
        is_demo,
        created_at,
        updated_at,
        version,
    ) = row;
    Partner {
        id,
        name,
        email,
        company,
        website,
        state,
        note,
        payee_hint,
        is_demo,
        created_at,
        updated_at,
        version,
    }
}

/// What a search looks through.
fn search_text(partner: &Partner) -> String {
    let parts = [
        Some(partner.name.as_str()),
        Some(partner.email.as_str()),
        partner.company.as_deref(),
        partner.website.as_deref(),
    ];
    parts
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// Which partners a list shows.
#[derive(Debug, Clone, Default)]
pub struct PartnerFilter {
    /// In this state only.
    pub state: Option<PartnerState>,
    /// Enrolled in this programme.
    pub program: Option<crate::id::ProgramId>,
    /// With this in name, address, company or website.
    pub q: Option<String>,
    /// By name instead of newest first.
    pub by_name: bool,
}

/// Adds one.
pub fn insert(c: &mut TenantConn, partner: &Partner, payee_sealed: Option<&str>) -> Result<()> {
    each!(c.db(), |conn| diesel::insert_into(partners::table)
        .values((
            partners::id.eq(partner.id),
            partners::name.eq(&partner.name),
            partners::email.eq(&partner.email),
            partners::company.eq(partner.company.as_deref()),
            partners::website.eq(partner.website.as_deref()),
            partners::state.eq(partner.state),
            partners::note.eq(partner.note.as_deref()),
            partners::search_text.eq(search_text(partner)),
            partners::payee_sealed.eq(payee_sealed),
            partners::payee_hint.eq(partner.payee_hint.as_deref()),
            partners::is_demo.eq(partner.is_demo),
            partners::created_at.eq(partner.created_at),
            partners::updated_at.eq(partner.updated_at),
            partners::version.eq(partner.version),
        ))
        .execute(conn))?;
    Ok(())
}

/// Writes what changed over `before`, the payee's hint with it.
pub fn update(c: &mut TenantConn, before: &Partner, after: &Partner) -> Result<()> {
    let rows = diesel::update(
        partners::table
            .filter(partners::id.eq(before.id))
            .filter(partners::version.eq(before.version)),
    )
    .set((
        partners::name.eq(&after.name),
        partners::email.eq(&after.email),
        partners::company.eq(after.company.as_deref()),
        partners::website.eq(after.website.as_deref()),
        partners::state.eq(after.state),
        partners::note.eq(after.note.as_deref()),
        partners::search_text.eq(search_text(after)),
        partners::payee_hint.eq(after.payee_hint.as_deref()),
        partners::updated_at.eq(after.updated_at),
        partners::version.eq(after.version),
    ))
    .execute(c.db())?;
    changed_one(rows)
}

/// Keeps sealed payee details, or forgets them.
pub fn set_payee(c: &mut TenantConn, id: PartnerId, sealed: Option<&str>) -> Result<()> {
    diesel::update(partners::table.find(id))
        .set(partners::payee_sealed.eq(sealed))
        .execute(c.db())?;
    Ok(())
}

/// Sealed payee details of some partners.
pub fn payees(c: &mut TenantConn, ids: &[PartnerId]) -> Result<Vec<(PartnerId, String)>> {
    let rows = partners::table
        .filter(partners::id.eq_any(ids.to_vec()))
        .select((partners::id, partners::payee_sealed))
        .load::<(PartnerId, Option<String>)>(c.db())?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, sealed)| Some((id, sealed?)))
        .collect())
}

/// One by its id.
pub fn find(c: &mut TenantConn, id: PartnerId) -> Result<Option<Partner>> {
    let row = partners::table
        .find(id)
        .select(COLUMNS)
        .first::<Row>(c.db())
        .optional()?;
    let is_seen = project(c).is_none() || places(c, id)?.0;
    Ok(row.filter(|_| is_seen).map(read))
}

/// Whether a partner takes part in programmes the caller sees, and in others.
fn places(c: &mut TenantConn, id: PartnerId) -> Result<(bool, bool)> {
    let all = enrolments::table
        .filter(enrolments::partner_id.eq(id))
        .select(enrolments::program_id)
        .load::<ProgramId>(c.db())?;
    let (mut here, mut elsewhere) = (false, false);
    for program in all {
        let is_seen = programs::is_seen(c, program)?;
        here |= is_seen;
        elsewhere |= !is_seen;
    }
    Ok((here, elsewhere))
}

/// Whether a partner takes part beyond the project the caller is limited to.
pub fn is_shared(c: &mut TenantConn, id: PartnerId) -> Result<bool> {
    Ok(project(c).is_some() && places(c, id)?.1)
}

/// Some by their ids.
pub fn find_all(c: &mut TenantConn, ids: &[PartnerId]) -> Result<Vec<Partner>> {
    let rows = partners::table
        .filter(partners::id.eq_any(ids.to_vec()))
        .select(COLUMNS)
        .load::<Row>(c.db())?;
    Ok(rows.into_iter().map(read).collect())
}

fn filtered(
    filter: &PartnerFilter,
    limit: Option<ProjectId>,
) -> partners::BoxedQuery<'static, MultiBackend> {
    let mut query = partners::table.into_boxed::<MultiBackend>();
    if let Some(project) = limit {
        let enrolled = enrolments::table
            .filter(enrolments::program_id.eq_any(programs_of!(project)))
            .select(enrolments::partner_id);
        query = query.filter(partners::id.eq_any(enrolled));
    }
    if let Some(state) = filter.state {
        query = query.filter(partners::state.eq(state));
    }
    if let Some(program) = filter.program {
        let enrolled = enrolments::table
            .filter(enrolments::program_id.eq(program))
            .select(enrolments::partner_id);
        query = query.filter(partners::id.eq_any(enrolled));
    }
    if let Some(q) = &filter.q {
        query = query.filter(partners::search_text.like(anywhere(q)).escape('\\'));
    }
    query
}

/// A page of them, by name or newest first, the other way where reversed.
pub fn list(c: &mut TenantConn, filter: &PartnerFilter, paging: &Paging) -> Result<Page<Partner>> {
    let limit = project(c);
    let query = by_name_or_id!(
        filtered(filter, limit),
        partners::name,
        partners::id,
        PartnerId,
        filter.by_name,
        paging
    );
    let rows = query
        .select(COLUMNS)
        .limit(paging.fetch())
        .load::<Row>(c.db())?;
    let rows = rows.into_iter().map(read).collect();
    let mut page = paging.page(rows, |row: &Partner| {
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
