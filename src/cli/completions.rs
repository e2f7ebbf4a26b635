//! `steading completions`: what the shell needs to complete our commands.

use clap::Args;
use clap_complete::{Shell, generate};

use super::exit::Outcome;
use super::{command, out};

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading completions bash > /etc/bash_completion.d/steading
  steading completions zsh > ~/.zfunc/_steading")]
pub struct Completions {
    /// Which shell
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self) -> Outcome {
        let mut script = Vec::new();
        generate(self.shell, &mut command(), "steading", &mut script);
        out::data(&String::from_utf8_lossy(&script))
    }
}
