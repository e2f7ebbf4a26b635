//! `steading key`: API keys, from the shell of the machine.

use clap::{Args, Subcommand};

use super::exit::{Failure, Outcome};
use super::out;
use super::prompt::Consent;
use super::stores::Io;
use super::tenant::Company;
use crate::app::App;
use crate::identity::shell;

/// Create, list and revoke API keys
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key and print it, this one time
    Create(Create),
    /// List keys, without their secrets
    List(List),
    /// Revoke a key: it opens nothing from the next request on
    Revoke(Revoke),
}

/// Make a key and print it, this one time
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading key create --name shop --scopes events:write,partners:read
  steading key create --name report --scopes '*:read' --expires-days 90 --json")]
pub struct Create {
    /// What uses it; unique among live keys
    #[arg(long)]
    name: String,
    /// What it may do: permissions, or wildcards such as *:read and partners:*
    #[arg(long, value_delimiter = ',', required = true)]
    scopes: Vec<String>,
    /// After so many days it opens nothing
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(i64).range(1..=3650))]
    expires_days: Option<i64>,
    /// Only this project is to be seen by it, and what is in its programmes
    #[arg(long, value_name = "SLUG")]
    project: Option<String>,
    #[command(flatten)]
    company: Company,
    #[command(flatten)]
    consent: Consent,
    /// Only say what would be made
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// List keys, without their secrets
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    company: Company,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Revoke a key
#[derive(Debug, Args)]
pub struct Revoke {
    /// The key's name
    name: String,
    #[command(flatten)]
    company: Company,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Key {
    /// The first key may come before the first start.
    pub(super) fn may_begin(&self) -> bool {
        matches!(self, Self::Create(command) if !command.dry_run)
    }

    /// A consent, read at the terminal of whoever runs the command.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Revoke(command) => command
                .consent
                .unless_scripted(&format!(
                    "Revoke {}? Its program is shut out at once.",
                    command.name
                ))
                .map(|()| None),
            Self::Create(command) => command.consent.to_nothing().map(|()| None),
            Self::List(_) => Ok(None),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::Create(command) => command.run(app, io).await,
            Self::List(command) => command.run(app, io).await,
            Self::Revoke(command) => command.run(app, io).await,
        }
    }
}

impl Create {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let tenant = self.company.find_to_change(app).await?;
        let expires_at = self
            .expires_days
            .map(|days| app.clock.now().plus_days(days));
        if self.dry_run {
            let scopes = shell::preview_key(
                app,
                tenant,
                &self.name,
                self.scopes,
                expires_at,
                self.project,
            )
            .await?;
            io.say(format!(
                "A key {} would be made, for {}.",
                self.name,
                scopes.join(", ")
            ));
            return if self.json {
                io.json(&serde_json::json!({ "name": self.name, "scopes": scopes, "expires_at": expires_at }))
            } else {
                Ok(())
            };
        }
        let made = shell::create_key(
            app,
            tenant,
            &self.name,
            self.scopes,
            expires_at,
            self.project,
        )
        .await?;
        if self.json {
            return io.json(&made);
        }
        io.data(&format!("{}\n", made.key));
        io.say("Keep it now: it is not shown again.");
        Ok(())
    }
}

impl List {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let tenant = self.company.find(app).await?;
        let keys = shell::api_keys(app, tenant).await?;
        if self.json {
            return io.json(&keys);
        }
        let with_projects = keys.iter().any(|key| key.project.is_some());
        let mut head = ["NAME", "PREFIX", "STATE", "SCOPES", "LAST USED"]
            .map(ToOwned::to_owned)
            .to_vec();
        if with_projects {
            head.push("PROJECT".to_owned());
        }
        let rows = keys.into_iter().map(|key| {
            let used = key
                .last_used_at
                .map(|at| at.to_string())
                .unwrap_or_default();
            let mut row = vec![key.name, key.prefix, key.state, key.scopes.join(","), used];
            if with_projects {
                row.push(key.project.unwrap_or_default());
            }
            row
        });
        io.data(&out::columns(
            &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
        ));
        Ok(())
    }
}

impl Revoke {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        // Shutting a program out waits for no thaw: a frozen company can still be read.
        let tenant = self.company.find(app).await?;
        let key =
            shell::revoke_key(app, tenant, &self.name)
                .await
                .map_err(|error| match error {
                    crate::Error::NotFound => {
                        Failure::failed(format!("there is no live key named {}", self.name))
                    }
                    other => other.into(),
                })?;
        io.say(format!("{} is revoked.", key.name));
        if self.json { io.json(&key) } else { Ok(()) }
    }
}
