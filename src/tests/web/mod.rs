//! The parts of pages, shown by a real browser under the policy the program serves.

mod behaviour;
mod gallery;
mod parts;
mod served;
