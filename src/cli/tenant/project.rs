//! `steading tenant project`: parts of a company that keep their programmes apart.

use clap::{Args, Subcommand};

use super::super::exit::{Failure, Outcome};
use super::super::out;
use super::super::prompt::Consent;
use super::super::stores::Io;
use super::Company;
use crate::Error;
use crate::actor::Actor;
use crate::app::App;
use crate::tenancy::projects::{self, Change, Which};

/// Make, list, rename and archive projects
#[derive(Debug, Subcommand)]
pub enum Project {
    /// Make a project
    Create(Create),
    /// List projects
    List(List),
    /// Give a project another name; its slug stays
    Rename(Rename),
    /// Archive a project: all of it can be read, no programme is added
    Archive(Archive),
}

/// Make a project
#[derive(Debug, Args)]
pub struct Create {
    /// Its name in commands: 3 to 40 small letters, digits and single hyphens
    slug: String,
    /// What people call it
    #[arg(long)]
    name: String,
    #[command(flatten)]
    company: Company,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// List projects
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    company: Company,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Give a project another name; its slug stays
#[derive(Debug, Args)]
pub struct Rename {
    /// The project's slug
    slug: String,
    /// What people call it from now on
    #[arg(long)]
    name: String,
    #[command(flatten)]
    company: Company,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Archive a project: all of it can be read, no programme is added
#[derive(Debug, Args)]
pub struct Archive {
    /// The project's slug
    slug: String,
    #[command(flatten)]
    company: Company,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Project {
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Archive(command) => command
                .consent
                .unless_scripted(&format!(
                    "Archive {}? No programme is added to it any more.",
                    command.slug
                ))
                .map(|()| None),
            Self::Create(_) | Self::List(_) | Self::Rename(_) => Ok(None),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::Create(command) => {
                let tenant = command.company.find_to_change(app).await?;
                let (slug, name) = (&command.slug, &command.name);
                let made = projects::create(app, Actor::shell(), tenant, slug, name).await?;
                said(io, &made, "is made", command.json)
            }
            Self::List(command) => command.run(app, io).await,
            Self::Rename(command) => {
                let change = Change {
                    name: Some(command.name),
                    is_archived: None,
                };
                let done = changed(app, &command.company, &command.slug, change).await?;
                said(
                    io,
                    &done,
                    &format!("is called {} now", done.name),
                    command.json,
                )
            }
            Self::Archive(command) => {
                let change = Change {
                    name: None,
                    is_archived: Some(true),
                };
                let done = changed(app, &command.company, &command.slug, change).await?;
                said(io, &done, "is archived", command.json)
            }
        }
    }
}

impl List {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let tenant = self.company.find(app).await?;
        let all = app.control.read(move |c| projects::all(c, tenant)).await?;
        if self.json {
            return io.json(&all);
        }
        let head = ["SLUG", "NAME", "STATE"].map(ToOwned::to_owned).to_vec();
        let rows = all
            .into_iter()
            .map(|one| vec![one.slug, one.name, one.state]);
        io.data(&out::columns(
            &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
        ));
        Ok(())
    }
}

async fn changed(
    app: &App,
    company: &Company,
    slug: &str,
    change: Change,
) -> Result<projects::Project, Failure> {
    let tenant = company.find_to_change(app).await?;
    let which = Which::Slug(slug.to_owned());
    projects::change(app, Actor::shell(), tenant, which, change)
        .await
        .map_err(|error| match error {
            Error::NotFound => Failure::failed(format!("there is no project {slug}")),
            other => other.into(),
        })
}

fn said(io: &mut Io, project: &projects::Project, what: &str, json: bool) -> Outcome {
    io.say(format!("The project {} {what}.", project.slug));
    if json { io.json(project) } else { Ok(()) }
}
