//! `steading tenant set`: what is known of a company.

use clap::Args;

use super::entitle::{Entitled, said};
use super::named;
use super::record::{Record, moment};
use super::show::shown;
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::Outcome;
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::tenancy;

/// Change what is known of a company
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading tenant set acme --plan growth --trial-ends 2026-12-31
  steading tenant set acme --industry ''                        takes the industry away
  steading tenant set acme --product partners=off               shuts the partner programme for this company
  steading tenant set acme --product partners --knob members=5  lets five people in, whatever the plan says")]
pub struct Set {
    /// Its slug
    slug: String,
    #[command(flatten)]
    record: Record,
    /// When its trial ends: a day, or a time with its zone; empty for never
    #[arg(long, value_name = "WHEN")]
    trial_ends: Option<String>,
    #[command(flatten)]
    entitled: Entitled,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Set {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        let company = named(app, &self.slug).await?;
        let (wanted, entitled) = (self.record.read()?, self.entitled.read()?);
        let settings = wanted.settings(&company.settings)?;
        let trial = match self.trial_ends.as_deref() {
            None => None,
            Some("") => Some(None),
            Some(text) => Some(Some(moment("trial_ends", text)?)),
        };
        let changed = tenancy::change_record(app, &Actor::shell(), company.id, move |company| {
            company.settings.clone_from(&settings);
            wanted.onto(company);
            if let Some(at) = trial {
                company.trial_ends_at = at;
            }
        })
        .await?;
        let decided = entitled.is_some();
        if let Some(entitled) = entitled {
            let stands = tenancy::entitle(app, &Actor::shell(), company.id, entitled).await?;
            io.say(said(&stands));
        }
        if changed == company && !decided {
            io.say("Nothing was different.");
        }
        shown(app, io, &changed, self.json)
    }
}
