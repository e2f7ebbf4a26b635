//! `steading tenant`: companies, and the flag with which other commands name one. One action a file.

mod activate;
mod archive;
mod create;
mod delete;
mod domain;
mod entitle;
mod freeze;
mod health;
mod keep;
mod list;
mod project;
mod record;
mod reset_demo;
mod set;
mod show;

use clap::{Args, Subcommand};

use super::exit::{Exit, Failure, Outcome};
use super::stores::Io;
use crate::Error;
use crate::app::App;
use crate::config::Config;
use crate::id::TenantId;
use crate::server::look::Look;
use crate::tenancy::{self, shell};

/// Which company a command means.
#[derive(Debug, Clone, Default, Args)]
pub struct Company {
    /// The company, by its slug (needed where many are served)
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
}

impl Company {
    /// Its id.
    pub(super) async fn find(&self, app: &App) -> Result<TenantId, Failure> {
        let found = shell::meant(app, self.tenant.as_deref()).await;
        found
            .map(|company| company.id)
            .map_err(|error| unknown(error, self.tenant.as_deref()))
    }

    /// Its id, for a command that writes into it: a frozen company is read only, from the shell as well.
    pub(super) async fn find_to_change(&self, app: &App) -> Result<TenantId, Failure> {
        let found = shell::meant(app, self.tenant.as_deref()).await;
        let company = found.map_err(|error| unknown(error, self.tenant.as_deref()))?;
        works(&company).map(|()| company.id)
    }
}

/// That a company is not frozen.
fn works(company: &tenancy::Company) -> Result<(), Failure> {
    match company.status {
        tenancy::Status::Frozen => Err(Error::Frozen.into()),
        _ => Ok(()),
    }
}

pub(super) fn unknown(error: Error, slug: Option<&str>) -> Failure {
    match (error, slug) {
        (Error::NotFound, Some(slug)) => Failure::failed(format!(
            "there is no company {slug}; steading tenant list shows those there are"
        )),
        // Without a slug only one thing can be wrong with what was given: that one was needed.
        (Error::Invalid(_), None) => Failure::new(
            Exit::Usage,
            "this instance serves many companies: name one with --tenant SLUG; steading tenant list shows them",
        ),
        (other, _) => other.into(),
    }
}

/// Says what a plan's name means that this version does not know: a typing mistake would be found out late.
fn tell_of_plan(company: &tenancy::Company, io: &mut Io) {
    let (plan, known) = (&company.plan, tenancy::plans::PLANS.map(|plan| plan.name));
    if !known.contains(&plan.as_str()) {
        io.say(format!(
            "No plan is called {plan} here, so the company may have what {} allows. There are {}.",
            tenancy::FIRST_PLAN,
            known.join(", ")
        ));
    }
}

/// The company of a slug that must be given, for a command that writes into it.
async fn named_to_change(app: &App, slug: &str) -> Result<tenancy::Company, Failure> {
    let company = named(app, slug).await?;
    works(&company).map(|()| company)
}

/// The company of a slug that must be given.
async fn named(app: &App, slug: &str) -> Result<tenancy::Company, Failure> {
    shell::by_slug(&app.control, slug)
        .await
        .map_err(|error| unknown(error, Some(slug)))
}

/// Open, list, change and end companies
#[derive(Debug, Subcommand)]
pub enum Tenant {
    /// Open a company: its store, its data key and its owner at once
    Create(Box<create::Create>),
    /// List companies
    List(list::List),
    /// Show one company
    Show(show::Show),
    /// Change what is known of a company
    Set(Box<set::Set>),
    /// Let a demo, a trial or a frozen company work
    Activate(activate::Activate),
    /// Make a company read-only; its links still lead to their targets
    Freeze(freeze::Freeze),
    /// End a company: its data is removed, its trail stays
    Archive(archive::Archive),
    /// Remove a company with everything it has
    Delete(delete::Delete),
    /// Keep a company that is being closed
    Keep(keep::Keep),
    /// Bring a demo company back to the demo data
    ResetDemo(reset_demo::ResetDemo),
    /// Look whether a company is whole: nine checks
    Health(health::Health),
    /// A company's own domains: host names under which it answers
    #[command(subcommand)]
    Domain(domain::TenantDomain),
    /// Make, list, rename and archive projects
    #[command(subcommand)]
    Project(project::Project),
    Export(super::carry::Export),
    Import(super::carry::Import),
}

