//! `steading man`: the manual page, with every command, the files and the exit codes.

use std::io::Error;

use clap::Args;
use clap_mangen::roff::{Roff, bold, roman};

use super::exit::{Exit, Failure, Outcome};
use super::{command, out};
use crate::version::{VERSION, date};

/// Print the manual page
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading man | man -l -
  steading man > /usr/local/share/man/man1/steading.1")]
pub struct Man {}

const FILES: [(&str, &str); 4] = [
    (
        "./steading.toml, /etc/steading/steading.toml",
        "The configuration: the first of them that exists, unless --config names another.",
    ),
    (
        "./data",
        "The data folder, unless data_dir names another: control.db and tenants/ (SQLite), keys, backups, lock and control.sock.",
    ),
    (
        "./data/keys",
        "The key ring. Keep a copy of it apart from the data.",
    ),
    (
        "./data/control.sock",
        "The socket through which commands reach the running server.",
    ),
];

const LONGEST_LINE: usize = 80;

impl Man {
    pub(super) fn run(self) -> Outcome {
        let page = page()
            .map_err(|error| Failure::failed(format!("cannot make the manual page: {error}")))?;
        out::data(&fold(&String::from_utf8_lossy(&page)))
    }
}

fn page() -> Result<Vec<u8>, Error> {
    let mut built = command();
    built.build();
    let man = clap_mangen::Man::new(command())
        .title("STEADING")
        .source(format!("steading {VERSION}"))
        .date(
            date()
                .and_then(|date| date.get(..10).map(str::to_owned))
                .unwrap_or_default(),
        )
        .manual("Steading");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    commands(&mut roff, &built, "");
    roff.control("SH", ["ENVIRONMENT"]);
    roff.text([roman(
        "Every key of the configuration is also read from STEADING_ and its name in capitals, sections joined by two \
         underscores (STEADING_SERVER__LISTEN), or from the file that the same name with _FILE at its end points to. \
         NO_COLOR switches colour off.",
    )]);
    roff.control("SH", ["FILES"]);
    for (path, about) in FILES {
        entry(&mut roff, path, about);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for exit in Exit::ALL {
        entry(&mut roff, &exit.code().to_string(), exit.meaning());
    }
    roff.to_writer(&mut page)?;
    Ok(page)
}

/// Every visible command with its own, under its full name.
fn commands(roff: &mut Roff, parent: &clap::Command, prefix: &str) {
    for command in parent
        .get_subcommands()
        .filter(|one| !one.is_hide_set() && one.get_name() != "help")
    {
        let name = format!("{prefix}{}", command.get_name());
        if command.has_subcommands() {
            commands(roff, command, &format!("{name} "));
        } else {
            let about = command
                .get_about()
                .map(ToString::to_string)
                .unwrap_or_default();
            entry(roff, &format!("steading {name}"), &about);
        }
    }
}

fn entry(roff: &mut Roff, term: &str, about: &str) {
    roff.control("TP", []);
    roff.text([bold(term)]);
    roff.text([roman(about)]);
}

/// Breaks long lines of text; the formatter joins them again, and readers of the source see all of it.
fn fold(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    for line in page.lines() {
        let mut column = 0;
        for (number, word) in line.split(' ').enumerate() {
            let is_text = !line.starts_with(['.', '\'']);
            // A word that begins like a command must not begin a line.
            let may_break = is_text && !word.is_empty() && !word.starts_with(['.', '\'']);
            if number > 0 && may_break && column + word.len() >= LONGEST_LINE {
                out.push('\n');
                column = 0;
            } else if number > 0 {
                out.push(' ');
                column += 1;
            }
            out.push_str(word);
            column += word.len();
        }
        out.push('\n');
    }
    out
}
