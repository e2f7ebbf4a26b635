//! `steading tenant set`: what is known of a company.

use clap::Args;

use super::entitle::{Entitled, said};
use super::record::{Record, moment};
use super::show::shown;
use super::{named, tell_of_plan};
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::db::Control;
use crate::tenancy::{self, Company};

/// Change what is known of a company
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading tenant set acme --plan growth --trial-ends 2026-12-31
  steading tenant set acme --industry ''                        takes the industry away
  steading tenant set acme --product partners=off               shuts the partner programme for this company
  steading tenant set acme --product partners --knob members=5  lets five people in, whatever the plan says")]
pub struct Set {
    /// Its slug
    pub(super) slug: String,
    #[command(flatten)]
    record: Record,
    /// When its trial ends: a day, or a time with its zone; empty takes one away that is over and done with
    #[arg(long, value_name = "WHEN")]
    trial_ends: Option<String>,
    #[command(flatten)]
    entitled: Entitled,
    #[command(flatten)]
    consent: Consent,
    /// Only say what would change; no file is touched
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Set {
    /// What the flags would make of a company, values read but not yet judged.
    fn change(&self, company: &Company) -> Result<impl Fn(&mut Company) + Send + use<>, Failure> {
        let wanted = self.record.clone().read()?;
        let settings = wanted.settings(&company.settings)?;
        let trial = match self.trial_ends.as_deref() {
            None => None,
            Some("") => Some(None),
            Some(text) => Some(Some(moment("--trial-ends", text)?)),
        };
        Ok(move |company: &mut Company| {
            company.settings.clone_from(&settings);
            wanted.onto(company);
            if let Some(at) = trial {
                company.trial_ends_at = at;
            }
        })
    }

    /// Says what would change. Nothing is written.
    pub(super) async fn preview(
        self,
        control: &Control,
        company: &Company,
        io: &mut Io,
    ) -> Outcome {
        let (change, entitled) = (self.change(company)?, self.entitled.read()?);
        let id = company.id;
        let (before, after, entitled) = control
            .read(move |c| {
                let (before, after) = tenancy::judge_change(c, id, &change)?;
                let entitled = entitled
                    .as_ref()
                    .map(|wanted| tenancy::plans::judge_entitlement(c, id, wanted));
                Ok((before.record(), after.record(), entitled.transpose()?))
            })
            .await?;
        if self.json {
            return io.json(&serde_json::json!({
                "dry_run": true, "before": before, "after": after, "entitlement": entitled,
            }));
        }
        let told = |value: Option<&serde_json::Value>| match value {
            None | Some(serde_json::Value::Null) => "nothing".to_owned(),
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        };
        let mut lines: Vec<String> = after
            .as_object()
            .into_iter()
            .flatten()
            .filter(|(name, value)| before.get(name.as_str()) != Some(*value))
            .map(|(name, value)| {
                let (was, is) = (told(before.get(name)), told(Some(value)));
                format!("{} would become {is}; it is {was}.", name.replace('_', " "))
            })
            .collect();
        if let Some(view) = &entitled {
            lines.push(format!(
                "The product {} would be {}.",
                view.product,
                view.words()
            ));
        }
        if lines.is_empty() {
            lines.push("Nothing would be different.".to_owned());
        }
        lines.iter().for_each(|line| io.say(line));
        Ok(())
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        let company = named(app, &self.slug).await?;
        if self.dry_run {
            return self.preview(&app.control, &company, io).await;
        }
        let (change, entitled) = (self.change(&company)?, self.entitled.read()?);
        let changed = tenancy::change_record(app, &Actor::shell(), company.id, change).await?;
        if changed.plan != company.plan {
            tell_of_plan(&changed, io);
        }
        let decided = entitled.is_some();
        if let Some(entitled) = entitled {
            let stands = tenancy::entitle(app, &Actor::shell(), company.id, entitled).await?;
            io.say(said(&stands));
        }
        if changed == company && !decided {
            io.say("Nothing was different.");
        }
        shown(app, io, &changed, self.json).await
    }
}
