//! `steading tenant`: companies, and the flag with which other commands name one.

use clap::{Args, Subcommand};

use super::exit::{Failure, Outcome};
use super::out;
use super::stores::Io;
use crate::Error;
use crate::app::App;
use crate::id::TenantId;
use crate::tenancy::shell::{self, Shown};

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
}

pub(super) fn unknown(error: Error, slug: Option<&str>) -> Failure {
    match (error, slug) {
        (Error::NotFound, Some(slug)) => Failure::failed(format!("there is no company {slug}")),
        (other, _) => other.into(),
    }
}

/// List companies, show one
#[derive(Debug, Subcommand)]
pub enum Tenant {
    /// List companies
    List(List),
    /// Show one company
    Show(Show),
    Export(super::carry::Export),
    Import(super::carry::Import),
}

/// List companies
#[derive(Debug, Args)]
pub struct List {
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Show one company
#[derive(Debug, Args)]
pub struct Show {
    /// Its slug (the one there is, where one is served)
    slug: Option<String>,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Tenant {
    /// A company may come before the first start.
    pub(super) fn may_begin(&self) -> bool {
        matches!(self, Self::Import(_))
    }

    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Export(command) => command.read_input(),
            Self::Import(command) => command.read_input(),
            Self::List(_) | Self::Show(_) => Ok(None),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::List(command) => {
                let companies = shell::all(app).await?;
                if command.json {
                    return io.json(&companies);
                }
                let head = ["SLUG", "NAME", "STATUS", "ID"]
                    .map(ToOwned::to_owned)
                    .to_vec();
                let rows = companies.into_iter().map(|one| {
                    vec![
                        one.slug,
                        one.name,
                        one.status.to_owned(),
                        one.id.to_string(),
                    ]
                });
                io.data(&out::columns(
                    &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
                ));
                Ok(())
            }
            Self::Show(command) => {
                let slug = command.slug.as_deref();
                let company = shell::one(app, slug)
                    .await
                    .map_err(|error| unknown(error, slug))?;
                if command.json {
                    return io.json(&company);
                }
                io.data(&out::columns(&table(company)));
                Ok(())
            }
            Self::Export(command) => command.run(app, io).await,
            Self::Import(command) => command.run(app, io).await,
        }
    }
}

fn table(company: Shown) -> Vec<Vec<String>> {
    let size = company
        .size_bytes
        .map(|bytes| format!("{bytes} bytes"))
        .unwrap_or_default();
    [
        ("id", company.id.to_string()),
        ("slug", company.slug),
        ("name", company.name),
        ("status", company.status.to_owned()),
        ("currency", company.currency),
        ("time zone", company.time_zone),
        ("locale", company.locale),
        ("store", size),
    ]
    .into_iter()
    .map(|(name, value)| vec![name.to_owned(), value])
    .collect()
}
