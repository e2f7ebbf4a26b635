//! Who may enter: people, their roles and sessions, keys for programs, and the first owner of a new instance.
//!
//! The gate ([`Keeper`]) answers for every request; its face to the other slices is [`crate::gate::Gate`]. People and keys live in
//! the control plane, so each change is written there with its audit event, and the gate is told after the commit.

mod keeper;
mod keys;
mod model;
mod one_time;
mod pending;
mod people;
pub mod permissions;
mod remembered;
mod sessions;
mod throttle;

pub use self::keeper::Keeper;
pub use self::model::{Role, Roles};
