//! The command line of the real binary.

mod completions;
mod config;
mod exit_codes;
mod health;
mod help;
mod man;
mod trail;
mod version;
