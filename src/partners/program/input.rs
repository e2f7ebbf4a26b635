//! What a programme is made of, as sent, and the rules it must fit.

use schemars::JsonSchema;
use serde::Deserialize;

use super::rules;
use crate::Result;
use crate::id::ProjectId;
use crate::money::Currency;
use crate::partners::model::{Destination, Program, Reward};
use crate::web::Fields;

/// Days after a click that a programme may pay for.
const WINDOW_DAYS: std::ops::RangeInclusive<i64> = 1..=365;

/// A new programme.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProgram {
    /// What people call it.
    pub name: String,
    /// What partners get.
    pub commission: Reward,
    /// The currency its figures are thought in; of a fixed commission its own, else the company's where absent.
    #[serde(default)]
    pub currency: Option<Currency>,
    /// Days after a click in which it pays for it.
    #[serde(default = "thirty")]
    pub attribution_window_days: i64,
    /// Days a commission waits for refunds.
    #[serde(default = "thirty")]
    pub holding_days: i64,
    /// Whether commissions are approved by themselves once their hold is over.
    #[serde(default = "yes")]
    pub auto_approve: bool,
    /// The only type of event that earns; any where absent.
    #[serde(default)]
    pub event_type: Option<String>,
    /// Where its links lead unless they say otherwise.
    pub destination_url: String,
    /// The project it belongs to; `default` where absent.
    #[serde(default)]
    pub project_id: Option<ProjectId>,
}

fn thirty() -> i64 {
    30
}

fn yes() -> bool {
    true
}

/// A change of a programme: what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ProgramChange {
    /// What people call it.
    pub name: Option<String>,
    /// What partners get for events from now on.
    pub commission: Option<Reward>,
    /// The currency its figures are thought in.
    pub currency: Option<Currency>,
    /// Days after a click in which it pays for it.
    pub attribution_window_days: Option<i64>,
    /// Days a commission waits for refunds; commissions that exist keep theirs.
    pub holding_days: Option<i64>,
    /// Whether commissions are approved by themselves once their hold is over.
    pub auto_approve: Option<bool>,
    /// The only type of event that earns; null for any.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<String>")]
    pub event_type: Option<Option<String>>,
    /// Where its links lead unless they say otherwise.
    pub destination_url: Option<String>,
    /// The project it belongs to; null for `default`.
    #[serde(deserialize_with = "crate::partners::api::present")]
    #[schemars(with = "Option<ProjectId>")]
    pub project_id: Option<Option<ProjectId>>,
}

/// The rules every programme fits. Tidies what may be tidied.
pub(super) fn check(program: &mut Program) -> Result<()> {
    let mut fields = Fields::default();
    program.name = fields.text(
        "name",
        &program.name,
        1..=120,
        "Give it a name of at most 120 characters.",
    );
    rules::reward(&mut fields, "commission", program.commission);
    if let Reward::Fixed { value } = program.commission
        && value.currency != program.currency
    {
        fields.add(
            "currency",
            format!("A fixed commission sets the currency: {}.", value.currency),
        );
    }
    if !WINDOW_DAYS.contains(&program.attribution_window_days) {
        fields.add("attribution_window_days", "Choose 1 to 365 days.");
    }
    rules::holding(&mut fields, Some(program.holding_days));
    if let Some(kind) = &program.event_type
        && !crate::partners::event::is_type(kind)
    {
        fields.add(
            "event_type",
            "Use the type as it is reported, such as sale: letters, digits, “_”, “-”, “.”, “:”.",
        );
    }
    if let Some(url) = fields.parse::<Destination>("destination_url", &program.destination_url) {
        program.destination_url = url.to_string();
    }
    fields.check()
}
