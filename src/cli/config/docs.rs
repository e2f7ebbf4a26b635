//! `steading config docs`: the page `docs/configuration.md`, for those who work on Steading itself.

use clap::Args;

use crate::cli::exit::Outcome;
use crate::cli::out;
use crate::config::docs;

/// Print the documentation page of all keys
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct Docs {}

impl Docs {
    pub(super) fn run(self) -> Outcome {
        out::data(&docs())
    }
}