impl Tenant {
    /// A first company may come before the first start.
    pub(super) fn may_begin(&self) -> bool {
        match self {
            Self::Create(command) => !command.dry_run,
            Self::Import(command) => !command.dry_run,
            _ => false,
        }
    }

    /// Whether the command only says what it would do. Without a server it then looks at a standing instance and starts nothing.
    pub(super) fn only_looks(&self) -> bool {
        match self {
            Self::Create(command) => command.dry_run,
            Self::Set(command) => command.dry_run,
            Self::Delete(command) => command.dry_run,
            Self::Domain(command) => command.only_looks(),
            _ => false,
        }
    }

    /// A password or a consent, read at the terminal of whoever runs the command.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Create(command) => command.read_input(),
            Self::Archive(command) => command.read_input(),
            Self::Delete(command) => command.read_input(),
            Self::ResetDemo(command) => command.read_input(),
            Self::Domain(command) => command.read_input(),
            Self::Project(command) => command.read_input(),
            Self::Export(command) => command.read_input(),
            Self::Import(command) => command.read_input(),
            Self::Set(_)
            | Self::Activate(_)
            | Self::Freeze(_)
            | Self::Keep(_)
            | Self::List(_)
            | Self::Show(_)
            | Self::Health(_) => Ok(None),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::Create(command) => command.run(app, io).await,
            Self::List(command) => command.run(app, io).await,
            Self::Show(command) => command.run(app, io).await,
            Self::Set(command) => command.run(app, io).await,
            Self::Activate(command) => command.run(app, io).await,
            Self::Freeze(command) => command.run(app, io).await,
            Self::Archive(command) => command.run(app, io).await,
            Self::Delete(command) => command.run(app, io).await,
            Self::Keep(command) => command.run(app, io).await,
            Self::ResetDemo(command) => command.run(app, io).await,
            Self::Health(command) => command.run(app, io).await,
            Self::Domain(command) => command.run(app, io).await,
            Self::Project(command) => command.run(app, io).await,
            Self::Export(command) => command.run(app, io).await,
            Self::Import(command) => command.run(app, io).await,
        }
    }

    /// What [`Self::run`] would do, told from a look; `None` where there is no instance to look at.
    pub(super) async fn preview(
        self,
        look: Option<&Look>,
        config: &Config,
        io: &mut Io,
    ) -> Outcome {
        let tenancy = config.tenancy;
        match (self, look) {
            (Self::Create(command), look) => {
                let now = crate::clock::Clock::system().now();
                command
                    .preview(look.map(Look::control), tenancy, now, io)
                    .await
            }
            (Self::Delete(command), Some(look)) => {
                let company = shell::by_slug(look.control(), &command.slug)
                    .await
                    .map_err(|error| unknown(error, Some(&command.slug)))?;
                look.bring(company.id)?;
                command
                    .preview(look.control(), look.tenants(), tenancy, &company, io)
                    .await
            }
            (Self::Set(command), Some(look)) => {
                let company = shell::by_slug(look.control(), &command.slug)
                    .await
                    .map_err(|error| unknown(error, Some(&command.slug)))?;
                command.preview(look.control(), &company, io).await
            }
            (Self::Domain(command), Some(look)) => {
                command.preview(look.control(), config, io).await
            }
            _ => Err(Failure::failed("there is nothing to look at")),
        }
    }
}
