//! What waits for a person, counted for the navigation: applications, commissions past their hold, payouts to approve.

use crate::Result;
use crate::clock::Timestamp;
use crate::db::TenantConn;
use crate::partners::model::PayoutState;
use crate::partners::store::{pages, payouts};
use crate::web::Paging;
use crate::web::nav::{COUNTED, Place};

/// Counts it; the lists it stands in are those of the navigation.
///
/// # Errors
/// Where the store fails.
pub fn waiting(c: &mut TenantConn, now: Timestamp) -> Result<Vec<(&'static str, i64)>> {
    let ready = pages::ready_up_to(c, now, COUNTED)?;
    let few = Paging {
        limit: 1,
        total: true,
        ..Paging::default()
    };
    let mut batches = |state| -> Result<i64> {
        let page = payouts::list_batches(c, Some(state), &few)?;
        Ok(page.total.unwrap_or_default())
    };
    let payouts = batches(PayoutState::Draft)? + batches(PayoutState::Exported)?;
    Ok(vec![
        (Place::Partners.path(), pages::applied(c)?),
        (Place::Commissions.path(), ready),
        (Place::Payouts.path(), payouts),
    ])
}
