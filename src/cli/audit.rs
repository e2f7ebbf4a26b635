//! `steading audit`: the trail at the terminal, and as a file.

use clap::{Args, Subcommand};
use futures_util::StreamExt;
use jiff::tz::TimeZone;

use super::exit::{Failure, Outcome};
use super::stores::Io;
use crate::app::App;
use crate::audit::api::AuditEventView;
use crate::audit::{self, AuditEvent, Filter};
use crate::config::Tenancy;
use crate::db::Scope;
use crate::web::format::Format;
use crate::{Error, tenancy};

/// Events read at once.
const PAGE: i64 = 500;

/// Read the trail of who changed what
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// Show the newest events
    List(List),
    /// Write every event that fits as CSV
    Export(Export),
}

/// Which events are wanted: the filters of the page.
#[derive(Debug, Args)]
struct Wanted {
    /// The company, by its slug, an archived one too; where many are served and none is named, the trail of the instance itself
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
    /// By whom: an id, a name, or a kind (user, api_key, shell, system, public)
    #[arg(long, value_name = "WHO")]
    actor: Option<String>,
    /// What: an action such as partner.approved, or a noun such as partner
    #[arg(long, value_name = "WHAT")]
    action: Option<String>,
    /// On what: an id, or a kind such as partner
    #[arg(long, value_name = "ID")]
    target: Option<String>,
    /// In which part of the product
    #[arg(long, value_name = "NAME")]
    product: Option<String>,
    /// Not before this time or day
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Before this time, or up to the end of this day
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Any of this in names, ids, action, address or request id
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
}

/// A look at the newest.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    wanted: Wanted,
    /// Events at most
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u16).range(1..=1_000))]
    limit: u16,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// A file.
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    wanted: Wanted,
    /// Write one JSON array
    #[arg(long)]
    json: bool,
}

impl Wanted {
    /// Whose trail it is (of nobody: the instance's own), and what of it.
    async fn open(&self, app: &App) -> Result<(Option<Scope>, Filter), Failure> {
        if self.tenant.is_none() && app.config.tenancy == Tenancy::Multi {
            return Ok((None, self.filter("UTC")?));
        }
        // Of the registry, since an archived company has nothing but its trail.
        let found = tenancy::shell::meant(app, self.tenant.as_deref()).await;
        let company = found.map_err(|error| match error {
            Error::NotFound => {
                let name = self.tenant.as_deref().unwrap_or("default");
                Failure::failed(format!(
                    "there is no company {name}; steading tenant list shows those there are"
                ))
            }
            other => other.into(),
        })?;
        let filter = self.filter(&company.settings.time_zone)?;
        Ok((Some(app.tenants.scope(company.id)?), filter))
    }

    fn filter(&self, zone: &str) -> Result<Filter, Failure> {
        let given = |name: &str| {
            let value = match name {
                "actor" => &self.actor,
                "action" => &self.action,
                "target" => &self.target,
                "product" => &self.product,
                "since" => &self.since,
                "until" => &self.until,
                _ => &self.search,
            };
            value.clone().unwrap_or_default()
        };
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        Ok(Filter::from_words(given, &zone)?)
    }
}

impl Audit {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::List(list) => list.run(app, io).await,
            Self::Export(export) => export.run(app, io).await,
        }
    }
}

impl List {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let (scope, filter) = self.wanted.open(app).await?;
        let limit = i64::from(self.limit);
        let events = audit::read_of(app, scope.as_ref(), &filter, None, limit).await?;
        if self.json {
            let views: Vec<AuditEventView> = events.into_iter().map(AuditEventView::from).collect();
            return io.json(&views);
        }
        let format = Format::default();
        for event in &events {
            io.data(&line(event, &format));
        }
        if events.is_empty() {
            io.say("No event fits.");
        }
        Ok(())
    }
}

/// `2026-03-01T12:00:00.000000Z  ana@example.com  partner.approved  Slow Kettle (prt_…)  state: pending → active`
fn line(event: &AuditEvent, format: &Format) -> String {
    let mut parts = vec![event.at.to_string(), event.who(), event.action.clone()];
    let name = event.target_name.clone().filter(|name| !name.is_empty());
    parts.extend(match (name, &event.target_id) {
        (Some(name), Some(id)) => Some(format!("{name} ({id})")),
        (name, id) => name.or_else(|| id.clone()),
    });
    let changes: Vec<String> = event
        .changed(format)
        .into_iter()
        .map(|change| {
            let side = |value: Option<String>| value.unwrap_or_else(|| "–".to_owned());
            format!(
                "{}: {} → {}",
                change.field,
                side(change.before),
                side(change.after)
            )
        })
        .collect();
    if !changes.is_empty() {
        parts.push(changes.join(", "));
    }
    // A name may hold anything; a line stays a line.
    parts.join("  ").replace(char::is_control, " ") + "\n"
}

impl Export {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let (scope, filter) = self.wanted.open(app).await?;
        if self.json {
            let mut views: Vec<AuditEventView> = Vec::new();
            let mut after = None;
            loop {
                let events = audit::read_of(app, scope.as_ref(), &filter, after, PAGE).await?;
                after = events.last().map(|event| event.id);
                let is_last = i64::try_from(events.len()).is_ok_and(|many| many < PAGE);
                views.extend(events.into_iter().map(AuditEventView::from));
                if is_last {
                    return io.json(&views);
                }
            }
        }
        let mut chunks = std::pin::pin!(audit::export::chunks(app, scope.as_ref(), filter));
        while let Some(chunk) = chunks.next().await {
            io.data(&chunk?);
        }
        Ok(())
    }
}
