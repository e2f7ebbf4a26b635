//! The plans, as data: what each allows. A plan's name stands in the registry; what it allows stands here alone.

use crate::gate::{Counted, Limits};

/// The plan of a company that none was chosen for.
pub const FIRST: &str = "starter";
/// The plan without limits: what the company of single mode is born with.
pub const UNLIMITED: &str = "unlimited";

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
        name: FIRST,
        limits: Limits {
            members: Some(5),
            partners: Some(50),
            links: Some(200),
            events_per_month: Some(10_000),
        },
    },
    Plan {
        name: "growth",
        limits: Limits {
            members: Some(25),
            partners: Some(1_000),
            links: Some(5_000),
            events_per_month: Some(250_000),
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
    let of_plan = find(plan).or_else(|| find(FIRST));
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
            ("starter", &[][..], Counted::Partners, Some(50)),
            ("growth", &[], Counted::Partners, Some(1_000)),
            ("unlimited", &[], Counted::Partners, None),
            ("no such plan", &[], Counted::Partners, Some(50)),
            ("starter", &[(Counted::Partners, 7)], Counted::Partners, Some(7)),
            ("starter", &[(Counted::Partners, 7)], Counted::Links, Some(200)),
            ("unlimited", &[(Counted::Members, 0)], Counted::Members, Some(0)),
        ] {
            assert_eq!(limits_of(plan, knobs).of(what), most, "{plan} {knobs:?}");
        }
    }
}
