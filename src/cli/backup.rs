//! `steading backup`: files to come back to.

use clap::{Args, Subcommand};

use super::exit::{Failure, Outcome};
use super::out;
use super::prompt::Consent;
use super::stores::Io;
use crate::actor::Actor;
use crate::app::App;
use crate::tenancy::shell;
use crate::transfer::backup::{self, Backup as Made};

/// Make, list, check and let go backups
#[derive(Debug, Subcommand)]
pub enum Backup {
    /// Make one while everybody goes on; the keys are not in it
    Create(Create),
    /// List them, the newest first
    List(List),
    /// Look whether one holds what it says
    Verify(Verify),
    /// Let the oldest go
    Prune(Prune),
}

/// Make one.
#[derive(Debug, Args)]
pub struct Create {
    /// Only this company, by its slug
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// List them.
#[derive(Debug, Args)]
pub struct List {
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Look at one.
#[derive(Debug, Args)]
pub struct Verify {
    /// Its name, or `latest`
    name: String,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Let some go.
#[derive(Debug, Args)]
pub struct Prune {
    /// How many stay, where it is not `backup.keep`
    #[arg(long, value_name = "N")]
    keep: Option<u32>,
    /// Only say which would go
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Backup {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let target = app.config.backup.target.clone();
        match self {
            Self::Create(create) => {
                create.consent.to_nothing()?;
                let tenant = match &create.tenant {
                    None => None,
                    Some(slug) => Some(
                        shell::meant(app, Some(slug))
                            .await
                            .map(|company| (company.id, slug.clone()))
                            .map_err(|error| super::tenant::unknown(error, Some(slug)))?,
                    ),
                };
                let made = backup::create(app, &Actor::shell(), tenant, "backup", &io.told).await?;
                let without = made.manifest.without();
                if create.json {
                    io.json(&made)?;
                    return incomplete(without, &made.name);
                }
                io.data(&format!("{}\n", made.name));
                io.say(format!(
                    "{} files, {} bytes in {}. The keys are not in it: without them nobody opens what is sealed, so keep a copy of them elsewhere.",
                    made.manifest.files.len(),
                    made.bytes,
                    made.folder.display()
                ));
                if made.manifest.tenant.is_some() {
                    io.say("The whole control plane is in it, with everybody's addresses and password hashes. To hand a company out, use `steading tenant export`.");
                }
                incomplete(without, &made.name)
            }
            Self::List(list) => {
                let all = backup::list(&target)?;
                show(&all, list.json, io, "There is no backup yet.")
            }
            Self::Verify(verify) => {
                let found = backup::find(&target, &verify.name)?;
                let (looked, told) = (found.clone(), io.told.clone());
                let outcome =
                    tokio::task::spawn_blocking(move || backup::verify(&looked, &told)).await;
                outcome.map_err(|e| Failure::failed(e.to_string()))??;
                if verify.json {
                    io.json(&found)?;
                } else {
                    io.say(format!("{} holds what it says.", found.name));
                }
                incomplete(found.manifest.without(), &found.name)
            }
            Self::Prune(prune) => {
                prune.consent.to_nothing()?;
                let keep = prune.keep.unwrap_or(app.config.backup.keep);
                let keep = usize::try_from(keep).unwrap_or(usize::MAX);
                let gone = backup::prune(&target, keep, prune.dry_run)?;
                show(&gone, prune.json, io, "Nothing has to go.")
            }
        }
    }
}

/// A backup that some company is not in is one, but nobody should take it for whole.
fn incomplete(without: Option<String>, name: &str) -> Outcome {
    match without {
        None => Ok(()),
        Some(without) => Err(Failure::failed(format!("{name} is not whole. {without}"))),
    }
}

fn show(all: &[Made], json: bool, io: &mut Io, none: &str) -> Outcome {
    if json {
        return io.json(&all);
    }
    if all.is_empty() {
        io.say(none);
        return Ok(());
    }
    let head = ["NAME", "OF", "FILES", "BYTES", "VERSION"];
    let head = head.map(ToOwned::to_owned).to_vec();
    let rows = all.iter().map(|one| {
        vec![
            one.name.clone(),
            one.manifest
                .tenant
                .clone()
                .unwrap_or_else(|| "everything".to_owned()),
            one.manifest.files.len().to_string(),
            one.bytes.to_string(),
            one.manifest.version.clone(),
        ]
    });
    io.data(&out::columns(
        &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
    ));
    Ok(())
}
