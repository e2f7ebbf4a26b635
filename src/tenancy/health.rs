//! Nine questions about one company: is it registered, is its store there and whole, may somebody enter it.

use super::model::Company;
use super::status::Status;
use crate::Result;
use crate::app::App;
use crate::audit;
use crate::db::Examined;
use crate::slice::{Check, Level};

/// How many names a finding lists before it only counts.
const NAMED: usize = 5;

fn check(name: &'static str, label: &str, wrong: Option<String>, good: String) -> Check {
    let (level, finding) = match wrong {
        Some(finding) => (Level::Bad, finding),
        None => (Level::Good, good),
    };
    Check {
        name,
        label: label.to_owned(),
        level,
        finding,
    }
}

/// The nine checks of a company that the registry has; `owners` says how many owners can sign in, which is for `identity` to know.
pub async fn examine(app: &App, company: &Company, owners: i64) -> Vec<Check> {
    let id = company.id;
    let status = company.status.as_str();
    let row = company
        .upgrade_failed
        .as_ref()
        .map(|why| format!("Its store could not be brought to this version: {why}"));
    let looked = match app.tenants.missing_file(id) {
        Some(file) => Looked::all(&format!(
            "Its file {file} is missing. Put it back, or bring the company back from a backup: steading restore latest --tenant {}.",
            company.slug
        )),
        None => look(app, company).await,
    };
    let nobody = (owners == 0 && company.status != Status::Archived).then(|| {
        "Nobody who can sign in owns it. Make or invite an owner with steading user.".to_owned()
    });
    vec![
        check(
            "registry",
            "Registry",
            row,
            format!("It is registered and {status}."),
        ),
        check(
            "store",
            "Store",
            looked.store,
            "It is there and answers.".to_owned(),
        ),
        check(
            "migrations",
            "Migrations",
            looked.steps,
            "Every step is in place.".to_owned(),
        ),
        check(
            "tables",
            "Tables",
            looked.tables.0,
            format!("All are there ({}).", looked.tables.1),
        ),
        check(
            "foreign_keys",
            "Foreign keys",
            looked.keys,
            "Every row points at one that is there.".to_owned(),
        ),
        check(
            "owner",
            "Owner",
            nobody,
            format!("Owners who can sign in: {owners}."),
        ),
        check(
            "query",
            "Sample query",
            looked.sample,
            "Its trail can be read.".to_owned(),
        ),
        check(
            "indexes",
            "Indexes",
            looked.indexes.0,
            format!("All are there ({}).", looked.indexes.1),
        ),
        check(
            "triggers",
            "Triggers",
            looked.triggers.0,
            format!("All that should be there are on ({}).", looked.triggers.1),
        ),
    ]
}

/// What is wrong with a store, each by its own check; of what is counted, how much there is.
struct Looked {
    store: Option<String>,
    steps: Option<String>,
    keys: Option<String>,
    sample: Option<String>,
    tables: (Option<String>, usize),
    indexes: (Option<String>, usize),
    triggers: (Option<String>, usize),
}

impl Looked {
    /// One thing that is wrong with all of it.
    fn all(why: &str) -> Self {
        let one = || Some(why.to_owned());
        Self {
            store: one(),
            steps: one(),
            keys: one(),
            sample: one(),
            tables: (one(), 0),
            indexes: (one(), 0),
            triggers: (one(), 0),
        }
    }
}

async fn look(app: &App, company: &Company) -> Looked {
    let id = company.id;
    let answers = app.tenants.answers(id).await;
    let owner_url = app
        .config
        .database
        .postgres
        .as_ref()
        .map(|pg| pg.owner_url.expose().to_owned());
    let pending = app
        .tenants
        .pending_steps(id, owner_url, app.clock.clone())
        .await;
    let examined = app.tenants.examine(id).await;
    let sample = sample(app, company).await;
    let (store, by_name) = (
        away(&answers),
        |pick: fn(&Examined) -> (Vec<String>, usize)| match &examined {
            Ok(examined) => {
                let (missing, count) = pick(examined);
                ((!missing.is_empty()).then(|| missed(&missing)), count)
            }
            Err(error) => (Some(error.to_string()), 0),
        },
    );
    let keys = match &examined {
        Ok(examined) if !examined.missing_keys.is_empty() => Some(missed(&examined.missing_keys)),
        Ok(examined) if examined.broken_keys == 0 => None,
        Ok(examined) => Some(format!(
            "{} rows point at something that is not there.",
            examined.broken_keys
        )),
        Err(error) => Some(error.to_string()),
    };
    let steps = match &pending {
        Ok(pending) if pending.is_empty() => None,
        Ok(pending) => Some(format!(
            "Steps wait: {}. Run steading migrate up.",
            pending.join(", ")
        )),
        Err(error) => Some(error.to_string()),
    };
    Looked {
        store,
        steps,
        keys,
        sample: away(&sample),
        tables: by_name(|e| (e.missing_tables.clone(), e.tables)),
        indexes: by_name(|e| (e.missing_indexes.clone(), e.indexes)),
        triggers: by_name(|e| (e.missing_triggers.clone(), e.triggers)),
    }
}

async fn sample(app: &App, company: &Company) -> Result<()> {
    let scope = app.tenants.scope(company.id)?;
    audit::total(app, &scope, &audit::Filter::default())
        .await
        .map(drop)
}

fn away(answer: &Result<()>) -> Option<String> {
    answer.as_ref().err().map(ToString::to_string)
}

fn missed(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(NAMED)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => format!("Missing: {shown}."),
        more => format!("Missing: {shown} and {more} more."),
    }
}
