//! Commands that work on the stores: through the control socket where a server runs, else by themselves under the lock.

use std::ffi::OsString;

use clap::{FromArgMatches, Subcommand};

use super::bar::Bar;
use super::context::Context;
use super::exit::{Exit, Failure, Outcome};
use super::{Cli, Command, command, out};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Loaded;
use crate::db::Told;
use crate::gate::Later;
use crate::jobs;
use crate::server::boot;
use crate::server::control_socket::{self, Reply, Request};
use crate::server::look;

/// What a command reads and writes, wherever it runs.
#[derive(Debug, Default)]
pub struct Io {
    /// What the person gave: a password, a value; read before the command is sent on.
    pub input: Option<String>,
    /// Where the person stands: names of files are meant from there.
    pub folder: Option<String>,
    /// Where word of long work goes.
    pub told: Told,
    output: String,
    words: String,
}

impl Io {
    /// A file that the person named.
    pub fn path(&self, named: &std::path::Path) -> std::path::PathBuf {
        super::carry::absolute(self.folder.as_deref(), named)
    }

    /// Data, for standard output.
    pub fn data(&mut self, text: &str) {
        self.output.push_str(text);
    }

    /// One JSON value, for standard output.
    ///
    /// # Errors
    /// Where the value cannot be written as JSON.
    pub fn json(&mut self, value: &impl serde::Serialize) -> Outcome {
        let text =
            serde_json::to_string_pretty(value).map_err(|e| Failure::failed(e.to_string()))?;
        self.data(&(text + "\n"));
        Ok(())
    }

    /// A line for the person, on standard error.
    pub fn say(&mut self, text: impl AsRef<str>) {
        self.words.push_str(text.as_ref());
        self.words.push('\n');
    }
}

/// A command that needs the program: one variant a file.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// Print a new one-time setup link; the old one stops working
    SetupUrl(super::setup_url::SetupUrl),
    /// Read the trail of who changed what
    #[command(subcommand)]
    Audit(super::audit::Audit),
    /// See and steer the work that waits
    #[command(subcommand)]
    Jobs(super::jobs::Jobs),
    /// Try the mail server
    #[command(subcommand)]
    Mail(super::mail::Mail),
    /// People who sign in
    #[command(subcommand)]
    User(super::user::User),
    /// Keys for programs
    #[command(subcommand)]
    Key(super::key::Key),
    /// Companies of this instance
    #[command(subcommand)]
    Tenant(super::tenant::Tenant),
    /// Who looks after an instance of many companies
    #[command(subcommand)]
    Operator(super::operator::Operator),
    /// A made-up business to look at
    #[command(subcommand)]
    Demo(super::demo::Demo),
    /// What is seen from inside, for `doctor`
    #[command(hide = true)]
    Checks(super::doctor::Checks),
    /// Make, list, check and let go backups
    #[command(subcommand)]
    Backup(super::backup::Backup),
    /// Go back to a backup: everything while the server is stopped, or one company while the others go on
    Restore(super::restore::Restore),
}

