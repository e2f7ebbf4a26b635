//! `steading config check`: everything that is wrong, with its place, before anything starts.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::{Context, out};
use crate::config::{Config, FileSource, Loaded};
use crate::identity;
use crate::server::boot::{self, BootError};

/// Check the configuration without starting (exit 78 if it does not hold)
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading config check
  steading config check /etc/steading/steading.toml
  steading config init - | steading config check -")]
pub struct Check {
    /// The file to check, or - for standard input [default: the one that `serve` would read]
    file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let mut sources = context.sources.clone();
        if let Some(path) = self.file {
            sources.file = if path.as_os_str() == "-" {
                standard_input()?
            } else {
                FileSource::At(path)
            };
        }
        let read = Config::read(&sources);
        if self.json {
            let (file, warnings) = (read.file.clone(), read.warnings.clone());
            let mut problems: Vec<String> = read.problems.iter().map(ToString::to_string).collect();
            if let Ok(loaded) = read.into_loaded()
                && let Err(error) = judge(&loaded)
            {
                problems.push(error.to_string());
            }
            let ok = problems.is_empty();
            out::json(
                &json!({"ok": ok, "file": file, "problems": problems, "warnings": warnings}),
            )?;
            return if ok {
                Ok(())
            } else {
                Err(Failure::silent(Exit::Configuration))
            };
        }
        for warning in &read.warnings {
            out::say(format!("warning: {warning}"));
        }
        let file = read.file.clone();
        judge(&read.into_loaded()?)?;
        out::say(match file {
            Some(file) => format!("The configuration holds (file {file})."),
            None => "The configuration holds (no file).".to_owned(),
        });
        Ok(())
    }
}

/// What `serve` would refuse though every setting can be read. No database is asked, so one that may be new counts as new.
fn judge(loaded: &Loaded) -> Result<(), BootError> {
    boot::judge(loaded)?;
    if loaded.config.database.postgres.is_some() {
        identity::judge_first_owner(&loaded.config)?;
    }
    Ok(())
}

fn standard_input() -> Result<FileSource, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .read_to_string(&mut text)
        .map_err(|error| {
            Failure::new(
                Exit::BadInput,
                format!("cannot read standard input: {error}"),
            )
        })?;
    Ok(FileSource::Text {
        name: "standard input".to_owned(),
        text,
    })
}
