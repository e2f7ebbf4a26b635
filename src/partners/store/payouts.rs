//! Payout batches, payouts, and what is bound to them.
//!
//! A commission is bound to at most one payout: it is taken up only while it is bound to none, and set free only when the batch is
//! cancelled. Both happen in the transaction that changes the batch.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::{after, changed_one};
use crate::Result;
use crate::clock::Timestamp;
use crate::db::schema::tenant::{adjustments, commissions, payout_batches, payouts};
use crate::db::types::Key;
use crate::db::{MultiBackend, TenantConn};
use crate::id::{PartnerId, PayoutBatchId, PayoutId};
use crate::money::{Currency, Money};
use crate::partners::model::{CommissionState, Payout, PayoutBatch, PayoutState};
use crate::web::{Cursor, Page, Paging};

type BatchRow = (
    PayoutBatchId,
    PayoutState,
    Option<String>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    Option<Timestamp>,
    Timestamp,
    Timestamp,
    i64,
);

fn read_batch(row: BatchRow) -> PayoutBatch {
    let (
        id,
        state,
        note,
        approved_at,
        exported_at,
        paid_at,
        cancelled_at,
        created_at,
        updated_at,
        version,
    ) = row;
    PayoutBatch {
        id,
        state,
        note,
        approved_at,
        exported_at,
        paid_at,
        cancelled_at,
        created_at,
        updated_at,
        version,
    }
}

type Row = (
    PayoutId,
    PayoutBatchId,
    PartnerId,
    i64,
    Currency,
    PayoutState,
    Timestamp,
    Timestamp,
);

fn read(
    (id, batch_id, partner_id, amount, currency, state, created_at, updated_at): Row,
) -> Payout {
    Payout {
        id,
        batch_id,
        partner_id,
        amount: Money::new(amount, currency),
        state,
        created_at,
        updated_at,
    }
}

/// What one partner is owed in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owed {
    /// The partner.
    pub partner: PartnerId,
    /// Approved commissions and open adjustments together; may be negative.
    pub amount: Money,
    /// Whether the partner has an account set. Whoever has none waits.
    pub has_payee: bool,
}

/// What partners are owed now, currencies apart. Suspended partners wait.
pub fn owed(c: &mut TenantConn) -> Result<Vec<Owed>> {
    #[derive(diesel::QueryableByName)]
    struct Sum {
        #[diesel(sql_type = Key)]
        partner_id: PartnerId,
        #[diesel(sql_type = Text)]
        currency: Currency,
        #[diesel(sql_type = BigInt)]
        amount: i64,
        #[diesel(sql_type = BigInt)]
        payees: i64,
    }
    let sums: Vec<Sum> = diesel::sql_query(
        "SELECT partner_id, currency, CAST(SUM(amount) AS BIGINT) AS amount, \
           (SELECT COUNT(*) FROM partners WHERE partners.id = due.partner_id AND partners.payee_sealed IS NOT NULL) AS payees FROM ( \
           SELECT partner_id, currency, amount_minor - reversed_minor AS amount FROM commissions \
            WHERE state = 'approved' AND payout_id IS NULL \
           UNION ALL \
           SELECT partner_id, currency, amount_minor AS amount FROM adjustments WHERE payout_id IS NULL \
         ) AS due \
         WHERE NOT EXISTS (SELECT 1 FROM partners WHERE partners.id = due.partner_id AND partners.state = 'suspended') \
         GROUP BY partner_id, currency ORDER BY partner_id, currency",
    )
    .load(c.db())?;
    Ok(sums
        .into_iter()
        .map(|sum| Owed {
            partner: sum.partner_id,
            amount: Money::new(sum.amount, sum.currency),
            has_payee: sum.payees > 0,
        })
        .collect())
}

/// What partners are owed in all, by currency: what each has coming where that is more than nothing, and payouts that are not paid.
pub fn owed_in_all(c: &mut TenantConn) -> Result<Vec<Money>> {
    #[derive(diesel::QueryableByName)]
    struct Sum {
        #[diesel(sql_type = Text)]
        currency: Currency,
        #[diesel(sql_type = BigInt)]
        amount: i64,
    }
    let sums: Vec<Sum> = diesel::sql_query(
        "SELECT currency, CAST(SUM(amount) AS BIGINT) AS amount FROM ( \
           SELECT currency, SUM(amount) AS amount FROM ( \
             SELECT partner_id, currency, amount_minor - reversed_minor AS amount FROM commissions \
              WHERE state = 'approved' AND payout_id IS NULL \
             UNION ALL \
             SELECT partner_id, currency, amount_minor AS amount FROM adjustments WHERE payout_id IS NULL \
           ) AS due GROUP BY partner_id, currency HAVING SUM(amount) > 0 \
           UNION ALL \
           SELECT currency, amount_minor AS amount FROM payouts WHERE state IN ('draft', 'approved', 'exported') \
         ) AS every GROUP BY currency ORDER BY currency",
    )
    .load(c.db())?;
    let money = |sum: Sum| Money::new(sum.amount, sum.currency);
    Ok(sums.into_iter().map(money).collect())
}

