//! What `steading doctor` looks at: from outside (the database's rights, steps that wait, disk, clock), which works where nothing
//! starts, and from inside (what each slice says of each company).

use crate::app::App;
use crate::clock::Clock;
use crate::config::{Loaded, Tenancy};
use crate::db::StoreOptions;
use crate::db::migrate::{self, Which};
use crate::db::rights::{self, Finding, Weight};
use crate::slice::Level;
use crate::{Result, app::JobBell};
use crate::{jobs, tenancy, transfer};

use super::boot::{self, BootError};

/// Less room than this is told of.
const LOW_DISK_BYTES: u64 = 1 << 30;
/// 2026-01-01: a clock before the program was made is wrong.
const FIRST_DAY_SECONDS: i64 = 1_767_225_600;

/// One thing that was looked at.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Line {
    /// `rights.grants`.
    pub name: String,
    /// The company it is about, by its slug.
    pub company: Option<String>,
    /// How it is.
    pub level: Level,
    /// One sentence.
    pub finding: String,
}

impl Line {
    fn new(name: &str, level: Level, finding: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            company: None,
            level,
            finding: finding.into(),
        }
    }
}

/// What was seen from outside, and whether the inside may be looked at without changing anything.
#[derive(Debug)]
pub struct Outside {
    /// What was found.
    pub lines: Vec<Line>,
    /// Nothing waits and nothing stands open.
    pub may_stand_up: bool,
}

/// Looks from outside. Changes nothing. Blocks.
pub fn outside(loaded: &Loaded) -> Outside {
    let options = boot::store_options(loaded, Clock::system(), &JobBell::default());
    let mut lines = vec![clock(), disk(loaded)];
    let may_stand_up = match migrate::status(&options, Which::All) {
        Err(error) => {
            lines.push(Line::new(
                "store.reach",
                Level::Bad,
                sentence(&error.to_string()),
            ));
            false
        }
        Ok(reports) => {
            let waiting: usize = reports.iter().map(|report| report.pending.len()).sum();
            lines.push(match waiting {
                0 => Line::new(
                    "store.steps",
                    Level::Good,
                    "Every store is at this version.",
                ),
                _ => Line::new(
                    "store.steps",
                    Level::Warn,
                    format!(
                        "{waiting} steps wait: `steading migrate up` or the next start runs them."
                    ),
                ),
            });
            let (found, is_shut) = rights_lines(loaded, &options, waiting == 0);
            lines.extend(found);
            waiting == 0 && is_shut
        }
    };
    Outside {
        lines,
        may_stand_up,
    }
}

fn sentence(text: &str) -> String {
    let mut text = text.trim_end_matches('.').to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text.push('.');
    text
}

fn clock() -> Line {
    if Clock::system().now().as_seconds() < FIRST_DAY_SECONDS {
        return Line::new(
            "clock",
            Level::Bad,
            "The clock of this machine is wrong: links and sessions depend on it.",
        );
    }
    Line::new("clock", Level::Good, "The clock shows a time that can be.")
}

fn disk(loaded: &Loaded) -> Line {
    let name = "store.disk";
    match rustix::fs::statvfs(&loaded.config.data_dir) {
        Ok(stat) if stat.f_bavail.saturating_mul(stat.f_frsize) < LOW_DISK_BYTES => Line::new(
            name,
            Level::Warn,
            "Less than 1 GiB is free. A full disk stops every write.",
        ),
        Ok(_) => Line::new(name, Level::Good, "There is room on the disk."),
        Err(_) => Line::new(name, Level::Warn, "The free room on the disk is not known."),
    }
}

