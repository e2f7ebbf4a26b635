//! `steading jobs`: the work that waits, at the terminal.

use clap::{Args, Subcommand};

use super::company::CompanyArg;
use super::exit::{Exit, Failure, Outcome};
use super::prompt::Consent;
use super::stores::Io;
use crate::actor::Actor;
use crate::app::App;
use crate::config::Tenancy;
use crate::db::{Plane, Scope, Scoped};
use crate::id::JobId;
use crate::jobs::{self, Filter, Job, Outcome as Ending, State};
use crate::{Error, Result};

/// See and steer the work that waits; of the instance itself where it serves many companies and no --tenant is given
#[derive(Debug, Subcommand)]
pub enum Jobs {
    /// Show the newest jobs that are not over
    List(List),
    /// Do everything that is due, now, and say how it went
    Run(Run),
    /// Let a dead or cancelled job begin again
    Retry(One),
    /// Call a waiting or dead job off
    Cancel(One),
}

/// A look.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    company: CompanyArg,
    /// Only those in this state: ready, running, done, dead or cancelled
    #[arg(long)]
    state: Option<String>,
    /// Only those of this kind
    #[arg(long)]
    kind: Option<String>,
    /// Also those that are over
    #[arg(long)]
    all: bool,
    /// Jobs at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Everything due.
#[derive(Debug, Args)]
pub struct Run {
    #[command(flatten)]
    company: CompanyArg,
    #[command(flatten)]
    consent: Consent,
    /// Only show what is due
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// One job.
#[derive(Debug, Args)]
pub struct One {
    #[command(flatten)]
    company: CompanyArg,
    #[command(flatten)]
    consent: Consent,
    /// The job's id
    id: JobId,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// A job as `--json` writes it.
#[derive(serde::Serialize)]
struct View {
    id: JobId,
    queue: &'static str,
    kind: String,
    state: String,
    run_at: crate::clock::Timestamp,
    attempts: i64,
    max_attempts: i64,
    last_error: Option<String>,
}

fn view(queue: &'static str) -> impl Fn(Job) -> View {
    move |job| View {
        id: job.id,
        queue,
        kind: job.kind,
        state: job.state,
        run_at: job.run_at,
        attempts: job.attempts,
        max_attempts: job.max_attempts,
        last_error: job.last_error,
    }
}

impl Jobs {
    /// Doing what is due begins with planning it.
    pub(super) fn may_begin(&self) -> bool {
        matches!(self, Self::Run(run) if !run.dry_run)
    }

    /// Nothing is asked.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Run(Run { consent, .. })
            | Self::Retry(One { consent, .. })
            | Self::Cancel(One { consent, .. }) => consent.to_nothing().map(|()| None),
            Self::List(_) => Ok(None),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::List(list) => list.run(app, io).await,
            Self::Run(run) => run.run(app, io).await,
            Self::Retry(one) => one.change(app, io, "waits again", Verb::Retry).await,
            Self::Cancel(one) => one.change(app, io, "is called off", Verb::Cancel).await,
        }
    }
}

/// Whether the control plane's queue is meant too: the accounts' in single mode, the instance's where no company is named.
fn has_accounts(app: &App, company: &CompanyArg) -> bool {
    app.config.tenancy == Tenancy::Single || company.means_instance(app)
}

/// The company's way in; none where the instance is meant.
fn scope(app: &App, company: &CompanyArg) -> Result<Option<Scope>, Failure> {
    if company.means_instance(app) {
        return Ok(None);
    }
    Ok(Some(company.open(app)?.scope))
}

/// What the control plane's queue is called.
fn control_queue(app: &App) -> &'static str {
    match app.config.tenancy {
        Tenancy::Single => "accounts",
        Tenancy::Multi => "instance",
    }
}

