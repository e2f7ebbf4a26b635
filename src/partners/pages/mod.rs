//! The admin's pages of the partner programme: the month's figures, programmes, partners, links, commissions, payouts.
//!
//! One file a page or action. A page reads in one snapshot; a form acts through the functions the API calls, once however often
//! it is sent, and shows both versions where two people edited the same record.

mod act;
mod listing;
mod reward;
mod sums;
mod waiting;
mod words;

pub mod clicks;
pub mod commissions;
pub mod connect;
pub mod enrolments;
pub mod home;
pub mod links;
pub mod partners;
pub mod payouts;
pub mod programs;
pub mod projects;

pub use waiting::waiting;