/// What the rights are like, and whether none of them opens anything. What a step that waits would make is not missed.
fn rights_lines(loaded: &Loaded, options: &StoreOptions, has_all_steps: bool) -> (Vec<Line>, bool) {
    if options.database_url.is_none() {
        return (Vec::new(), true);
    }
    match rights::inspect(options) {
        Err(error) => (
            vec![Line::new(
                "rights",
                Level::Bad,
                sentence(&error.to_string()),
            )],
            false,
        ),
        Ok(found) => {
            let is_shut = found.iter().all(|one| one.weight != Weight::Opens);
            let mut lines: Vec<Line> = found
                .iter()
                .filter(|one| concerns(loaded.config.tenancy, one))
                .filter(|one| has_all_steps || one.rule != rights::WHOLE)
                .map(|one| {
                    let level = if one.weight == Weight::Left {
                        Level::Warn
                    } else {
                        Level::Bad
                    };
                    Line::new(one.rule, level, one.text.clone())
                })
                .collect();
            if lines.is_empty() {
                lines.push(Line::new(
                    "rights",
                    Level::Good,
                    "Every role may do what it should, and no more.",
                ));
            }
            (lines, is_shut)
        }
    }
}

/// One login for everything is how an instance for one company may well be run.
fn concerns(tenancy: Tenancy, finding: &Finding) -> bool {
    tenancy == Tenancy::Multi || finding.rule != "rights.one_login"
}

/// Refuses a start over rights that open a way to other companies' rows; says the rest in the log. Blocks.
///
/// # Errors
/// [`BootError::Configuration`] with what is open; [`BootError::Unavailable`].
pub(super) fn refuse_open_rights(
    options: &StoreOptions,
    tenancy: Tenancy,
) -> Result<(), BootError> {
    let found = rights::inspect(options)?;
    let open: Vec<&str> = found
        .iter()
        .filter(|one| one.weight == Weight::Opens)
        .map(|one| one.text.as_str())
        .collect();
    for one in found.iter().filter(|one| concerns(tenancy, one)) {
        match one.weight {
            Weight::Left => tracing::info!(
                rule = one.rule,
                finding = one.text,
                "A right that could be narrower"
            ),
            _ => tracing::warn!(
                rule = one.rule,
                finding = one.text,
                "A right is not as it should be"
            ),
        }
    }
    if open.is_empty() {
        return Ok(());
    }
    Err(BootError::Configuration(format!(
        "The database gives away more than it should, so nothing is served: {} `steading doctor` says all of it.",
        open.join(" ")
    )))
}

/// Looks from inside: what each slice says of each company.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn inside(app: &App) -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    if app.tenants.health().is_failing() {
        lines.push(Line::new(
            "store.writes",
            Level::Bad,
            "The last write failed: look at the disk and the log.",
        ));
    }
    for company in tenancy::shell::all(app).await? {
        let about = |name: &str, level, finding: String| Line {
            company: Some(company.slug.to_string()),
            ..Line::new(name, level, finding)
        };
        if let Some(file) = app.tenants.missing_file(company.id) {
            let finding = format!("Its file {file} is missing.");
            lines.push(about("store.company", Level::Bad, finding));
            continue;
        }
        let scope = match app.tenants.scope(company.id) {
            Ok(scope) => scope,
            Err(_) => {
                lines.push(about(
                    "store.company",
                    Level::Bad,
                    "Its store is shut: it could not be upgraded, or is being restored.".to_owned(),
                ));
                continue;
            }
        };
        for look in app.slices.iter().filter_map(|slice| slice.checks) {
            match look(app.clone(), scope.clone()).await {
                Ok(checks) => lines.extend(
                    checks
                        .into_iter()
                        .map(|check| about(check.name, check.level, check.finding)),
                ),
                Err(error) => lines.push(about(
                    "store.company",
                    Level::Bad,
                    format!("Its store cannot be read: {error}."),
                )),
            }
        }
    }
    if app.config.tenancy == Tenancy::Multi {
        let own = jobs::checks_of_instance(app).await?.into_iter();
        let own = own.chain(transfer::backup::check(app).await?);
        lines.extend(own.map(|check| Line::new(check.name, check.level, check.finding)));
    }
    lines.push(Line::new(
        "keys",
        Level::Good,
        "The key ring opens what is sealed.",
    ));
    Ok(lines)
}
