//! The command line of the real binary.

mod doctor;
mod completions;
mod config;
mod exit_codes;
mod health;
mod flags;
mod help;
mod man;
mod nothing_there;
mod progress;
mod trail;
mod version;
