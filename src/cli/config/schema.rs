//! `steading config schema`: lets editors complete and check the file.

use clap::Args;

use crate::cli::exit::Outcome;
use crate::cli::out;
use crate::config::schema;

/// Print the JSON Schema of the file
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading config schema > steading.schema.json")]
pub struct Schema {
    /// Accepted like everywhere; the answer is JSON anyway
    #[arg(long)]
    json: bool,
}

impl Schema {
    pub(super) fn run(self) -> Outcome {
        out::json(&schema())
    }
}
