//! What an enrolment is made of, as sent, and the rules it must fit.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::Result;
use crate::id::{PartnerId, ProgramId};
use crate::partners::model::{Enrolment, Reward};
use crate::partners::program::rules;
use crate::web::Fields;

/// A new enrolment.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewEnrolment {
    /// The partner.
    pub partner_id: PartnerId,
    /// The programme.
    pub program_id: ProgramId,
    /// Terms of its own; the programme's where absent.
    #[serde(default)]
    pub commission: Option<Reward>,
    /// A hold of its own; the programme's where absent.
    #[serde(default)]
    pub holding_days: Option<i64>,
}

/// A change of an enrolment: what is absent stays, null goes back to the programme's terms.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EnrolmentChange {
    /// Terms of its own, for events from now on.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<Reward>")]
    pub commission: Option<Option<Reward>>,
    /// A hold of its own, for events from now on.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<i64>")]
    pub holding_days: Option<Option<i64>>,
}

/// The rules every enrolment fits.
pub(super) fn check(enrolment: &Enrolment) -> Result<()> {
    check_terms(enrolment.commission, enrolment.holding_days)
}

/// The same for terms that have no enrolment yet.
pub(super) fn check_terms(commission: Option<Reward>, holding_days: Option<i64>) -> Result<()> {
    let mut fields = Fields::default();
    if let Some(commission) = commission {
        rules::reward(&mut fields, "commission", commission);
    }
    rules::holding(&mut fields, holding_days);
    fields.check()
}
