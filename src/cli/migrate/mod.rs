//! `steading migrate`: the steps that bring the stores to this version, seen and run by hand.

mod create;
mod force;
mod place;
mod told;

use clap::{Args, Subcommand};

use self::place::{Place, Plane};
use crate::cli::bar::Bar;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::prompt::Consent;
use crate::db::migrate::{self, Direction, StoreReport};

/// Bring the stores to this version, or look what waits
#[derive(Debug, Subcommand)]
pub enum Migrate {
    /// Run every step that waits (serve does this by itself)
    Up(Act),
    /// Take the last step back, with what it made
    Down(Act),
    /// Show what is in place and what waits
    Status(Look),
    /// Print the newest step in place of each store
    Version(Look),
    /// Mark stores as being at a step, running nothing: for a store that was mended by hand
    Force(force::Force),
    /// Exit 0 where nothing waits, 1 where something does
    Check(Look),
    /// Begin a new step in the source: up.sql and down.sql for both engines
    Create(create::Create),
}

/// A look.
#[derive(Debug, Args)]
pub struct Look {
    #[command(flatten)]
    plane: Plane,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// A change.
#[derive(Debug, Args)]
pub struct Act {
    #[command(flatten)]
    plane: Plane,
    #[command(flatten)]
    consent: Consent,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Look {
    fn reports(&self, context: &Context) -> Result<(Vec<StoreReport>, told::Names), Failure> {
        let place = Place::where_one_stands(context)?;
        let reports = place.status(place.which(&self.plane)?)?;
        Ok((reports, place.names()?))
    }
}

impl Migrate {
    pub(super) fn run(self, context: &Context) -> Outcome {
        match self {
            Self::Status(look) => {
                let (reports, names) = look.reports(context)?;
                told::show(&reports, &names, look.json)
            }
            Self::Version(look) => {
                let (reports, names) = look.reports(context)?;
                told::newest(&reports, &names, look.json)
            }
            Self::Check(look) => {
                let (reports, names) = look.reports(context)?;
                told::show(&reports, &names, look.json)?;
                let waiting: usize = reports.iter().map(|report| report.pending.len()).sum();
                told::none_failed(failures(&reports), reports.len())?;
                match waiting {
                    0 => Ok(()),
                    1 => Err(Failure::failed("1 step waits; steading migrate up runs it")),
                    some => Err(Failure::failed(format!(
                        "{some} steps wait; steading migrate up runs them"
                    ))),
                }
            }
            Self::Up(act) => act.run(context, &Place::of(context)?, Direction::Up),
            Self::Down(act) => {
                act.run(context, &Place::where_one_stands(context)?, Direction::Down)
            }
            Self::Force(force) => force.run(context),
            Self::Create(create) => create.run(),
        }
    }
}

impl Act {
    fn run(&self, context: &Context, place: &Place, direction: Direction) -> Outcome {
        let which = place.which(&self.plane)?;
        if self.dry_run {
            let reports = place.status(which)?;
            return told::preview(&reports, &place.names()?, direction, self.json);
        }
        if direction == Direction::Down {
            self.consent.to(
                "The last step of each store is taken back, and what it made is lost. Go on?",
            )?;
        }
        let bar = Bar::of(context, self.json);
        let reports = place.step(which, direction, bar.told());
        bar.end();
        let reports = reports?;
        told::show(&reports, &place.names()?, self.json)?;
        told::none_failed(failures(&reports), reports.len())
    }
}

fn failures(reports: &[StoreReport]) -> usize {
    reports
        .iter()
        .filter(|report| report.failed.is_some())
        .count()
}

impl From<migrate::MigrateError> for Failure {
    fn from(error: migrate::MigrateError) -> Self {
        let exit = match &error {
            migrate::MigrateError::Newer { .. } | migrate::MigrateError::Refused(_) => {
                Exit::Configuration
            }
            migrate::MigrateError::Busy(_) => Exit::TryLater,
            migrate::MigrateError::Unreachable(_) => Exit::Unavailable,
            migrate::MigrateError::Unknown { .. } => Exit::BadInput,
            migrate::MigrateError::Failed { .. } => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}