/// Jobs of the company and, in single mode, of its accounts, or of the instance; newest first.
async fn found(
    app: &App,
    company: &CompanyArg,
    filter: Filter,
    limit: u16,
) -> Result<Vec<View>, Failure> {
    let limit = i64::from(limit);
    let wanted = filter.clone();
    let own = match scope(app, company)? {
        Some(scope) => {
            scope
                .read(move |c| jobs::page(c, &wanted, None, limit))
                .await?
        }
        None => Vec::new(),
    };
    let mut views: Vec<View> = own.into_iter().map(view("company")).collect();
    if has_accounts(app, company) {
        let accounts = app
            .control
            .read(move |c| jobs::page(c, &filter, None, limit))
            .await?;
        views.extend(accounts.into_iter().map(view(control_queue(app))));
        views.sort_by_key(|job| std::cmp::Reverse(job.id));
        views.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    Ok(views)
}

fn tell(io: &mut Io, jobs: &[View]) {
    for job in jobs {
        let error = job.last_error.as_deref().unwrap_or_default();
        let line = format!(
            "{}  {}  {}  {}  {} of {}  {error}",
            job.id, job.state, job.run_at, job.kind, job.attempts, job.max_attempts
        );
        io.data(&(line.trim_end().replace(char::is_control, " ") + "\n"));
    }
}

impl List {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let state = match self.state.as_deref() {
            None => None,
            Some(word) => Some(State::read(word).ok_or_else(|| {
                Failure::new(
                    Exit::Usage,
                    "a state is one of ready, running, done, dead, cancelled",
                )
            })?),
        };
        let filter = Filter {
            state,
            all: self.all,
            kind: self.kind,
        };
        let jobs = found(app, &self.company, filter, self.limit).await?;
        if self.json {
            return io.json(&jobs);
        }
        tell(io, &jobs);
        if jobs.is_empty() {
            io.say("Nothing waits.");
        }
        Ok(())
    }
}

impl Run {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        if self.dry_run {
            let filter = Filter {
                state: Some(State::Ready),
                ..Filter::default()
            };
            let now = app.clock.now();
            let mut due = found(app, &self.company, filter, 1_000).await?;
            due.retain(|job| job.run_at <= now);
            if self.json {
                return io.json(&due);
            }
            tell(io, &due);
            io.say(format!("{} due.", due.len()));
            return Ok(());
        }
        let mut ran = match scope(app, &self.company)? {
            Some(scope) => jobs::run_due(app, Some(scope.tenant())).await?,
            None => Vec::new(),
        };
        if has_accounts(app, &self.company) {
            ran.extend(jobs::run_due(app, None).await?);
        }
        let failed = ran
            .iter()
            .filter(|ran| matches!(ran.outcome, Ending::Failed(_)))
            .count();
        if self.json {
            io.json(&ran)?;
        } else {
            for ran in &ran {
                let how = match &ran.outcome {
                    Ending::Done => "done".to_owned(),
                    Ending::Failed(reason) => format!("failed: {reason}"),
                    Ending::TakenOver => "taken over by another worker".to_owned(),
                };
                io.data(&format!("{}  {}  {how}\n", ran.job, ran.kind));
            }
            io.say(format!("{} run, {failed} failed.", ran.len()));
        }
        if failed == 0 {
            Ok(())
        } else {
            Err(Failure::silent(Exit::Failed))
        }
    }
}

/// What may be done to one job.
#[derive(Clone, Copy)]
enum Verb {
    Retry,
    Cancel,
}

fn apply<P: Plane>(c: &mut Scoped<'_, P>, app: &App, verb: Verb, id: JobId) -> Result<Job> {
    let actor = Actor::shell();
    match verb {
        Verb::Retry => jobs::retry(c, &actor, id),
        Verb::Cancel => jobs::cancel(c, app, &actor, id),
    }
}

impl One {
    /// In the company's queue, else, in single mode, in its accounts'; or in the instance's.
    async fn change(self, app: &App, io: &mut Io, told: &str, verb: Verb) -> Outcome {
        let (inside, id) = (app.clone(), self.id);
        let mut queue = "company";
        let company = match self.company.means_instance(app) {
            true => None,
            false => Some(self.company.open_to_change(app)?.scope),
        };
        let mut job = match company {
            Some(scope) => scope.write(move |c| apply(c, &inside, verb, id)).await,
            None => Err(Error::NotFound),
        };
        if matches!(job, Err(Error::NotFound)) && has_accounts(app, &self.company) {
            let inside = app.clone();
            queue = control_queue(app);
            job = app
                .control
                .write(move |c| apply(c, &inside, verb, id))
                .await;
        }
        let job = job.map_err(|error| match error {
            Error::NotFound => Failure::failed(format!("there is no job {id}")),
            other => other.into(),
        })?;
        if self.json {
            return io.json(&view(queue)(job));
        }
        io.say(format!("{} ({}) {told}.", job.id, job.kind));
        Ok(())
    }
}
