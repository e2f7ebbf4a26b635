//! The command line: one file per command, one enum that lists them.
//!
//! To add a command: a file with a `clap::Args` struct and its `run`, a variant and an arm of `Command` below,
//! and its name in `GROUPS` of `help.rs`. Data goes to standard output, words to standard error ([`out`]);
//! readers take `--json`; writers ask through [`prompt`]; failures carry their code ([`exit`]).

mod audit;
mod backup;
mod bar;
mod carry;
mod company;
mod completions;
mod config;
mod context;
mod db;
mod demo;
mod doctor;
mod exit_codes;
mod health;
mod help;
mod jobs;
mod mail;
mod key;
mod man;
mod migrate;
mod openapi;
mod operator;
mod restore;
mod serve;
mod setup_url;
mod tenant;
mod user;
mod version;

pub mod exit;
pub mod flags;
pub mod logging;
pub mod out;
pub mod prompt;
pub mod stores;

use std::ffi::OsString;

use clap::{FromArgMatches, Parser, Subcommand};

pub use self::company::{Company, CompanyArg};
pub use self::context::Context;
pub use self::exit::{Exit, Failure, Outcome};
pub use self::help::command;

use crate::config::Environment;

/// The back office a company owns: partner programme, connections and tables in one binary.
#[derive(Debug, Parser)]
#[command(name = "steading", version, propagate_version = false)]
struct Cli {
    #[command(flatten)]
    flags: flags::GlobalFlags,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Every command.
#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    #[command(flatten)]
    Stores(stores::StoreCommand),
    Openapi(openapi::Openapi),
    #[command(subcommand)]
    Migrate(migrate::Migrate),
    #[command(subcommand)]
    Db(db::Db),
    Health(health::Health),
    Doctor(doctor::Doctor),
    #[command(subcommand)]
    Config(config::ConfigCommand),
    Completions(completions::Completions),
    Man(man::Man),
    Version(version::Version),
    ExitCodes(exit_codes::ExitCodes),
}

impl Command {
    fn run(self, context: &Context, arguments: Vec<OsString>) -> Outcome {
        match self {
            Self::Serve(command) => command.run(context),
            Self::Stores(command) => command.dispatch(context, arguments),
            Self::Openapi(command) => command.run(),
            Self::Migrate(command) => command.run(context),
            Self::Db(command) => command.run(context),
            Self::Health(command) => command.run(context),
            Self::Doctor(command) => command.run(context),
            Self::Config(command) => command.run(context),
            Self::Completions(command) => command.run(),
            Self::Man(command) => command.run(),
            Self::Version(command) => command.run(),
            Self::ExitCodes(command) => command.run(),
        }
    }
}

/// Runs the program with these arguments (the first is its name) and says how it ended.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let parsed = command()
        .try_get_matches_from(&arguments)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match parsed {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to standard output with 0, wrong usage to standard error with 2.
            if error.use_stderr() {
                out::say(format!("steading: {}", said(&error)));
                return Exit::Usage;
            }
            return match error.print() {
                Ok(()) => Exit::Fine,
                Err(_) => Exit::Failed,
            };
        }
    };
    let context = Context::new(cli.flags, Environment::of_process());
    let outcome = match cli.command {
        Some(command) => command.run(&context, arguments.into_iter().skip(1).collect()),
        None => out::data(&command().render_help().to_string()),
    };
    match outcome {
        Ok(()) => Exit::Fine,
        Err(failure) => context.tell(&failure),
    }
}

/// What is wrong with the arguments, without the parser's own word for it: every failure begins with the program's name.
fn said(error: &clap::Error) -> String {
    let text = error.render().to_string();
    text.strip_prefix("error: ")
        .unwrap_or(&text)
        .trim_end()
        .to_owned()
}