/// Adds a batch.
pub fn insert_batch(c: &mut TenantConn, batch: &PayoutBatch) -> Result<()> {
    diesel::insert_into(payout_batches::table)
        .values((
            payout_batches::id.eq(batch.id),
            payout_batches::state.eq(batch.state),
            payout_batches::note.eq(batch.note.as_deref()),
            payout_batches::approved_at.eq(batch.approved_at),
            payout_batches::exported_at.eq(batch.exported_at),
            payout_batches::paid_at.eq(batch.paid_at),
            payout_batches::cancelled_at.eq(batch.cancelled_at),
            payout_batches::created_at.eq(batch.created_at),
            payout_batches::updated_at.eq(batch.updated_at),
            payout_batches::version.eq(batch.version),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Adds a payout.
pub fn insert(c: &mut TenantConn, payout: &Payout) -> Result<()> {
    diesel::insert_into(payouts::table)
        .values((
            payouts::id.eq(payout.id),
            payouts::batch_id.eq(payout.batch_id),
            payouts::partner_id.eq(payout.partner_id),
            payouts::amount_minor.eq(payout.amount.amount_minor),
            payouts::currency.eq(payout.amount.currency),
            payouts::state.eq(payout.state),
            payouts::created_at.eq(payout.created_at),
            payouts::updated_at.eq(payout.updated_at),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Binds everything the payout's partner is owed in its currency to it. Returns what that comes to, for comparing with its amount.
pub fn take_up(c: &mut TenantConn, payout: &Payout) -> Result<i64> {
    let now = c.now();
    let due = commissions::table
        .filter(commissions::partner_id.eq(payout.partner_id))
        .filter(commissions::currency.eq(payout.amount.currency))
        .filter(commissions::state.eq(CommissionState::Approved))
        .filter(commissions::payout_id.is_null());
    diesel::update(due)
        .set((
            commissions::payout_id.eq(payout.id),
            commissions::updated_at.eq(now),
            commissions::version.eq(commissions::version + 1),
        ))
        .execute(c.db())?;
    let open = adjustments::table
        .filter(adjustments::partner_id.eq(payout.partner_id))
        .filter(adjustments::currency.eq(payout.amount.currency))
        .filter(adjustments::payout_id.is_null());
    diesel::update(open)
        .set((
            adjustments::payout_id.eq(payout.id),
            adjustments::updated_at.eq(now),
        ))
        .execute(c.db())?;
    bound(c, payout.id)
}

/// What is bound to a payout.
pub fn bound(c: &mut TenantConn, payout: PayoutId) -> Result<i64> {
    #[derive(diesel::QueryableByName)]
    struct Sum {
        #[diesel(sql_type = BigInt)]
        amount: i64,
    }
    let sum: Sum = diesel::sql_query(
        "SELECT CAST(COALESCE(SUM(amount), 0) AS BIGINT) AS amount FROM ( \
           SELECT amount_minor - reversed_minor AS amount FROM commissions WHERE payout_id = $1 \
           UNION ALL \
           SELECT amount_minor AS amount FROM adjustments WHERE payout_id = $2 \
         ) AS bound",
    )
    .bind::<Key, _>(payout)
    .bind::<Key, _>(payout)
    .get_result(c.db())?;
    Ok(sum.amount)
}

/// Sets free what is bound to the payouts of a batch.
pub fn set_free(c: &mut TenantConn, batch: PayoutBatchId) -> Result<()> {
    let now = c.now();
    let of_batch = || {
        payouts::table
            .filter(payouts::batch_id.eq(batch))
            .select(payouts::id.nullable())
    };
    diesel::update(commissions::table.filter(commissions::payout_id.eq_any(of_batch())))
        .set((
            commissions::payout_id.eq(None::<PayoutId>),
            commissions::updated_at.eq(now),
            commissions::version.eq(commissions::version + 1),
        ))
        .execute(c.db())?;
    diesel::update(adjustments::table.filter(adjustments::payout_id.eq_any(of_batch())))
        .set((
            adjustments::payout_id.eq(None::<PayoutId>),
            adjustments::updated_at.eq(now),
        ))
        .execute(c.db())?;
    Ok(())
}

/// Marks the commissions of a batch as paid.
pub fn mark_paid(c: &mut TenantConn, batch: PayoutBatchId) -> Result<usize> {
    let now = c.now();
    let of_batch = payouts::table
        .filter(payouts::batch_id.eq(batch))
        .select(payouts::id.nullable());
    let rows = diesel::update(commissions::table.filter(commissions::payout_id.eq_any(of_batch)))
        .set((
            commissions::state.eq(CommissionState::Paid),
            commissions::paid_at.eq(now),
            commissions::updated_at.eq(now),
            commissions::version.eq(commissions::version + 1),
        ))
        .execute(c.db())?;
    Ok(rows)
}

/// Writes what changed over `before`, and gives its payouts the batch's state.
pub fn update_batch(c: &mut TenantConn, before: &PayoutBatch, after: &PayoutBatch) -> Result<()> {
    let row = payout_batches::table
        .filter(payout_batches::id.eq(before.id))
        .filter(payout_batches::version.eq(before.version));
    let rows = diesel::update(row)
        .set((
            payout_batches::state.eq(after.state),
            payout_batches::note.eq(after.note.as_deref()),
            payout_batches::approved_at.eq(after.approved_at),
            payout_batches::exported_at.eq(after.exported_at),
            payout_batches::paid_at.eq(after.paid_at),
            payout_batches::cancelled_at.eq(after.cancelled_at),
            payout_batches::updated_at.eq(after.updated_at),
            payout_batches::version.eq(after.version),
        ))
        .execute(c.db())?;
    changed_one(rows)?;
    diesel::update(payouts::table.filter(payouts::batch_id.eq(after.id)))
        .set((
            payouts::state.eq(after.state),
            payouts::updated_at.eq(after.updated_at),
        ))
        .execute(c.db())?;
    Ok(())
}

/// A batch by its id.
pub fn find_batch(c: &mut TenantConn, id: PayoutBatchId) -> Result<Option<PayoutBatch>> {
    Ok(payout_batches::table
        .find(id)
        .first::<BatchRow>(c.db())
        .optional()?
        .map(read_batch))
}

/// A payout by its id.
pub fn find(c: &mut TenantConn, id: PayoutId) -> Result<Option<Payout>> {
    Ok(payouts::table
        .find(id)
        .first::<Row>(c.db())
        .optional()?
        .map(read))
}

/// The payouts of some batches, in the order they were drawn up.
pub fn of_batches(c: &mut TenantConn, batches: &[PayoutBatchId]) -> Result<Vec<Payout>> {
    let rows = payouts::table
        .filter(payouts::batch_id.eq_any(batches.to_vec()))
        .order(payouts::id.asc())
        .load::<Row>(c.db())?;
    Ok(rows.into_iter().map(read).collect())
}

/// A page of batches, newest first.
pub fn list_batches(
    c: &mut TenantConn,
    state: Option<PayoutState>,
    paging: &Paging,
) -> Result<Page<PayoutBatch>> {
    let filtered = || {
        let query = payout_batches::table.into_boxed::<MultiBackend>();
        match state {
            Some(state) => query.filter(payout_batches::state.eq(state)),
            None => query,
        }
    };
    let rows = by_id!(filtered(), payout_batches::id, PayoutBatchId, paging)
        .limit(paging.fetch())
        .load::<BatchRow>(c.db())?;
    let rows = rows.into_iter().map(read_batch).collect();
    let mut page = paging.page(rows, |row: &PayoutBatch| Cursor::after("", row.id));
    if paging.total {
        page.total = Some(filtered().count().get_result(c.db())?);
    }
    Ok(page)
}

/// Which payouts a list shows.
#[derive(Debug, Clone, Default)]
pub struct PayoutFilter {
    /// In this state only.
    pub state: Option<PayoutState>,
    /// Of this partner.
    pub partner: Option<PartnerId>,
    /// In this batch.
    pub batch: Option<PayoutBatchId>,
}

fn filtered(filter: &PayoutFilter) -> payouts::BoxedQuery<'static, MultiBackend> {
    let mut query = payouts::table.into_boxed::<MultiBackend>();
    if let Some(state) = filter.state {
        query = query.filter(payouts::state.eq(state));
    }
    if let Some(partner) = filter.partner {
        query = query.filter(payouts::partner_id.eq(partner));
    }
    if let Some(batch) = filter.batch {
        query = query.filter(payouts::batch_id.eq(batch));
    }
    query
}

/// A page of payouts, newest first.
pub fn list(c: &mut TenantConn, filter: &PayoutFilter, paging: &Paging) -> Result<Page<Payout>> {
    let mut query = filtered(filter);
    if let Some(id) = after::<PayoutId>(paging)? {
        query = query.filter(payouts::id.lt(id));
    }
    let rows = query
        .order(payouts::id.desc())
        .limit(paging.fetch())
        .load::<Row>(c.db())?;
    let mut page = paging.page(rows.into_iter().map(read).collect(), |row: &Payout| {
        Cursor::after("", row.id)
    });
    if paging.total {
        page.total = Some(filtered(filter).count().get_result(c.db())?);
    }
    Ok(page)
}
