//! The shape of the help: commands in groups, examples first, the way to more at the end.

use std::fmt::Write;

use clap::CommandFactory;

use super::{Cli, exit_codes};

/// Groups of the overview, and the commands in each. A command that is in none stands under "Other".
const GROUPS: [(&str, &[&str]); 6] = [
    ("Run", &["serve", "setup-url", "health", "doctor"]),
    ("Set up", &["config", "migrate", "demo"]),
    (
        "People and companies",
        &["user", "key", "tenant", "operator"],
    ),
    ("Secrets", &["keys", "secret"]),
    (
        "Data",
        &[
            "backup", "restore", "audit", "jobs", "mail", "webhooks", "db",
        ],
    ),
    ("About", &["openapi", "version", "completions", "man"]),
];

const EXAMPLES: &str = "\
Examples:
  steading serve                          start, with everything in ./data
  steading config init                    write a commented steading.toml
  steading config print                   see what holds, and why
";

const MORE: &str = "\
More: steading help COMMAND, steading help exit-codes, steading man.
Documentation: docs/.";

/// The end of every command's help.
const POINTER: &str =
    "Manual: steading man. Exit codes: steading help exit-codes. Documentation: docs/.";

/// The whole command line, as help, completions and manual show it.
pub fn command() -> clap::Command {
    let command = Cli::command().mut_subcommand(exit_codes::NAME, |command| {
        command
            .long_about(exit_codes::table())
            .help_template("{about}")
    });
    let command = pointed(command);
    let overview = overview(&command);
    let template = format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{EXAMPLES}{overview}\nOptions:\n{{options}}{{after-help}}\n"
    );
    command.help_template(template).after_help(MORE)
}

/// The same command with the pointer at the end of the help of all its commands.
fn pointed(command: clap::Command) -> clap::Command {
    command.mut_subcommands(|one| {
        let own = one
            .get_after_help()
            .map(|text| format!("{text}\n\n"))
            .unwrap_or_default();
        pointed(one.after_help(format!("{own}{POINTER}")))
    })
}

fn overview(command: &clap::Command) -> String {
    let visible: Vec<(&str, String)> = command
        .get_subcommands()
        .filter(|one| !one.is_hide_set() && one.get_name() != "help")
        .map(|one| {
            (
                one.get_name(),
                one.get_about().map(ToString::to_string).unwrap_or_default(),
            )
        })
        .collect();
    let mut out = String::new();
    let mut group = |title: &str, members: &mut dyn Iterator<Item = &(&str, String)>| {
        for (number, (name, about)) in members.enumerate() {
            if number == 0 {
                write!(out, "\n{title}:\n")?;
            }
            writeln!(out, "  {name:<14}{about}")?;
        }
        std::fmt::Result::Ok(())
    };
    let grouped = GROUPS.iter().try_for_each(|(title, names)| {
        group(
            title,
            &mut names
                .iter()
                .filter_map(|name| visible.iter().find(|(known, _)| known == name)),
        )
    });
    let is_grouped = |name: &str| GROUPS.iter().any(|(_, names)| names.contains(&name));
    let rest = group(
        "Other",
        &mut visible.iter().filter(|(name, _)| !is_grouped(name)),
    );
    // Writing into a String cannot fail.
    grouped.and(rest).map_or_else(|_| String::new(), |()| out)
}
