//! Steading.

pub mod config;
