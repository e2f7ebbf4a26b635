//! **The map.** Steading is the back office a company owns: partner programme, connections and tables in one binary.
//!
//! Two planes: the *control plane* (who may enter: tenants, people, sessions, keys) and the *tenant plane*
//! (everything one company owns). Tenant data is reached through a [`db::Scope`] and in no other way.
//!
//! Modules below stand in the order of dependence: each may use its own paragraph and those above it, never one below.
//! `src/tests/architecture.rs` reads every `use crate::…` and fails on an edge that points down.

#![cfg_attr(
    test,
    expect(
        clippy::unwrap_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test may stop at the first surprise"
    )
)]

pub mod error;
pub mod clock;
pub mod id;
pub mod money;
pub mod actor;

pub mod version;

pub mod config;
pub mod crypto;
pub mod gate;

pub mod db;
pub mod dns;
pub mod mail;

pub mod app;
pub mod slice;

pub mod web;

pub mod audit;

pub mod jobs;

pub mod mailing;

pub mod tenancy;

pub mod identity;

pub mod partners;

pub mod operator;

pub mod transfer;

pub mod slices;

pub mod routes;

pub mod server;

pub mod cli;

pub use error::{Error, Result};
