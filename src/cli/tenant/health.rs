//! `steading tenant health`: whether a company is whole.

use clap::Args;

use super::named;
use crate::app::App;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::out;
use crate::cli::stores::Io;
use crate::identity::shell as people;
use crate::slice::Level;

/// Look whether a company is whole: registry, store, migrations, tables, foreign keys, owner, a query, indexes, triggers
#[derive(Debug, Args)]
pub struct Health {
    /// Its slug
    slug: String,
    /// Show what holds too
    #[arg(short, long)]
    verbose: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Health {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let company = named(app, &self.slug).await?;
        let checks = people::company_health(app, &company).await?;
        let wrong = checks
            .iter()
            .filter(|check| check.level == Level::Bad)
            .count();
        if self.json {
            io.json(&serde_json::json!({
                "slug": company.slug.as_str(),
                "id": company.id,
                "is_healthy": wrong == 0,
                "checks": checks,
            }))?;
        } else {
            let rows: Vec<Vec<String>> = checks
                .iter()
                .filter(|check| self.verbose || check.level == Level::Bad)
                .map(|check| {
                    let mark = if check.level == Level::Bad {
                        "wrong"
                    } else {
                        "good"
                    };
                    vec![mark.to_owned(), check.label.clone(), check.finding.clone()]
                })
                .collect();
            io.data(&out::columns(&rows));
            let count = checks.len();
            io.say(match wrong {
                0 => format!("{}: all {count} checks hold.", company.slug),
                some => format!("{}: {some} of {count} checks do not hold.", company.slug),
            });
        }
        match wrong {
            0 => Ok(()),
            _ => Err(Failure::silent(Exit::Failed)),
        }
    }
}
