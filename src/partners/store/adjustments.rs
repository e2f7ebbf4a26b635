//! Adjustments: append-only, but for the payout that takes them up.

use diesel::prelude::*;

use super::after;
use crate::Result;
use crate::clock::Timestamp;
use crate::db::schema::tenant::adjustments;
use crate::db::{MultiBackend, TenantConn};
use crate::id::{AdjustmentId, CommissionId, EventId, PartnerId, PayoutId};
use crate::money::{Currency, Money};
use crate::partners::model::{Adjustment, AdjustmentKind};
use crate::web::{Cursor, Page, Paging};

type Row = (
    AdjustmentId,
    PartnerId,
    Option<CommissionId>,
    Option<EventId>,
    i64,
    Currency,
    AdjustmentKind,
    String,
    Option<PayoutId>,
    Timestamp,
    Timestamp,
);

fn read(
    (
        id,
        partner_id,
        commission_id,
        event_id,
        amount,
        currency,
        kind,
        reason,
        payout_id,
        created_at,
        _,
    ): Row,
) -> Adjustment {
    Adjustment {
        id,
        partner_id,
        commission_id,
        event_id,
        amount: Money::new(amount, currency),
        kind,
        reason,
        payout_id,
        created_at,
    }
}

/// Which adjustments a list shows.
#[derive(Debug, Clone, Default)]
pub struct AdjustmentFilter {
    /// Of this partner.
    pub partner: Option<PartnerId>,
    /// Bound to this payout.
    pub payout: Option<PayoutId>,
    /// Of this kind.
    pub kind: Option<AdjustmentKind>,
    /// Not yet bound to a payout, or bound.
    pub open: Option<bool>,
}

/// Adds one.
pub fn insert(c: &mut TenantConn, adjustment: &Adjustment) -> Result<()> {
    diesel::insert_into(adjustments::table)
        .values((
            adjustments::id.eq(adjustment.id),
            adjustments::partner_id.eq(adjustment.partner_id),
            adjustments::commission_id.eq(adjustment.commission_id),
            adjustments::event_id.eq(adjustment.event_id),
            adjustments::amount_minor.eq(adjustment.amount.amount_minor),
            adjustments::currency.eq(adjustment.amount.currency),
            adjustments::kind.eq(adjustment.kind),
            adjustments::reason.eq(&adjustment.reason),
            adjustments::payout_id.eq(adjustment.payout_id),
            adjustments::created_at.eq(adjustment.created_at),
            adjustments::updated_at.eq(adjustment.created_at),
        ))
        .execute(c.db())?;
    Ok(())
}

/// One by its id.
pub fn find(c: &mut TenantConn, id: AdjustmentId) -> Result<Option<Adjustment>> {
    Ok(adjustments::table
        .find(id)
        .first::<Row>(c.db())
        .optional()?
        .map(read))
}

/// All of some events.
pub fn of_events(c: &mut TenantConn, ids: &[EventId]) -> Result<Vec<Adjustment>> {
    let of_events = adjustments::table.filter(adjustments::event_id.eq_any(ids.to_vec()));
    let rows = of_events.order(adjustments::id.asc()).load::<Row>(c.db())?;
    Ok(rows.into_iter().map(read).collect())
}

fn filtered(filter: &AdjustmentFilter) -> adjustments::BoxedQuery<'static, MultiBackend> {
    let mut query = adjustments::table.into_boxed::<MultiBackend>();
    if let Some(partner) = filter.partner {
        query = query.filter(adjustments::partner_id.eq(partner));
    }
    if let Some(payout) = filter.payout {
        query = query.filter(adjustments::payout_id.eq(payout));
    }
    if let Some(kind) = filter.kind {
        query = query.filter(adjustments::kind.eq(kind));
    }
    match filter.open {
        Some(true) => query = query.filter(adjustments::payout_id.is_null()),
        Some(false) => query = query.filter(adjustments::payout_id.is_not_null()),
        None => {}
    }
    query
}

/// A page of them, newest first.
pub fn list(
    c: &mut TenantConn,
    filter: &AdjustmentFilter,
    paging: &Paging,
) -> Result<Page<Adjustment>> {
    let mut query = filtered(filter);
    if let Some(id) = after::<AdjustmentId>(paging)? {
        query = query.filter(adjustments::id.lt(id));
    }
    let rows = query
        .order(adjustments::id.desc())
        .limit(paging.fetch())
        .load::<Row>(c.db())?;
    let mut page = paging.page(rows.into_iter().map(read).collect(), |row: &Adjustment| {
        Cursor::after("", row.id)
    });
    if paging.total {
        page.total = Some(filtered(filter).count().get_result(c.db())?);
    }
    Ok(page)
}
