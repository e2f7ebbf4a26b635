//! `steading migrate`: the steps that bring the stores to this version, seen and run by hand.

use clap::{Args, Subcommand};

use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::out;
use super::prompt::Consent;
use super::stores::nothing_there;
use crate::app::JobBell;
use crate::clock::Clock;
use crate::config::Loaded;
use crate::db::lock::DataLock;
use crate::db::migrate::{self, Direction, StoreReport, Which};
use crate::id::TenantId;
use crate::server::boot::{self, BootError};

/// Bring the stores to this version, or look what waits
#[derive(Debug, Subcommand)]
pub enum Migrate {
    /// Run every step that waits (serve does this by itself)
    Up(Act),
    /// Take the last step back, with what it made
    Down(Act),
    /// Show what is in place and what waits
    Status(Look),
    /// Print the newest step in place of each store
    Version(Look),
    /// Exit 0 where nothing waits, 1 where something does
    Check(Look),
}

/// Which stores are meant.
#[derive(Debug, Args)]
struct Plane {
    /// Only the control plane
    #[arg(long, conflicts_with = "tenant")]
    control_only: bool,
    /// Only the store of one company, by its id (tnt_…)
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
    /// Every store (the default)
    #[arg(long, conflicts_with_all = ["control_only", "tenant"])]
    all_tenants: bool,
}

impl Plane {
    fn which(&self) -> Which {
        match self.tenant {
            Some(tenant) => Which::Tenant(tenant),
            None if self.control_only => Which::Control,
            None => Which::All,
        }
    }
}

/// A look.
#[derive(Debug, Args)]
pub struct Look {
    #[command(flatten)]
    plane: Plane,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// A change.
#[derive(Debug, Args)]
pub struct Act {
    #[command(flatten)]
    plane: Plane,
    #[command(flatten)]
    consent: Consent,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Migrate {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let loaded = context.load()?;
        let options = boot::store_options(&loaded, Clock::system(), &JobBell::default());
        let status = |plane: &Plane| -> Result<Vec<StoreReport>, Failure> {
            migrate::status(&options, plane.which()).map_err(|e| Failure::from(BootError::from(e)))
        };
        // What is there is looked at; where there is nothing, nothing is made by looking.
        let is_new = !boot::stands(&loaded)?;
        if is_new && !matches!(self, Self::Up(_)) {
            return Err(nothing_there(&loaded));
        }
        match self {
            Self::Status(look) => show(&status(&look.plane)?, look.json),
            Self::Version(look) => {
                let reports = status(&look.plane)?;
                if look.json {
                    return out::json(&reports);
                }
                let rows: Vec<Vec<String>> = reports
                    .iter()
                    .map(|report| {
                        vec![
                            report.store.clone(),
                            report
                                .applied
                                .last()
                                .cloned()
                                .unwrap_or_else(|| "none".to_owned()),
                        ]
                    })
                    .collect();
                out::data(&out::columns(&rows))
            }
            Self::Check(look) => {
                let reports = status(&look.plane)?;
                let waiting: usize = reports.iter().map(|report| report.pending.len()).sum();
                show(&reports, look.json)?;
                if waiting == 0 {
                    Ok(())
                } else {
                    Err(Failure::failed(format!("{waiting} steps wait")))
                }
            }
            Self::Up(act) => {
                if act.dry_run {
                    return preview(&status(&act.plane)?, Direction::Up, act.json);
                }
                let _lock = signed(&loaded)?;
                let reports = migrate::run(&options, act.plane.which(), Direction::Up)
                    .map_err(BootError::from)?;
                show(&reports, act.json)
            }
            Self::Down(act) => {
                let before = status(&act.plane)?;
                if act.dry_run {
                    return preview(&before, Direction::Down, act.json);
                }
                act.consent.to(
                    "The last step of each store is taken back, and what it made is lost. Go on?",
                )?;
                let _lock = signed(&loaded)?;
                let reports = migrate::run(&options, act.plane.which(), Direction::Down)
                    .map_err(BootError::from)?;
                show(&reports, act.json)
            }
        }
    }
}

/// The data folder, with word of who works in it.
fn signed(loaded: &Loaded) -> Result<Option<DataLock>, Failure> {
    let mut lock = boot::take_folder(loaded)?;
    if let Some(lock) = &mut lock {
        lock.sign().map_err(BootError::from)?;
    }
    Ok(lock)
}

/// What a step would do to a store.
#[derive(serde::Serialize)]
struct Would {
    store: String,
    /// Steps that would be run.
    run: Vec<String>,
    /// Steps that would be taken back.
    take_back: Vec<String>,
}

/// Says which steps would be run or taken back.
fn preview(reports: &[StoreReport], direction: Direction, json: bool) -> Outcome {
    let would: Vec<Would> = reports
        .iter()
        .map(|report| Would {
            store: report.store.clone(),
            run: match direction {
                Direction::Up => report.pending.clone(),
                Direction::Down => Vec::new(),
            },
            take_back: match direction {
                Direction::Up => Vec::new(),
                Direction::Down => report.applied.last().cloned().into_iter().collect(),
            },
        })
        .collect();
    if json {
        return out::json(&would);
    }
    let head = ["STORE", "STEP", "WOULD BE"]
        .map(ToOwned::to_owned)
        .to_vec();
    let row =
        |store: &str, step: &str, word: &str| [store, step, word].map(ToOwned::to_owned).to_vec();
    let rows: Vec<Vec<String>> = would
        .iter()
        .flat_map(|one| {
            let run = one.run.iter().map(|step| row(&one.store, step, "run"));
            let back = one
                .take_back
                .iter()
                .map(|step| row(&one.store, step, "taken back"));
            run.chain(back).collect::<Vec<_>>()
        })
        .collect();
    if rows.is_empty() {
        out::say("Nothing would be done.");
        return Ok(());
    }
    out::data(&out::columns(
        &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
    ))
}

fn show(reports: &[StoreReport], json: bool) -> Outcome {
    if json {
        return out::json(reports);
    }
    let mut rows = vec![vec![
        "STORE".to_owned(),
        "IN PLACE".to_owned(),
        "WAITING".to_owned(),
        "NEWEST".to_owned(),
    ]];
    rows.extend(reports.iter().map(|report| {
        vec![
            report.store.clone(),
            report.applied.len().to_string(),
            report.pending.len().to_string(),
            report.applied.last().cloned().unwrap_or_default(),
        ]
    }));
    out::data(&out::columns(&rows))
}

impl From<migrate::MigrateError> for Failure {
    fn from(error: migrate::MigrateError) -> Self {
        let exit = match &error {
            migrate::MigrateError::Newer { .. } => Exit::Configuration,
            migrate::MigrateError::Unreachable(_) => Exit::Unavailable,
            migrate::MigrateError::Failed { .. } => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}
