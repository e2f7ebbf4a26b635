//! The rules of terms, shared by programmes and enrolments.

use crate::db::TenantConn;
use crate::id::ProjectId;
use crate::money::MAX_AMOUNT_MINOR;
use crate::partners::model::Reward;
use crate::web::Fields;
use crate::{Error, Result};

/// Days a commission may wait.
const HOLDING_DAYS: std::ops::RangeInclusive<i64> = 0..=365;

/// The rules of a reward.
pub fn reward(fields: &mut Fields, name: &str, reward: Reward) {
    match reward {
        Reward::Percent { rate } if rate.ppm() == 0 => {
            fields.add(&format!("/{name}/rate"), "Choose more than 0 percent.")
        }
        Reward::Fixed { value } if !(1..=MAX_AMOUNT_MINOR).contains(&value.amount_minor) => {
            fields.add(
                &format!("/{name}/value/amount"),
                "Choose an amount above zero.",
            );
        }
        _ => {}
    }
}

/// The project a programme is put in: for a caller who is limited to one that one, and no other is there.
pub fn project_of(c: &TenantConn, wanted: Option<ProjectId>) -> Result<Option<ProjectId>> {
    match c.project() {
        None => Ok(wanted),
        Some(limit) if wanted.is_none_or(|wanted| wanted == limit.id) => Ok(Some(limit.id)),
        Some(_) => Err(Error::invalid("project_id", "There is no such project.")),
    }
}

/// The rule of a hold.
pub fn holding(fields: &mut Fields, days: Option<i64>) {
    if days.is_some_and(|days| !HOLDING_DAYS.contains(&days)) {
        fields.add("holding_days", "Choose 0 to 365 days.");
    }
}
