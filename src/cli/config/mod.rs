//! `steading config`: look at the configuration without starting anything.

mod check;
mod docs;
mod init;
mod print;
mod schema;

use clap::Subcommand;

use super::Context;
use super::exit::Outcome;

/// Check, print and write configuration
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    Check(check::Check),
    Print(print::Print),
    Init(init::Init),
    Schema(schema::Schema),
    Docs(docs::Docs),
}

impl ConfigCommand {
    pub(super) fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Check(command) => command.run(context),
            Self::Print(command) => command.run(context),
            Self::Init(command) => command.run(),
            Self::Schema(command) => command.run(),
            Self::Docs(command) => command.run(),
        }
    }
}
