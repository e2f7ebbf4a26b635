//! Links, and what a redirect must know of one.

use diesel::prelude::*;

use super::{anywhere, changed_one, project};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::schema::tenant::{enrolments, links, partners, programs};
use crate::db::{MultiBackend, TenantConn};
use crate::id::{EnrolmentId, LinkId, PartnerId, ProgramId, ProjectId};
use crate::partners::model::{
    EnrolmentState, Link, LinkKey, LinkState, PartnerState, ProgramState,
};
use crate::web::{Cursor, Page, Paging};

type Row = (
    LinkId,
    EnrolmentId,
    PartnerId,
    ProgramId,
    String,
    Option<String>,
    Option<String>,
    LinkState,
    Timestamp,
    Timestamp,
    i64,
);

fn read(row: Row) -> Link {
    let (
        id,
        enrolment_id,
        partner_id,
        program_id,
        key,
        destination_url,
        label,
        state,
        created_at,
        updated_at,
        version,
    ) = row;
    Link {
        id,
        enrolment_id,
        partner_id,
        program_id,
        key,
        destination_url,
        label,
        state,
        created_at,
        updated_at,
        version,
    }
}

/// Which links a list shows.
#[derive(Debug, Clone, Default)]
pub struct LinkFilter {
    /// In this state only.
    pub state: Option<LinkState>,
    /// Of this partner.
    pub partner: Option<PartnerId>,
    /// In this programme.
    pub program: Option<ProgramId>,
    /// Of this enrolment.
    pub enrolment: Option<EnrolmentId>,
    /// With this in their key.
    pub q: Option<String>,
}

/// What a redirect needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The link.
    pub link: LinkId,
    /// Where it leads.
    pub destination: String,
    /// For how long its reference is worth something.
    pub window_days: i64,
    /// Link, enrolment, partner and programme are all open.
    pub is_open: bool,
}

/// Adds one.
pub fn insert(c: &mut TenantConn, link: &Link) -> Result<()> {
    diesel::insert_into(links::table)
        .values((
            links::id.eq(link.id),
            links::enrolment_id.eq(link.enrolment_id),
            links::partner_id.eq(link.partner_id),
            links::program_id.eq(link.program_id),
            links::key.eq(&link.key),
            links::destination_url.eq(link.destination_url.as_deref()),
            links::label.eq(link.label.as_deref()),
            links::state.eq(link.state),
            links::created_at.eq(link.created_at),
            links::updated_at.eq(link.updated_at),
            links::version.eq(link.version),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Writes what changed over `before`. The key stays: it is printed and posted somewhere.
pub fn update(c: &mut TenantConn, before: &Link, after: &Link) -> Result<()> {
    let rows = diesel::update(
        links::table
            .filter(links::id.eq(before.id))
            .filter(links::version.eq(before.version)),
    )
    .set((
        links::destination_url.eq(after.destination_url.as_deref()),
        links::label.eq(after.label.as_deref()),
        links::state.eq(after.state),
        links::updated_at.eq(after.updated_at),
        links::version.eq(after.version),
    ))
    .execute(c.db())?;
    changed_one(rows)
}

/// One by its id.
pub fn find(c: &mut TenantConn, id: LinkId) -> Result<Option<Link>> {
    let found = links::table.find(id).first::<Row>(c.db()).optional()?;
    match found.map(read) {
        Some(link) if super::programs::is_seen(c, link.program_id)? => Ok(Some(link)),
        _ => Ok(None),
    }
}

/// Whether a key is taken, by an archived link too: a printed link never leads somewhere new.
pub fn key_is_taken(c: &mut TenantConn, key: &LinkKey) -> Result<bool> {
    let found = links::table
        .filter(links::key.eq(key.as_str()))
        .select(links::id)
        .first::<LinkId>(c.db())
        .optional()?;
    Ok(found.is_some())
}

/// What a redirect through this key needs.
pub fn way(c: &mut TenantConn, key: &str) -> Result<Option<Way>> {
    type Found = (
        LinkId,
        Option<String>,
        LinkState,
        EnrolmentState,
        PartnerState,
        ProgramState,
        String,
        i64,
    );
    let found = links::table
        .inner_join(enrolments::table.on(enrolments::id.eq(links::enrolment_id)))
        .inner_join(partners::table.on(partners::id.eq(links::partner_id)))
        .inner_join(programs::table.on(programs::id.eq(links::program_id)))
        .filter(links::key.eq(key))
        .select((
            links::id,
            links::destination_url,
            links::state,
            enrolments::state,
            partners::state,
            programs::state,
            programs::destination_url,
            programs::attribution_window_days,
        ))
        .first::<Found>(c.db())
        .optional()?;
    Ok(found.map(
        |(link, own, state, enrolment, partner, program, general, window_days)| Way {
            link,
            destination: own.unwrap_or(general),
            window_days,
            is_open: state == LinkState::Active
                && enrolment == EnrolmentState::Active
                && partner == PartnerState::Approved
                && program == ProgramState::Active,
        },
    ))
}

fn filtered(
    filter: &LinkFilter,
    limit: Option<ProjectId>,
) -> links::BoxedQuery<'static, MultiBackend> {
    let mut query = in_project!(
        links::table.into_boxed::<MultiBackend>(),
        links::program_id,
        limit
    );
    if let Some(state) = filter.state {
        query = query.filter(links::state.eq(state));
    }
    if let Some(partner) = filter.partner {
        query = query.filter(links::partner_id.eq(partner));
    }
    if let Some(program) = filter.program {
        query = query.filter(links::program_id.eq(program));
    }
    if let Some(enrolment) = filter.enrolment {
        query = query.filter(links::enrolment_id.eq(enrolment));
    }
    if let Some(q) = &filter.q {
        query = query.filter(links::key.like(anywhere(q)).escape('\\'));
    }
    query
}

/// A page of them, newest first unless reversed.
pub fn list(c: &mut TenantConn, filter: &LinkFilter, paging: &Paging) -> Result<Page<Link>> {
    let limit = project(c);
    let rows = by_id!(filtered(filter, limit), links::id, LinkId, paging)
        .limit(paging.fetch())
        .load::<Row>(c.db())?;
    let mut page = paging.page(rows.into_iter().map(read).collect(), |row: &Link| {
        Cursor::after("", row.id)
    });
    if paging.total {
        page.total = Some(filtered(filter, limit).count().get_result(c.db())?);
    }
    Ok(page)
}
