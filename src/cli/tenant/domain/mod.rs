//! `steading tenant domain`: a company's own domains. One action a file.

mod add;
mod list;
mod remove;
mod verify;

use clap::Subcommand;

use super::{named, named_to_change, unknown, works};
use crate::Error;
use crate::app::App;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::out;
use crate::cli::stores::Io;
use crate::config::Config;
use crate::db::Control;
use crate::tenancy::Company;
use crate::tenancy::domains::{Domain, domain_of};
use crate::tenancy::shell;

/// A company's own domains: host names under which it answers
#[derive(Debug, Subcommand)]
pub enum TenantDomain {
    /// Add a domain and print the record that proves it
    Add(add::Add),
    /// List a company's domains
    List(list::List),
    /// Look for a domain's record now; exit code 1 where it is not verified after that
    Verify(verify::Verify),
    /// Remove a domain: the company stops answering under it
    Remove(remove::Remove),
}

impl TenantDomain {
    /// Whether the command only says what it would do.
    pub(super) fn only_looks(&self) -> bool {
        match self {
            Self::Add(command) => command.dry_run,
            Self::Remove(command) => command.dry_run,
            Self::List(_) | Self::Verify(_) => false,
        }
    }

    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Remove(command) => command.read_input(),
            Self::Add(_) | Self::List(_) | Self::Verify(_) => Ok(None),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::Add(command) => command.run(app, io).await,
            Self::List(command) => command.run(app, io).await,
            Self::Verify(command) => command.run(app, io).await,
            Self::Remove(command) => command.run(app, io).await,
        }
    }

    /// Says what [`Self::run`] would do, from a look.
    pub(super) async fn preview(self, control: &Control, config: &Config, io: &mut Io) -> Outcome {
        match self {
            Self::Add(command) => command.preview(control, config, io).await,
            Self::Remove(command) => command.preview(control, io).await,
            Self::List(_) | Self::Verify(_) => Err(Failure::failed("there is nothing to look at")),
        }
    }
}

/// The company of a slug that would be written into, from the registry alone.
async fn company(control: &Control, slug: &str) -> Result<Company, Failure> {
    let found = shell::by_slug(control, slug).await;
    let company = found.map_err(|error| unknown(error, Some(slug)))?;
    works(&company).map(|()| company)
}

/// A company's domain by its name.
async fn found(control: &Control, company: &Company, host: &str) -> Result<Domain, Failure> {
    let found = domain_of(control, company.id, host).await;
    found.map_err(|error| match error {
        Error::NotFound => Failure::failed(format!("{} has no domain {host}", company.slug)),
        other => other.into(),
    })
}

/// The record to set, in words.
fn say_record(domain: &Domain, io: &mut Io) {
    io.say("Set this record where the domain's DNS is kept:");
    io.say(format!("  name   {}", domain.record_name()));
    io.say("  type   TXT");
    io.say(format!("  value  {}", domain.record_value()));
}
