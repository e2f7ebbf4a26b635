//! What a company bought: its plan, its products, its trial, and how much of it is used.

mod demos;
mod entitle;
mod knobs;
pub mod page;
mod plan;
pub(super) mod store;
mod trials;
mod usage;

pub use self::demos::{reset_demo, reset_demo_later, reset_due};
pub use self::entitle::{
    Entitlement, EntitlementView, entitle, entitlements, judge_entitlement, known_product,
    set_entitlement,
};
pub use self::plan::{PLANS, PRODUCTS, Plan, UNLIMITED, find};
pub use self::trials::end_trials;
pub use self::usage::{Figure, Usage, usage_of};

pub(super) use self::demos::{NIGHTLY, ONE};
pub(super) use self::trials::TRIALS;
