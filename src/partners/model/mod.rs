//! The partner programme's words, records and rules. Pure: no store, no clock, no network.

mod attribution;
mod destination;
mod link_key;
mod payee;
mod records;
mod reversal;
mod terms;
mod visitor;
mod words;

pub use attribution::{Candidate, last_click};
pub use destination::{BadDestination, Destination, REFERENCE, RedirectTarget};
pub use link_key::{LinkKey, NotALinkKey};
pub use payee::{BadPayee, Payee};
pub use records::{
    Adjustment, Attribution, Click, Commission, Customer, Enrolment, Event, Identity, Link,
    Partner, Payout, PayoutBatch, Program,
};
pub use reversal::{BadRefund, refund_amount, to_reverse};
pub use terms::{Reward, Terms, hold_until, is_mature, terms};
pub use visitor::{is_bot, referrer_without_query};
pub use words::{
    AdjustmentKind, ClickFlag, CommissionState, EnrolmentState, IdentitySource, LinkState, Outcome,
    PartnerState, PayoutState, ProgramState,
};
