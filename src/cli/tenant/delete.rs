//! `steading tenant delete`: a company goes with everything it has.

use clap::Args;

use super::named;
use super::show::shown;
use crate::actor::Actor;
use crate::app::App;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::prompt::Consent;
use crate::cli::stores::Io;
use crate::config::Tenancy;
use crate::db::{Control, Tenants};
use crate::identity::{self, shell as people};
use crate::tenancy::{self, Company};

/// Remove a company with everything it has: data, memberships, sessions, keys. What this instance's own trail says of it stays
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading tenant delete acme --dry-run      counts what would go
  steading tenant delete acme --yes
  steading tenant delete acme --in-days 30 --yes   freezes it now; `steading tenant keep acme` takes it back")]
pub struct Delete {
    /// Its slug
    pub(super) slug: String,
    /// Freeze it now and delete it only after so many days; until then `tenant keep` takes it back
    #[arg(long, value_name = "N", default_value_t = 0, conflicts_with = "dry_run", value_parser = clap::value_parser!(u32).range(..=3_650))]
    in_days: u32,
    #[command(flatten)]
    consent: Consent,
    /// Only count what would go; no file is touched
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Delete {
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        if self.dry_run {
            return Ok(None);
        }
        let question = match self.in_days {
            0 => format!(
                "Delete {} with everything it has? It cannot be brought back.",
                self.slug
            ),
            days => format!("Freeze {} now and delete it after {days} days?", self.slug),
        };
        self.consent.to(&question).map(|()| None)
    }

    /// Counts what would go.
    pub(super) async fn preview(
        &self,
        control: &Control,
        tenants: &Tenants,
        tenancy: Tenancy,
        company: &Company,
        io: &mut Io,
    ) -> Outcome {
        tenancy::may_delete(tenancy)?;
        let counts = counted(control, tenants, company).await?;
        io.say(format!("{} would be deleted:", company.slug));
        self.tell(&counts, io)
    }

    fn tell(&self, counts: &serde_json::Value, io: &mut Io) -> Outcome {
        if self.json {
            return io.json(counts);
        }
        let lines = |name: &str| {
            counts
                .get(name)
                .and_then(serde_json::Value::as_object)
                .into_iter()
                .flatten()
                .filter(|(_, count)| count.as_i64() != Some(0))
                .map(|(what, count)| format!("  {what}: {count}"))
                .collect::<Vec<_>>()
        };
        for line in lines("accounts").into_iter().chain(lines("rows")) {
            io.say(line);
        }
        Ok(())
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let company = named(app, &self.slug).await?;
        if self.dry_run {
            return self
                .preview(&app.control, &app.tenants, app.config.tenancy, &company, io)
                .await;
        }
        if self.in_days > 0 {
            let actor = Actor::shell();
            let company =
                identity::close_company(app, &actor, company.id, self.in_days, None).await?;
            if self.json {
                return shown(app, io, &company, true).await;
            }
            let at = company.closing.map(|closing| closing.at.to_string());
            io.say(format!(
                "{} is frozen, and deleted on {}. Until then `steading tenant keep {}` takes it back.",
                company.slug,
                at.unwrap_or_default(),
                company.slug
            ));
            return Ok(());
        }
        tenancy::may_delete(app.config.tenancy)?;
        let counts = counted(&app.control, &app.tenants, &company).await?;
        tenancy::delete(app, &Actor::shell(), company.id).await?;
        io.say(format!("{} is deleted:", company.slug));
        self.tell(&counts, io)
    }
}

async fn counted(
    control: &Control,
    tenants: &Tenants,
    company: &Company,
) -> Result<serde_json::Value, Failure> {
    let accounts = people::belongings(control, company.id).await?;
    // A store that cannot be read is no reason to keep the company.
    let rows: Option<serde_json::Map<String, serde_json::Value>> = tenants
        .count_rows(company.id)
        .await
        .map(|rows| {
            rows.into_iter()
                .map(|(name, count)| (name, count.into()))
                .collect()
        })
        .ok();
    Ok(serde_json::json!({
        "slug": company.slug.as_str(),
        "id": company.id,
        "accounts": accounts,
        "rows": rows,
    }))
}
