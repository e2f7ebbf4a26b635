//! The plans, as data: what each allows. A plan's name stands in the registry; what it allows stands here alone.

use crate::gate::{Counted, Limits};
use crate::tenancy::FIRST_PLAN;

/// The plan without limits: what the company of single mode is born with.
pub const UNLIMITED: &str = "unlimited";

/// What may be switched on and off for a company: slices that are products of their own. Without a decision each is on.
pub const PRODUCTS: [&str; 1] = ["partners"];

/// What is sold under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// Its name in the registry and on the command line.
    pub name: &'static str,
    /// What it allows.
    pub limits: Limits,
}

/// Every plan, the smallest first.
pub const PLANS: [Plan; 3] = [
    Plan {
        name: FIRST_PLAN,
        limits: Limits {
            members: Some(10),
            partners: Some(100),
            links: Some(500),
            events_per_month: Some(100_000),
        },
    },
    Plan {
        name: "growth",
        limits: Limits {
            members: Some(50),
            partners: Some(2_000),
            links: Some(10_000),
            events_per_month: Some(1_000_000),
        },
    },
    Plan {
        name: UNLIMITED,
        limits: Limits::NONE,
    },
];

/// A plan by its name.
pub fn find(name: &str) -> Option<Plan> {
    PLANS.into_iter().find(|plan| plan.name == name)
}

/// What a company may have: its plan's limits, each replaced by a knob of its own where there is one. A name this version does
/// not know allows what the smallest plan does.
pub(super) fn limits(plan: &str, knobs: &[(Counted, u64)]) -> Limits {
    let of_plan = find(plan).or_else(|| find(FIRST_PLAN));
    let base = of_plan.map_or(Limits::NONE, |plan| plan.limits);
    knobs
        .iter()
        .fold(base, |limits, (what, most)| limits.with(*what, Some(*most)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knobs_come_before_the_plan() {
        let limits_of = |plan, knobs: &[(Counted, u64)]| limits(plan, knobs);
        for (plan, knobs, what, most) in [
            ("starter", &[][..], Counted::Partners, Some(100)),
            ("growth", &[], Counted::Partners, Some(2_000)),
            ("unlimited", &[], Counted::Partners, None),
            ("no such plan", &[], Counted::Partners, Some(100)),
            (
                "starter",
                &[(Counted::Partners, 7)],
                Counted::Partners,
                Some(7),
            ),
            (
                "starter",
                &[(Counted::Partners, 7)],
                Counted::Links,
                Some(500),
            ),
            (
                "unlimited",
                &[(Counted::Members, 0)],
                Counted::Members,
                Some(0),
            ),
        ] {
            assert_eq!(limits_of(plan, knobs).of(what), most, "{plan} {knobs:?}");
        }
    }
}
