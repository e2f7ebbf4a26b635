//! Black-box tests, named like the source: each talks to the real program as its users do.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets the unexpected should stop right there"
)]

mod api;
mod architecture;
mod audit;
mod cli;
mod config;
mod crash;
mod crypto;
mod db;
mod e2e;
mod harness;
mod identity;
mod jobs;
mod leaks;
mod limits;
mod mailing;
mod operator;
mod packaging;
mod partners;
mod server;
mod several;
mod supply;
mod tenancy;
mod transfer;
mod web;
