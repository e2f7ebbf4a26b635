//! `steading config init`: a commented sample that changes nothing until somebody edits it.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::out;
use crate::cli::prompt::Consent;
use crate::config::sample;

/// Write a commented sample file
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading config init
  steading config init /etc/steading/steading.toml
  steading config init - | less")]
pub struct Init {
    /// Where to write it; - for standard output
    #[arg(default_value = "steading.toml")]
    file: PathBuf,
    /// Print what would be written, and write nothing
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    consent: Consent,
}

impl Init {
    pub(super) fn run(self) -> Outcome {
        if self.dry_run || self.file.as_os_str() == "-" {
            return out::data(&sample());
        }
        let exists = self.file.symlink_metadata().is_ok();
        if exists {
            self.may_replace()?;
        }
        write(&self.file, exists).map_err(|error| {
            Failure::new(
                Exit::CannotWrite,
                format!("cannot write {}: {error}", self.file.display()),
            )
        })?;
        out::say(format!("Wrote {}.", self.file.display()));
        Ok(())
    }

    fn may_replace(&self) -> Outcome {
        let path = self.file.display();
        self.consent
            .to(&format!("{path} exists. Replace it with the sample?"))
            .map_err(|failure| match failure.exit {
                Exit::Usage => Failure::new(
                    Exit::CannotWrite,
                    format!("{path} exists; pass --yes to replace it"),
                ),
                _ => failure,
            })
    }
}

/// The file may come to hold secrets: only its owner may read it.
fn write(path: &Path, replace: bool) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    let options = if replace {
        options.create(true).truncate(true)
    } else {
        options.create_new(true)
    };
    let mut file = options.open(path)?;
    file.write_all(sample().as_bytes())?;
    file.sync_all()
}
