//! What a company bought: its plan, its products, its trial, and how much of it is used.

mod knobs;
mod plan;
pub(super) mod store;

pub use self::plan::{FIRST, PLANS, Plan, UNLIMITED, find};
