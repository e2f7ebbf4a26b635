//! `steading config print`: what holds and why. Prints also what is wrong, since that is when one looks.

use clap::Args;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::{Context, out};
use crate::config::{Config, print};

/// Show what holds and where each value came from, without secrets
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading config print
  steading config print --json | jq '.settings[] | select(.origin != \"default\")'")]
pub struct Print {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Print {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let read = Config::read(&context.sources);
        if self.json {
            out::json(&print::json(&read.settings, read.file.as_deref()))?;
        } else {
            out::data(&out::columns(&print::rows(&read.settings)))?;
            out::say(read.file.as_ref().map_or_else(
                || "No configuration file.".to_owned(),
                |file| format!("File: {file}"),
            ));
        }
        for warning in &read.warnings {
            out::say(format!("warning: {warning}"));
        }
        match read.into_loaded() {
            Ok(_) => Ok(()),
            Err(error) => Err(Failure::new(
                Exit::Configuration,
                Failure::from(error).message,
            )),
        }
    }
}
