//! `steading migrate force`: a store's list of steps is set, and nothing is run.

use clap::Args;

use super::place::{Place, Plane};
use super::told;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::out;
use crate::cli::prompt::Consent;

/// Mark stores as being at a step, running nothing: for a store that was mended by hand. A mark of a failed upgrade goes
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading migrate force 20261127000001 --tenant acme --yes
  steading migrate force none --control-only --dry-run")]
pub struct Force {
    /// The newest step that is in place, such as 20261127000001; none for a store without any
    #[arg(value_name = "VERSION")]
    version: String,
    #[command(flatten)]
    plane: Plane,
    #[command(flatten)]
    consent: Consent,
    /// Only say what would be marked
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Force {
    pub(super) fn run(&self, context: &Context) -> Outcome {
        if !self.plane.is_named() {
            return Err(Failure::new(
                Exit::Usage,
                "say which stores: --control-only, --tenant SLUG or --all-tenants",
            ));
        }
        let place = Place::where_one_stands(context)?;
        let which = place.which(&self.plane)?;
        let version = (self.version != "none").then_some(self.version.as_str());
        if !self.dry_run {
            self.consent.to(
                "The list of steps is set and none is run: a wrong version makes the next upgrade fail. Go on?",
            )?;
        }
        let forced = place.force(which, version, !self.dry_run)?;
        let changed = forced.iter().any(|one| one.before != one.after);
        told::forced(&forced, &place.names()?, self.json)?;
        if self.dry_run {
            out::say("Nothing was changed: this is what would be.");
        } else if !changed {
            out::say("Nothing was different.");
        }
        let failed = forced.iter().filter(|one| one.failed.is_some()).count();
        told::none_failed(failed, forced.len())
    }
}
