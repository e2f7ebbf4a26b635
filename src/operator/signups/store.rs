//! Sign-ups and what blocks them: all SQL about them.

use diesel::prelude::*;

use crate::Result;
use crate::db::ControlConn;
use crate::db::schema::control::signups;

/// How many wait for an operator.
pub(in crate::operator) fn waiting(c: &mut ControlConn) -> Result<u64> {
    let waiting: i64 = signups::table
        .filter(signups::state.eq("waiting"))
        .count()
        .get_result(c.db())?;
    Ok(u64::try_from(waiting).unwrap_or_default())
}
