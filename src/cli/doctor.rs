//! `steading doctor`: what is wrong, and what should be seen to.

use clap::Args;

use super::context::Context;
use super::exit::{Failure, Outcome};
use super::out;
use super::stores::{Io, StoreCommand};
use crate::app::App;
use crate::db::Told;
use crate::server::control_socket;
use crate::server::doctor::{self, Line};
use crate::slice::Level;

/// Look for what is wrong: rights in the database, steps that wait, disk, clock, keys, and what each part says
#[derive(Debug, Args)]
#[command(after_help = "\
Exit 0 where nothing is broken, 1 where something is.

Examples:
  steading doctor
  steading doctor --strict --json")]
pub struct Doctor {
    /// Exit 1 also where something only should be seen to
    #[arg(long)]
    strict: bool,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// What is seen from inside, for `doctor`
#[derive(Debug, Args)]
pub struct Checks {}

impl Checks {
    pub(super) async fn run(&self, app: &App, io: &mut Io) -> Outcome {
        io.json(&doctor::inside(app).await?)
    }
}

impl Doctor {
    pub(super) fn run(self, context: &Context) -> Outcome {
        let loaded = context.load()?;
        let outside = doctor::outside(&loaded);
        let mut lines = outside.lines;
        let serves = control_socket::is_answered(&loaded.config.data_dir);
        if outside.may_stand_up || serves {
            let command = StoreCommand::Checks(Checks {});
            let asked =
                command.answered(&loaded, vec!["checks".to_owned()], None, &Told::default());
            lines.extend(
                asked
                    .and_then(|reply| seen(&reply))
                    .unwrap_or_else(|failure| {
                        vec![Line {
                            name: "start".to_owned(),
                            company: None,
                            level: Level::Bad,
                            finding: failure.message,
                        }]
                    }),
            );
        }
        let many = |level| lines.iter().filter(|line| line.level == level).count();
        let (broken, wishes) = (many(Level::Bad), many(Level::Warn));
        if self.json {
            out::json(&lines)?;
        } else {
            out::data(&table(&lines))?;
        }
        let counted = if self.strict { broken + wishes } else { broken };
        match counted {
            0 => Ok(()),
            1 => Err(Failure::failed("there is 1 finding")),
            many => Err(Failure::failed(format!("there are {many} findings"))),
        }
    }
}

/// What the inside answered, or why it did not.
fn seen(reply: &control_socket::Reply) -> Result<Vec<Line>, Failure> {
    if reply.code != 0 {
        return Err(Failure::failed(reply.words.trim()));
    }
    serde_json::from_str(&reply.output).map_err(|error| Failure::failed(error.to_string()))
}

fn table(lines: &[Line]) -> String {
    let head = ["", "CHECK", "COMPANY", "FINDING"]
        .map(ToOwned::to_owned)
        .to_vec();
    let rows = lines.iter().map(|line| {
        let word = match line.level {
            Level::Good => "good",
            Level::Warn => "see to it",
            Level::Bad => "broken",
        };
        vec![
            word.to_owned(),
            line.name.clone(),
            line.company.clone().unwrap_or_default(),
            line.finding.clone(),
        ]
    });
    out::columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}
