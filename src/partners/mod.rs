//! The partner programme: programmes, partners, enrolments, links, clicks, customers, events, commissions, payouts.
//!
//! A visitor follows a partner's link ([`redirect`]), becomes a customer, and what the customer does is reported as events; the last
//! click within the programme's window gets the event, its enrolment's terms make the commission, and payouts pay it.

pub mod model;
#[expect(dead_code, reason = "the actions that use it come next")]
mod store;
