//! Clicks: written by the redirect, as lean as can be, and counted by day behind its back. A click's id carries its time.

use diesel::dsl::{count, count_star};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{links as our_links, project};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::portable::{Target, each, on_conflict};
use crate::db::schema::tenant::{click_days, clicks, links};
use crate::db::types::Key;
use crate::db::{MultiBackend, TenantConn};
use crate::id::{ClickId, LinkId, PartnerId, ProgramId, ProjectId};
use crate::partners::model::{Click, ClickFlag};
use crate::web::{Cursor, Page, Paging};

/// A click to be written.
#[derive(Debug, Clone)]
pub struct NewClick {
    /// Its id, made at its time.
    pub id: ClickId,
    /// Through which link.
    pub link: LinkId,
    /// The keyed hash of who came.
    pub visitor: [u8; 16],
    /// From which page.
    pub referrer: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
    /// With which query.
    pub query: Option<String>,
    /// Why it earns nothing.
    pub flag: Option<ClickFlag>,
}

type Row = (
    ClickId,
    LinkId,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<ClickFlag>,
);
type Columns = (
    clicks::id,
    clicks::link_id,
    clicks::referrer,
    clicks::user_agent,
    clicks::query,
    clicks::flag,
);
const COLUMNS: Columns = (
    clicks::id,
    clicks::link_id,
    clicks::referrer,
    clicks::user_agent,
    clicks::query,
    clicks::flag,
);

fn read((id, link_id, referrer, user_agent, query, flag): Row) -> Click {
    Click {
        id,
        link_id,
        clicked_at: id.made_at(),
        referrer,
        user_agent,
        query,
        flag,
    }
}

/// Which clicks a list shows.
#[derive(Debug, Clone, Default)]
pub struct ClickFilter {
    /// Through this link.
    pub link: Option<LinkId>,
    /// Of this partner.
    pub partner: Option<PartnerId>,
    /// In this programme.
    pub program: Option<ProgramId>,
    /// Flagged with this word.
    pub flag: Option<ClickFlag>,
    /// Flagged at all, or not.
    pub flagged: Option<bool>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
}

/// Writes one.
pub fn insert(c: &mut TenantConn, click: &NewClick) -> Result<()> {
    each!(c.db(), |conn| diesel::insert_into(clicks::table)
        .values((
            clicks::id.eq(click.id),
            clicks::link_id.eq(click.link),
            clicks::visitor.eq(click.visitor.as_slice()),
            clicks::referrer.eq(click.referrer.as_deref()),
            clicks::user_agent.eq(click.user_agent.as_deref()),
            clicks::query.eq(click.query.as_deref()),
            clicks::flag.eq(click.flag),
        ))
        .execute(conn))?;
    Ok(())
}

/// One by its id.
pub fn find(c: &mut TenantConn, id: ClickId) -> Result<Option<Click>> {
    let found = each!(c.db(), |conn| clicks::table
        .find(id)
        .select(COLUMNS)
        .first::<Row>(conn))
    .optional()?
    .map(read);
    match found {
        Some(click) if project(c).is_some() && our_links::find(c, click.link_id)?.is_none() => {
            Ok(None)
        }
        found => Ok(found),
    }
}

/// Flags a click, or takes its flag away.
pub fn set_flag(c: &mut TenantConn, id: ClickId, flag: Option<ClickFlag>) -> Result<()> {
    diesel::update(clicks::table.find(id))
        .set(clicks::flag.eq(flag))
        .execute(c.db())?;
    Ok(())
}

