//! All SQL of the partner programme, a file for each kind of record.
//!
//! Changes go by version: an update that meets another version than it was made from changes nothing and says [`Error::Stale`].

/// A list's place and order by id: newest first, or oldest first where the paging is reversed.
macro_rules! by_id {
    ($query:expr, $id:expr, $kind:ty, $paging:expr) => {{
        let query = match (
            $crate::partners::store::after::<$kind>($paging)?,
            $paging.reversed,
        ) {
            (None, _) => $query,
            (Some(id), false) => $query.filter($id.lt(id)),
            (Some(id), true) => $query.filter($id.gt(id)),
        };
        if $paging.reversed {
            query.order($id.asc())
        } else {
            query.order($id.desc())
        }
    }};
}

/// A list's place and order by name and id, or by id alone.
macro_rules! by_name_or_id {
    ($query:expr, $name:expr, $id:expr, $kind:ty, $by_name:expr, $paging:expr) => {{
        if $by_name {
            let mut query = $query;
            if let Some(cursor) = &$paging.cursor {
                let id: $kind = $crate::partners::store::id_of(cursor)?;
                let name = cursor.value.clone();
                query = if $paging.reversed {
                    query.filter($name.lt(name.clone()).or($name.eq(name).and($id.lt(id))))
                } else {
                    query.filter($name.gt(name.clone()).or($name.eq(name).and($id.gt(id))))
                };
            }
            if $paging.reversed {
                query.order(($name.desc(), $id.desc()))
            } else {
                query.order(($name.asc(), $id.asc()))
            }
        } else {
            by_id!($query, $id, $kind, $paging)
        }
    }};
}

/// Leaves what is in programmes of other projects out of a query, for a caller who is limited to one.
macro_rules! in_project {
    ($query:expr, $program:expr, $project:expr) => {{
        let query = $query;
        match $project {
            Some(project) => {
                query.filter($program.eq_any($crate::partners::store::programs_of!(project)))
            }
            None => query,
        }
    }};
}

/// The programmes of a project.
macro_rules! programs_of {
    ($project:expr) => {
        $crate::db::schema::tenant::programs::table
            .filter($crate::db::schema::tenant::programs::project_id.eq($project))
            .select($crate::db::schema::tenant::programs::id)
    };
}
use programs_of;

pub mod adjustments;
pub mod bulk;
pub mod clicks;
pub mod commissions;
pub mod customers;
pub mod demo;
pub mod enrolments;
pub mod events;
pub mod links;
pub mod pages;
pub mod partners;
pub mod payouts;
pub mod programs;
pub mod reports;
pub mod settings;
pub mod usage;

use std::str::FromStr;

use super::model::Reward;
use crate::db::TenantConn;
use crate::id::ProjectId;
use crate::money::{Currency, Money, Rate};
use crate::web::{Cursor, Paging};
use crate::{Error, Result};

/// The project a caller is limited to.
///
/// Stores of records below programmes ask this in every function an API handler reaches: what is of another project is not there.
fn project(c: &TenantConn) -> Option<ProjectId> {
    c.project().map(|project| project.id)
}

/// The id a page begins after.
fn after<I: FromStr>(paging: &Paging) -> Result<Option<I>> {
    paging.cursor.as_ref().map(id_of).transpose()
}

/// The id of a cursor of a list of this kind.
fn id_of<I: FromStr>(cursor: &Cursor) -> Result<I> {
    let bad = || {
        Error::invalid(
            "cursor",
            "Take the cursor from the answer before, unchanged.",
        )
    };
    cursor.id.parse().map_err(|_| bad())
}

/// A LIKE pattern for a text anywhere, with the text's own signs escaped by `\`.
fn anywhere(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// An update that changed no row met another version.
fn changed_one(rows: usize) -> Result<()> {
    if rows == 1 { Ok(()) } else { Err(Error::Stale) }
}

/// A reward's columns: kind, rate, amount.
fn reward_columns(reward: Reward) -> (&'static str, Option<i64>, Option<i64>) {
    match reward {
        Reward::Percent { rate } => ("percent", Some(i64::from(rate.ppm())), None),
        Reward::Fixed { value } => ("fixed", None, Some(value.amount_minor)),
    }
}

/// A reward from its columns.
fn reward(
    rate_ppm: Option<i64>,
    fixed_minor: Option<i64>,
    currency: Option<Currency>,
) -> Option<Reward> {
    if let Some(ppm) = rate_ppm {
        return Some(Reward::Percent {
            rate: Rate::from_ppm(u32::try_from(ppm).unwrap_or(0)),
        });
    }
    let value = Money::new(fixed_minor?, currency?);
    Some(Reward::Fixed { value })
}

/// An amount from its two columns.
fn money(amount_minor: Option<i64>, currency: Option<Currency>) -> Option<Money> {
    Some(Money::new(amount_minor?, currency?))
}
