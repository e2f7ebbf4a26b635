//! What a company still owes its partners, for whoever would close it.

use crate::Result;
use crate::db::TenantConn;
use crate::money::Money;
use crate::partners::store::payouts;

/// What partners are owed by currency: approved commissions with their adjustments, and payouts that are not confirmed as paid.
/// Debts of one partner do not make what another is owed smaller.
///
/// # Errors
/// Where the store fails.
pub fn owed_in_all(c: &mut TenantConn) -> Result<Vec<Money>> {
    payouts::owed_in_all(c)
}
