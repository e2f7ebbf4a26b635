//! The records of the programme, in the shape the API and the trail show them. Sealed details are never among them.

use schemars::JsonSchema;
use serde::Serialize;

use super::{
    AdjustmentKind, ClickFlag, CommissionState, EnrolmentState, IdentitySource, LinkState, Outcome,
    PartnerState, PayoutState, ProgramState, Reward,
};
use crate::clock::Timestamp;
use crate::id::{
    AdjustmentId, AttributionId, ClickId, CommissionId, CustomerId, EnrolmentId, EventId, LinkId,
    PartnerId, PayoutBatchId, PayoutId, ProgramId, ProjectId,
};
use crate::money::{Currency, Money};

/// A partner programme.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Program {
    /// Its id.
    pub id: ProgramId,
    /// What people call it.
    pub name: String,
    /// Whether it is run.
    pub state: ProgramState,
    /// What partners get, unless their enrolment says otherwise.
    pub commission: Reward,
    /// The currency its figures are thought in.
    pub currency: Currency,
    /// Days after a click in which it pays for it.
    pub attribution_window_days: i64,
    /// Days a commission waits for refunds.
    pub holding_days: i64,
    /// Whether commissions are approved by themselves once their hold is over.
    pub auto_approve: bool,
    /// The only type of event that earns; any where absent.
    pub event_type: Option<String>,
    /// Where its links lead unless they say otherwise.
    pub destination_url: String,
    /// Made by `demo load`.
    pub is_demo: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with each change; the `ETag`.
    pub version: i64,
    /// The project it belongs to; absent for `default`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project_id: Option<ProjectId>,
}

/// A partner.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Partner {
    /// Its id.
    pub id: PartnerId,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their company.
    pub company: Option<String>,
    /// Their website.
    pub website: Option<String>,
    /// Where they stand.
    pub state: PartnerState,
    /// What the company notes about them.
    pub note: Option<String>,
    /// How they are paid: method and last characters.
    pub payee_hint: Option<String>,
    /// Made by `demo load`.
    pub is_demo: bool,
    /// When they came.
    pub created_at: Timestamp,
    /// When they were last changed.
    pub updated_at: Timestamp,
    /// Rises with each change; the `ETag`.
    pub version: i64,
}

/// A partner in a programme.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Enrolment {
    /// Its id.
    pub id: EnrolmentId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The programme.
    pub program_id: ProgramId,
    /// Whether it runs.
    pub state: EnrolmentState,
    /// Terms of its own; the programme's where absent.
    pub commission: Option<Reward>,
    /// A hold of its own; the programme's where absent.
    pub holding_days: Option<i64>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with each change; the `ETag`.
    pub version: i64,
}

/// A tracked link.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Link {
    /// Its id.
    pub id: LinkId,
    /// The enrolment it belongs to.
    pub enrolment_id: EnrolmentId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The programme.
    pub program_id: ProgramId,
    /// The last part of its address.
    pub key: String,
    /// Where it leads; the programme's destination where absent.
    pub destination_url: Option<String>,
    /// What the partner calls it.
    pub label: Option<String>,
    /// Whether it leads on.
    pub state: LinkState,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with each change; the `ETag`.
    pub version: i64,
}

/// A visit through a link. No address is kept, only a keyed hash of it that changes every day.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Click {
    /// Its id, and the reference a visitor carries.
    pub id: ClickId,
    /// The link.
    pub link_id: LinkId,
    /// When.
    pub clicked_at: Timestamp,
    /// From which page, without its query.
    pub referrer: Option<String>,
    /// With which browser.
    pub user_agent: Option<String>,
    /// The visitor's own query.
    pub query: Option<String>,
    /// Why it earns nothing.
    pub flag: Option<ClickFlag>,
}

/// A customer of the company, by the company's own name for them.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Customer {
    /// Our id.
    pub id: CustomerId,
    /// The company's id.
    pub external_id: String,
    /// The enrolment that won them: set at their first attributed event.
    pub enrolment_id: Option<EnrolmentId>,
    /// When that was.
    pub converted_at: Option<Timestamp>,
    /// When they were first heard of.
    pub created_at: Timestamp,
}

/// Which customer a click was.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Identity {
    /// The customer.
    pub customer_id: CustomerId,
    /// The click.
    pub click_id: ClickId,
    /// Its link.
    pub link_id: LinkId,
    /// When the click was.
    pub clicked_at: Timestamp,
    /// Who said so.
    pub source: IdentitySource,
    /// When it was said.
    pub created_at: Timestamp,
}

