//! `steading migrate`: the steps that bring the stores to this version, seen and run by hand.

mod create;

use clap::{Args, Subcommand};

use crate::app::JobBell;
use crate::cli::bar::Bar;
use crate::cli::context::Context;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::out;
use crate::cli::prompt::Consent;
use crate::cli::stores::nothing_there;
use crate::clock::Clock;
use crate::config::Loaded;
use crate::db::StoreOptions;
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
    /// Begin a new step in the source: up.sql and down.sql for both engines
    Create(create::Create),
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
        match self {
            Self::Status(look) => {
                let reports = Place::where_one_stands(context)?.status(&look.plane)?;
                show(&reports, look.json)
            }
            Self::Version(look) => {
                let reports = Place::where_one_stands(context)?.status(&look.plane)?;
                newest(&reports, look.json)
            }
            Self::Check(look) => {
                let reports = Place::where_one_stands(context)?.status(&look.plane)?;
                let waiting: usize = reports.iter().map(|report| report.pending.len()).sum();
                show(&reports, look.json)?;
                if waiting == 0 {
                    Ok(())
                } else {
                    Err(Failure::failed(format!("{waiting} steps wait")))
                }
            }
            Self::Up(act) => {
                let place = Place::of(context)?;
                if act.dry_run {
                    return preview(&place.status(&act.plane)?, Direction::Up, act.json);
                }
                place.step(context, &act, Direction::Up)
            }
            Self::Down(act) => {
                let place = Place::where_one_stands(context)?;
                let before = place.status(&act.plane)?;
                if act.dry_run {
                    return preview(&before, Direction::Down, act.json);
                }
                act.consent.to(
                    "The last step of each store is taken back, and what it made is lost. Go on?",
                )?;
                place.step(context, &act, Direction::Down)
            }
            Self::Create(create) => create.run(),
        }
    }
}

/// Where the stores are.
struct Place {
    loaded: Loaded,
    options: StoreOptions,
}

impl Place {
    fn of(context: &Context) -> Result<Self, Failure> {
        let loaded = context.load()?;
        let options = boot::store_options(&loaded, Clock::system(), &JobBell::default());
        Ok(Self { loaded, options })
    }

    /// Refuses where there is nothing yet: nothing is made by looking.
    fn where_one_stands(context: &Context) -> Result<Self, Failure> {
        let place = Self::of(context)?;
        if boot::stands(&place.loaded)? {
            Ok(place)
        } else {
            Err(nothing_there(&place.loaded))
        }
    }

    fn status(&self, plane: &Plane) -> Result<Vec<StoreReport>, Failure> {
        migrate::status(&self.options, plane.which()).map_err(|e| BootError::from(e).into())
    }

    fn step(&self, context: &Context, act: &Act, direction: Direction) -> Outcome {
        let _lock = signed(&self.loaded)?;
        let bar = Bar::of(context, act.json);
        let options = StoreOptions {
            told: bar.told(),
            ..self.options.clone()
        };
        let reports = migrate::run(&options, act.plane.which(), direction);
        bar.end();
        show(&reports.map_err(BootError::from)?, act.json)
    }
}

/// The newest step in place of each store.
fn newest(reports: &[StoreReport], json: bool) -> Outcome {
    if json {
        return out::json(reports);
    }
    let rows: Vec<Vec<String>> = reports
        .iter()
        .map(|report| {
            let newest = report.applied.last().cloned();
            vec![
                report.store.clone(),
                newest.unwrap_or_else(|| "none".to_owned()),
            ]
        })
        .collect();
    out::data(&out::columns(&rows))
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
