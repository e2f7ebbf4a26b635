//! The partner programme.

mod demo_plan;