impl StoreCommand {
    /// Runs inside whatever process holds the stores.
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::SetupUrl(command) => command.run(app, io).await,
            Self::Audit(command) => command.run(app, io).await,
            Self::Jobs(command) => command.run(app, io).await,
            Self::Mail(command) => command.run(app, io).await,
            Self::User(command) => command.run(app, io).await,
            Self::Key(command) => command.run(app, io).await,
            Self::Tenant(command) => command.run(app, io).await,
            Self::Operator(command) => command.run(app, io).await,
            Self::Demo(command) => command.run(app, io).await,
            Self::Checks(command) => command.run(app, io).await,
            Self::Backup(command) => command.run(app, io).await,
            Self::Restore(command) => command.run(app, io).await,
        }
    }

    /// Whether the command may make an instance where there is none: a first run without a browser.
    fn may_begin(&self) -> bool {
        match self {
            Self::User(command) => command.may_begin(),
            Self::Key(command) => command.may_begin(),
            Self::Demo(command) => command.may_begin(),
            Self::Operator(command) => command.may_begin(),
            Self::Jobs(command) => command.may_begin(),
            Self::Tenant(command) => command.may_begin(),
            Self::Mail(_) => true,
            Self::SetupUrl(_)
            | Self::Audit(_)
            | Self::Checks(_)
            | Self::Backup(_)
            | Self::Restore(_) => false,
        }
    }

    /// Reads what the command needs from the person: here, at their terminal, never in the server.
    fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::User(command) => command.read_input(),
            Self::Key(command) => command.read_input(),
            Self::Demo(command) => command.read_input(),
            Self::Operator(command) => command.read_input(),
            Self::Jobs(command) => command.read_input(),
            Self::SetupUrl(command) => command.read_input(),
            Self::Mail(command) => command.read_input(),
            Self::Tenant(command) => command.read_input(),
            Self::Restore(command) => command.read_input(),
            Self::Audit(_) | Self::Backup(_) | Self::Checks(_) => Ok(None),
        }
    }

    /// Says what the command would do where no server runs, from a look that changes no byte.
    async fn preview(self, loaded: &Loaded) -> Result<Reply, Failure> {
        let Self::Tenant(command) = self else {
            return Err(Failure::failed("this command has no preview"));
        };
        let look = look::look(loaded, Clock::system()).await?;
        let mut io = Io::default();
        let outcome = command
            .preview(look.as_ref(), &loaded.config, &mut io)
            .await;
        if let Some(look) = look {
            look.end().await;
        }
        Ok(reply_of(io, outcome))
    }

    /// Runs a command from the terminal.
    pub(super) fn dispatch(self, context: &Context, arguments: Vec<OsString>) -> Outcome {
        if let Self::Restore(restore) = &self
            && restore.tenant.is_none()
        {
            return restore.whole(context);
        }
        let loaded = context.load()?;
        let input = self.read_input()?;
        let arguments = arguments
            .iter()
            .map(|part| part.to_string_lossy().into_owned())
            .collect();
        let arguments: Vec<String> = arguments;
        let bar = Bar::of(context, arguments.iter().any(|word| word == "--json"));
        let reply = self.answered(&loaded, arguments, input, &bar.told());
        bar.end();
        finish(&reply?)
    }

    /// The command's answer: of the server that runs here, or of this process where none does.
    pub(super) fn answered(
        self,
        loaded: &Loaded,
        arguments: Vec<String>,
        input: Option<String>,
        told: &Told,
    ) -> Result<Reply, Failure> {
        actix_web::rt::System::new().block_on(async move {
            let data_dir = loaded.config.data_dir.clone();
            let here = std::env::current_dir()
                .ok()
                .map(|folder| folder.to_string_lossy().into_owned());
            let request = Request {
                arguments,
                input: input.clone(),
                folder: here.clone(),
                is_watched: told.is_heard(),
            };
            let reply = control_socket::send(&data_dir, &request, told)
                .await
                .map_err(|e| {
                    Failure::new(
                        Exit::Unavailable,
                        format!("The running server broke off: {e}."),
                    )
                })?;
            if let Some(reply) = reply {
                return Ok(reply);
            }
            boot::judge(loaded)?;
            if matches!(&self, Self::Tenant(command) if command.only_looks()) {
                return self.preview(loaded).await;
            }
            if !self.may_begin() && !boot::stands(loaded)? {
                return Err(nothing_there(loaded));
            }
            boot::refuse_waiting(loaded)?;
            let public_url = loaded.config.server.public_url(loaded.config.server.listen);
            let lock = boot::take_folder(loaded)?;
            let standing =
                boot::stand_up(loaded, public_url.as_str(), Clock::system(), lock).await?;
            let mut io = Io {
                input,
                folder: here,
                told: told.clone(),
                ..Io::default()
            };
            let outcome = self.run(&standing.app, &mut io).await;
            // A server on the same database learns of the work left for it; it would find it by itself, later.
            if let Err(error) = jobs::note_due(&standing.app).await {
                tracing::debug!(%error, "Other processes were not told of new work");
            }
            let control = standing.app.control.clone();
            let sent = tokio::task::spawn_blocking(move || control.send_notices()).await;
            if let Ok(Err(error)) = sent {
                tracing::debug!(%error, "Other processes were not told of what changed");
            }
            standing.stores.shutdown().await;
            Ok(reply_of(io, outcome))
        })
    }
}

/// Said where a command looks for an instance and finds none; nothing was made.
pub(super) fn nothing_there(loaded: &Loaded) -> Failure {
    let place = match &loaded.config.database.postgres {
        None => std::path::absolute(&loaded.config.data_dir)
            .unwrap_or_else(|_| loaded.config.data_dir.clone())
            .display()
            .to_string(),
        Some(_) => "the database that database.url names".to_owned(),
    };
    Failure::new(
        Exit::Configuration,
        format!(
            "There is no Steading in {place}: start one with `steading serve`, or name its folder with --data-dir."
        ),
    )
}

fn reply_of(io: Io, outcome: Outcome) -> Reply {
    let mut words = io.words;
    let code = match outcome {
        Ok(()) => 0,
        Err(failure) => {
            if !failure.message.is_empty() {
                words.push_str(&format!("steading: {}\n", failure.message));
            }
            failure.exit.code()
        }
    };
    Reply {
        output: io.output,
        words,
        code,
    }
}

fn finish(reply: &Reply) -> Outcome {
    out::data(&reply.output)?;
    if !reply.words.is_empty() {
        out::say(reply.words.trim_end_matches('\n'));
    }
    match Exit::ALL.into_iter().find(|exit| exit.code() == reply.code) {
        Some(Exit::Fine) => Ok(()),
        Some(exit) => Err(Failure::new(exit, String::new())),
        None => Err(Failure::failed(String::new())),
    }
}

/// Runs a command that came through the control socket.
pub fn run_in_server(app: App, request: Request, told: Told) -> Later<'static, Reply> {
    Box::pin(async move {
        let words = std::iter::once("steading".to_owned()).chain(request.arguments);
        let parsed = command()
            .try_get_matches_from(words)
            .and_then(|matches| Cli::from_arg_matches(&matches));
        let mut io = Io {
            input: request.input,
            folder: request.folder,
            told,
            ..Io::default()
        };
        let outcome = match parsed.map(|cli| cli.command) {
            Ok(Some(Command::Stores(command))) => command.run(&app, &mut io).await,
            Ok(_) => Err(Failure::new(
                Exit::Usage,
                "the running server does not know this command",
            )),
            Err(error) => Err(Failure::new(Exit::Usage, super::said(&error))),
        };
        reply_of(io, outcome)
    })
}
