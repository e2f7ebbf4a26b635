//! The process as its operator meets it: how it starts, stops, answers for its health, and works beside the command line.

mod away;
mod beside;
mod bootstrap;
mod companies;
mod database;
mod disk_full;
pub mod health;
mod keys;
mod metrics;
mod setup;
mod start;
mod stop;
mod trace;
