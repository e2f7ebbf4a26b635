//! `steading operator`: who looks after an instance of many companies, from the shell of the machine.

use clap::{Args, Subcommand};

use super::exit::{Failure, Outcome};
use super::out;
use super::prompt::{Consent, PasswordInput};
use super::stores::Io;
use crate::Error;
use crate::app::App;
use crate::crypto::PlainPassword;
use crate::operator::shell;

/// Create, list, disable and mend operators; keys for their programs
#[derive(Debug, Subcommand)]
pub enum Operator {
    /// Make an operator who can sign in at /operator at once
    Create(Create),
    /// List operators
    List(List),
    /// Shut an operator out; they are signed out at once
    Disable(Disable),
    /// Let a disabled operator in again, with the password they had
    Enable(Enable),
    /// Give an operator another password; they are signed out at once
    Password(Password),
    /// Keys with which programs do what operators do
    #[command(subcommand)]
    Key(Key),
}

/// Make an operator who can sign in at /operator at once
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  printf '%s' \"$PASSWORD\" | steading operator create ada@example.com --password-stdin")]
pub struct Create {
    /// The address to sign in with
    email: String,
    /// What they are called
    #[arg(long, default_value = "")]
    name: String,
    #[command(flatten)]
    password: PasswordInput,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// List operators
#[derive(Debug, Args)]
pub struct List {
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Shut an operator out
#[derive(Debug, Args)]
pub struct Disable {
    /// The address they sign in with
    email: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Let a disabled operator in again
#[derive(Debug, Args)]
pub struct Enable {
    /// The address they sign in with
    email: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Give an operator another password
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  printf '%s' \"$PASSWORD\" | steading operator password ada@example.com --password-stdin")]
pub struct Password {
    /// The address they sign in with
    email: String,
    #[command(flatten)]
    password: PasswordInput,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Keys with which programs do what operators do
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Make a key for /api/v1/operator and print it, this one time
    Create(CreateKey),
    /// List keys, without their secrets
    List(List),
    /// Revoke a key: it opens nothing from the next request on
    Revoke(RevokeKey),
}

/// Make a key and print it, this one time
#[derive(Debug, Args)]
pub struct CreateKey {
    /// What uses it; unique among live keys
    #[arg(long)]
    name: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Revoke a key
#[derive(Debug, Args)]
pub struct RevokeKey {
    /// The key's name
    name: String,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Operator {
    /// The first operator may come before the first start.
    pub(super) fn may_begin(&self) -> bool {
        matches!(self, Self::Create(_))
    }

    /// A password or a consent, read at the terminal of whoever runs the command.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Create(command) => command
                .password
                .read(command.consent)
                .map(|secret| Some(secret.expose().to_owned())),
            Self::Password(command) => command
                .password
                .read(command.consent)
                .map(|secret| Some(secret.expose().to_owned())),
            Self::Enable(command) => command.consent.to_nothing().map(|()| None),
            Self::Disable(command) => command
                .consent
                .unless_scripted(&format!(
                    "Disable {}? They are signed out at once.",
                    command.email
                ))
                .map(|()| None),
            Self::Key(Key::Revoke(command)) => command
                .consent
                .unless_scripted(&format!(
                    "Revoke {}? Its program is shut out at once.",
                    command.name
                ))
                .map(|()| None),
            Self::Key(Key::Create(command)) => command.consent.to_nothing().map(|()| None),
            Self::List(_) | Self::Key(Key::List(_)) => Ok(None),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::Create(command) => command.run(app, io).await,
            Self::List(command) => command.run(app, io).await,
            Self::Disable(command) => {
                let done = shell::set_disabled(app, &command.email, true).await;
                told(
                    io,
                    done,
                    &command.email,
                    "is disabled and signed out",
                    command.json,
                )
            }
            Self::Enable(command) => {
                let done = shell::set_disabled(app, &command.email, false).await;
                told(io, done, &command.email, "may sign in again", command.json)
            }
            Self::Password(command) => {
                let password = PlainPassword::from(io.input.take().unwrap_or_default());
                let done = shell::set_password(app, &command.email, &password).await;
                let words = "has another password and is signed out";
                told(io, done, &command.email, words, command.json)
            }
            Self::Key(command) => command.run(app, io).await,
        }
    }
}

impl Create {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let password = PlainPassword::from(io.input.take().unwrap_or_default());
        let id = shell::create(app, &self.email, &self.name, &password).await?;
        let email = self.email.trim().to_lowercase();
        if self.json {
            return io.json(&serde_json::json!({ "id": id, "email": email, "name": self.name }));
        }
        io.say(format!(
            "{email} may sign in at {}/operator.",
            app.public_url
        ));
        Ok(())
    }
}

impl List {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let operators = shell::all(app).await?;
        if self.json {
            return io.json(&operators);
        }
        let head = ["EMAIL", "NAME", "STATE", "LAST SIGNED IN"]
            .map(ToOwned::to_owned)
            .to_vec();
        let rows = operators.into_iter().map(|one| {
            let seen = one
                .last_sign_in_at
                .map(|at| at.to_string())
                .unwrap_or_default();
            vec![one.email, one.name, one.state.to_owned(), seen]
        });
        io.data(&out::columns(
            &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
        ));
        Ok(())
    }
}

impl Key {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::Create(command) => {
                let (key, secret) = shell::create_key(app, &command.name).await?;
                if command.json {
                    return io.json(
                        &serde_json::json!({ "key": secret, "prefix": key.prefix, "id": key.id, "name": key.name }),
                    );
                }
                io.data(&format!("{secret}\n"));
                io.say("Keep it now: it is not shown again.");
                Ok(())
            }
            Self::List(command) => {
                let keys = shell::all_keys(app).await?;
                if command.json {
                    return io.json(&keys);
                }
                let head = ["NAME", "KEY", "STATE", "LAST USED"]
                    .map(ToOwned::to_owned)
                    .to_vec();
                let rows = keys.into_iter().map(|key| {
                    let used = key.last_used_at.map(|at| at.to_string());
                    vec![
                        key.name,
                        key.prefix,
                        key.state.to_owned(),
                        used.unwrap_or_default(),
                    ]
                });
                io.data(&out::columns(
                    &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
                ));
                Ok(())
            }
            Self::Revoke(command) => {
                shell::revoke_key(app, &command.name)
                    .await
                    .map_err(|error| unknown(error, "live key named", &command.name))?;
                io.say(format!("{} opens nothing any more.", command.name));
                if command.json {
                    io.json(&serde_json::json!({ "name": command.name, "state": "revoked" }))
                } else {
                    Ok(())
                }
            }
        }
    }
}

/// Says what was done with an operator.
fn told(
    io: &mut Io,
    done: crate::Result<shell::Shown>,
    email: &str,
    words: &str,
    json: bool,
) -> Outcome {
    let operator = done.map_err(|error| unknown(error, "operator with the address", email))?;
    let disabled = match operator.state {
        "disabled" if !words.contains("disabled") => {
            "; steading operator enable lets them in again"
        }
        _ => "",
    };
    io.say(format!("{} {words}{disabled}.", operator.email));
    if json { io.json(&operator) } else { Ok(()) }
}

fn unknown(error: Error, what: &str, name: &str) -> Failure {
    match error {
        Error::NotFound => Failure::failed(format!("there is no {what} {name}")),
        other => other.into(),
    }
}
