//! `steading help exit-codes`: how commands end.

use clap::Args;
use serde_json::json;

use super::exit::{Exit, Outcome};
use super::out;

/// What the exit codes mean
#[derive(Debug, Args)]
#[command(hide = true)]
pub struct ExitCodes {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Its name on the command line.
pub const NAME: &str = "exit-codes";

/// The table that help and manual show.
pub fn table() -> String {
    let row = |exit: &Exit| format!("{:>4}  {}\n", exit.code(), exit.meaning());
    format!(
        "Exit codes:\n{}",
        Exit::ALL.iter().map(row).collect::<String>()
    )
}

impl ExitCodes {
    pub(super) fn run(self) -> Outcome {
        if self.json {
            let entry = |exit: Exit| json!({"code": exit.code(), "meaning": exit.meaning()});
            return out::json(&Exit::ALL.map(entry));
        }
        out::data(&table())
    }
}
