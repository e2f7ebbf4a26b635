//! `steading migrate create`: the folders of a new step, for whoever changes the program.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::out;
use crate::clock::Clock;

/// Where the steps of the source are; both engines have the same ones.
const STEPS: &str = "migrations";
const ENGINES: [&str; 2] = ["sqlite", "postgres"];

/// Begin a new step in the source: up.sql and down.sql for both engines
#[derive(Debug, Args)]
#[command(after_help = "Example, in a clone of the source:
  steading migrate create coupons")]
pub struct Create {
    /// What it brings, in small letters, digits and underscores
    name: String,
    /// For the control plane (otherwise for the companies' stores)
    #[arg(long)]
    control_only: bool,
    /// Only say what would be made
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Create {
    pub(super) fn run(&self) -> Outcome {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if self.name.is_empty() || !self.name.chars().all(fits) {
            return Err(Failure::new(
                Exit::Usage,
                "a step's name has small letters, digits and underscores",
            ));
        }
        let plane = if self.control_only {
            "control"
        } else {
            "tenant"
        };
        let folders = ENGINES.map(|engine| Path::new(STEPS).join(plane).join(engine));
        let cannot = |path: &Path, why: &std::io::Error| {
            Failure::new(
                Exit::CannotWrite,
                format!(
                    "{}: {why}; this works in a clone of the source",
                    path.display()
                ),
            )
        };
        let mut newest = 0;
        for folder in &folders {
            newest = newest.max(newest_in(folder).map_err(|why| cannot(folder, &why))?);
        }
        // A day and a number, above every step there is, whatever the clock says.
        let today: String = Clock::system()
            .now()
            .day()
            .chars()
            .filter(char::is_ascii_digit)
            .collect();
        let first = today.parse::<u64>().unwrap_or_default() * 1_000_000 + 1;
        let step = format!("{}_{}", first.max(newest + 1), self.name);
        let made: Vec<PathBuf> = folders.iter().map(|folder| folder.join(&step)).collect();
        if !self.dry_run {
            for folder in &made {
                write(folder).map_err(|why| cannot(folder, &why))?;
            }
        }
        if self.json {
            return out::json(&made);
        }
        made.iter()
            .try_for_each(|folder| out::data(&format!("{}\n", folder.display())))
    }
}

/// The highest number of the steps in a folder.
fn newest_in(folder: &Path) -> std::io::Result<u64> {
    let mut newest = 0;
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let number = name.to_string_lossy();
        let number = number.split('_').next().and_then(|n| n.parse().ok());
        newest = newest.max(number.unwrap_or_default());
    }
    Ok(newest)
}

fn write(folder: &Path) -> std::io::Result<()> {
    fs::create_dir(folder)?;
    fs::write(folder.join("up.sql"), "-- What this step makes.\n")?;
    fs::write(folder.join("down.sql"), "-- Takes back what up.sql made.\n")
}