/// What the company reported.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Event {
    /// Its id.
    pub id: EventId,
    /// `sale`, `signup`, `refund` …
    #[serde(rename = "type")]
    pub kind: String,
    /// Our id of the customer.
    pub customer_id: Option<CustomerId>,
    /// The click it came with.
    pub click_id: Option<ClickId>,
    /// The sale that a refund takes back.
    pub refunds_event_id: Option<EventId>,
    /// The company's id of it.
    pub external_id: String,
    /// What it was worth.
    pub value: Option<Money>,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What the company wants to remember of it.
    #[schemars(with = "Option<std::collections::BTreeMap<String, serde_json::Value>>")]
    pub metadata: Option<serde_json::Value>,
    /// What attribution made of it; absent for refunds.
    pub outcome: Option<Outcome>,
    /// When it was reported.
    pub created_at: Timestamp,
}

/// Whose work an event was.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Attribution {
    /// Its id.
    pub id: AttributionId,
    /// The event.
    pub event_id: EventId,
    /// The click that led to it.
    pub click_id: Option<ClickId>,
    /// The click's link.
    pub link_id: Option<LinkId>,
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The programme.
    pub program_id: ProgramId,
}

/// What a partner earned.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Commission {
    /// Its id.
    pub id: CommissionId,
    /// The event it is for.
    pub event_id: EventId,
    /// The enrolment.
    pub enrolment_id: EnrolmentId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The programme.
    pub program_id: ProgramId,
    /// What was earned.
    pub amount: Money,
    /// Taken off before it was paid or bound to a payout.
    pub reversed: Money,
    /// Taken back afterwards, by negative adjustments.
    pub clawed_back: Money,
    /// Where it stands.
    pub state: CommissionState,
    /// Until when it waits for refunds.
    pub hold_until: Timestamp,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// When it was paid.
    pub paid_at: Option<Timestamp>,
    /// When it was taken back in full.
    pub reversed_at: Option<Timestamp>,
    /// The payout it is bound to.
    pub payout_id: Option<PayoutId>,
    /// When it was earned.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with each change; the `ETag`.
    pub version: i64,
}

impl Commission {
    /// What is or was to be paid for it.
    pub fn payable(&self) -> Money {
        Money::new(
            self.amount
                .amount_minor
                .saturating_sub(self.reversed.amount_minor),
            self.amount.currency,
        )
    }

    /// What of it has been taken back in any way.
    pub fn taken_minor(&self) -> i64 {
        self.reversed
            .amount_minor
            .saturating_add(self.clawed_back.amount_minor)
    }

    /// What of it could still be taken back.
    pub fn left_minor(&self) -> i64 {
        self.amount.amount_minor.saturating_sub(self.taken_minor())
    }
}

/// Payouts that are approved, exported and confirmed together.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct PayoutBatch {
    /// Its id.
    pub id: PayoutBatchId,
    /// Where it stands.
    pub state: PayoutState,
    /// What the company notes about it.
    pub note: Option<String>,
    /// When it was approved.
    pub approved_at: Option<Timestamp>,
    /// When its file was last taken.
    pub exported_at: Option<Timestamp>,
    /// When it was confirmed as paid.
    pub paid_at: Option<Timestamp>,
    /// When it was given up.
    pub cancelled_at: Option<Timestamp>,
    /// When it was drawn up.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Rises with each change; the `ETag`.
    pub version: i64,
}

/// One partner's share of a batch, in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Payout {
    /// Its id.
    pub id: PayoutId,
    /// The batch.
    pub batch_id: PayoutBatchId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Commissions and adjustments together; always more than nothing.
    pub amount: Money,
    /// Where it stands.
    pub state: PayoutState,
    /// When it was drawn up.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A correction to what a partner is paid.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Adjustment {
    /// Its id.
    pub id: AdjustmentId,
    /// The partner.
    pub partner_id: PartnerId,
    /// The commission it corrects.
    pub commission_id: Option<CommissionId>,
    /// The refund it follows from.
    pub event_id: Option<EventId>,
    /// Added to the next payout; negative takes away.
    pub amount: Money,
    /// Why.
    pub kind: AdjustmentKind,
    /// Why, in words.
    pub reason: String,
    /// The payout it is bound to.
    pub payout_id: Option<PayoutId>,
    /// When it was made.
    pub created_at: Timestamp,
}