fn filtered(
    filter: &ClickFilter,
    limit: Option<ProjectId>,
) -> clicks::BoxedQuery<'static, MultiBackend> {
    let mut query = clicks::table.into_boxed::<MultiBackend>();
    if let Some(project) = limit {
        let theirs = links::table
            .filter(links::program_id.eq_any(programs_of!(project)))
            .select(links::id);
        query = query.filter(clicks::link_id.eq_any(theirs));
    }
    if let Some(link) = filter.link {
        query = query.filter(clicks::link_id.eq(link));
    }
    if let Some(partner) = filter.partner {
        query = query.filter(
            clicks::link_id.eq_any(
                links::table
                    .filter(links::partner_id.eq(partner))
                    .select(links::id),
            ),
        );
    }
    if let Some(program) = filter.program {
        query = query.filter(
            clicks::link_id.eq_any(
                links::table
                    .filter(links::program_id.eq(program))
                    .select(links::id),
            ),
        );
    }
    if let Some(flag) = filter.flag {
        query = query.filter(clicks::flag.eq(flag));
    }
    match filter.flagged {
        Some(true) => query = query.filter(clicks::flag.is_not_null()),
        Some(false) => query = query.filter(clicks::flag.is_null()),
        None => {}
    }
    if let Some(since) = filter.since {
        query = query.filter(clicks::id.ge(ClickId::floor(since)));
    }
    if let Some(until) = filter.until {
        query = query.filter(clicks::id.lt(ClickId::floor(until)));
    }
    query
}

/// A page of them, newest first unless reversed.
pub fn list(c: &mut TenantConn, filter: &ClickFilter, paging: &Paging) -> Result<Page<Click>> {
    let limit = project(c);
    let rows = by_id!(filtered(filter, limit), clicks::id, ClickId, paging)
        .select(COLUMNS)
        .limit(paging.fetch())
        .load::<Row>(c.db())?;
    let mut page = paging.page(rows.into_iter().map(read).collect(), |row: &Click| {
        Cursor::after("", row.id)
    });
    if paging.total {
        page.total = Some(filtered(filter, limit).count().get_result(c.db())?);
    }
    Ok(page)
}

/// The first click at or after a place.
pub fn first_from(c: &mut TenantConn, from: ClickId) -> Result<Option<ClickId>> {
    let first = clicks::table
        .filter(clicks::id.ge(from))
        .select(clicks::id)
        .order(clicks::id.asc());
    Ok(first.first::<ClickId>(c.db()).optional()?)
}

/// Clicks by link in `from..until`: all, and those flagged.
pub fn counts(
    c: &mut TenantConn,
    from: ClickId,
    until: ClickId,
) -> Result<Vec<(LinkId, i64, i64)>> {
    let rows = clicks::table
        .filter(clicks::id.ge(from))
        .filter(clicks::id.lt(until))
        .group_by(clicks::link_id)
        .select((clicks::link_id, count_star(), count(clicks::flag)))
        .load::<(LinkId, i64, i64)>(c.db())?;
    Ok(rows)
}

/// Adds to a day's figures of a link.
pub fn add_to_day(
    c: &mut TenantConn,
    day: &str,
    link: LinkId,
    all: i64,
    flagged: i64,
) -> Result<()> {
    let action = "DO UPDATE SET clicks = click_days.clicks + excluded.clicks, flagged = click_days.flagged + excluded.flagged";
    let tail = on_conflict(c.db(), Target::Tenant, "day, link_id", action);
    diesel::sql_query(format!(
        "INSERT INTO click_days (day, link_id, clicks, flagged) VALUES ($1, $2, $3, $4){tail}"
    ))
    .bind::<Text, _>(day)
    .bind::<Key, _>(link)
    .bind::<BigInt, _>(all)
    .bind::<BigInt, _>(flagged)
    .execute(c.db())?;
    Ok(())
}

/// Forgets the figures of days in `from..=until`, so that they can be counted again.
pub fn forget_days(c: &mut TenantConn, from: &str, until: &str) -> Result<()> {
    diesel::delete(click_days::table.filter(click_days::day.between(from, until)))
        .execute(c.db())?;
    Ok(())
}

/// Whether any day has figures.
pub fn any_day(c: &mut TenantConn) -> Result<bool> {
    let day = click_days::table.select(click_days::day);
    Ok(day.first::<String>(c.db()).optional()?.is_some())
}
