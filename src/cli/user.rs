//! `steading user`: people, from the shell of the machine.

use std::io::IsTerminal;

use clap::{Args, Subcommand};

use super::exit::{Failure, Outcome};
use super::out;
use super::prompt::{Consent, PasswordInput};
use super::stores::Io;
use super::tenant::Company;
use crate::app::App;
use crate::crypto::PlainPassword;
use crate::identity::{Role, Roles, shell};

/// Create, list, disable people; reset a lost password
#[derive(Debug, Subcommand)]
pub enum User {
    /// Make somebody who can sign in at once
    Create(Create),
    /// List everybody
    List(List),
    /// Invite somebody and print the link to hand on
    Invite(Invite),
    /// Set a password, or print a one-time link to choose one
    ResetPassword(ResetPassword),
    /// Shut somebody out; they are signed out at once
    Disable(Disable),
    /// Let somebody in again
    Enable(Enable),
}

/// Make somebody who can sign in at once
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading user create ada@example.com --role owner
  printf '%s' \"$PASSWORD\" | steading user create ada@example.com --role owner --password-stdin")]
pub struct Create {
    /// The address to sign in with
    email: String,
    /// owner, admin, member or viewer
    #[arg(long)]
    role: Role,
    #[command(flatten)]
    password: PasswordInput,
    #[command(flatten)]
    company: Company,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// List everybody
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    company: Company,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Invite somebody and print the link to hand on
#[derive(Debug, Args)]
pub struct Invite {
    /// The address to sign in with
    email: String,
    /// owner, admin, member or viewer
    #[arg(long)]
    role: Role,
    #[command(flatten)]
    company: Company,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Set a password, or print a one-time link to choose one
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  steading user reset-password ada@example.com            asks for the new password
  steading user reset-password ada@example.com --link     prints a link that works once, for 30 minutes")]
pub struct ResetPassword {
    /// The address somebody signs in with
    email: String,
    #[command(flatten)]
    password: PasswordInput,
    /// Print a one-time link instead of setting a password
    #[arg(long, conflicts_with = "password_stdin")]
    link: bool,
    #[command(flatten)]
    company: Company,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Shut somebody out; they are signed out at once
#[derive(Debug, Args)]
pub struct Disable {
    /// The address somebody signs in with
    email: String,
    #[command(flatten)]
    company: Company,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Let somebody in again
#[derive(Debug, Args)]
pub struct Enable {
    /// The address somebody signs in with
    email: String,
    #[command(flatten)]
    company: Company,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl User {
    /// The first person may come before the first start.
    pub(super) fn may_begin(&self) -> bool {
        matches!(self, Self::Create(_) | Self::Invite(_))
    }

    /// A password or a consent, read at the terminal of whoever runs the command.
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        match self {
            Self::Create(command) => command
                .password
                .read(command.consent)
                .map(|secret| Some(secret.expose().to_owned())),
            Self::ResetPassword(command) if command.wants_password() => command
                .password
                .read(command.consent)
                .map(|secret| Some(secret.expose().to_owned())),
            Self::Disable(command) => command
                .consent
                .unless_scripted(&format!(
                    "Disable {}? They are signed out at once.",
                    command.email
                ))
                .map(|()| None),
            Self::Invite(Invite { consent, .. }) | Self::Enable(Enable { consent, .. }) => {
                consent.to_nothing().map(|()| None)
            }
            Self::List(_) | Self::ResetPassword(_) => Ok(None),
        }
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        match self {
            Self::Create(command) => command.run(app, io).await,
            Self::List(command) => command.run(app, io).await,
            Self::Invite(command) => command.run(app, io).await,
            Self::ResetPassword(command) => command.run(app, io).await,
            Self::Disable(command) => {
                // Shutting somebody out waits for no thaw: a frozen company can still be read.
                let tenant = command.company.find(app).await?;
                let member = shell::set_disabled(app, tenant, &command.email, true)
                    .await
                    .map_err(nobody(&command.email))?;
                io.say(format!("{} is disabled and signed out.", member.email));
                shown(io, &member, command.json)
            }
            Self::Enable(command) => {
                let tenant = command.company.find_to_change(app).await?;
                let member = shell::set_disabled(app, tenant, &command.email, false)
                    .await
                    .map_err(nobody(&command.email))?;
                io.say(format!("{} may sign in again.", member.email));
                shown(io, &member, command.json)
            }
        }
    }
}

impl Create {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let tenant = self.company.find_to_change(app).await?;
        let password = PlainPassword::from(io.input.take().unwrap_or_default());
        let id =
            shell::create_user(app, tenant, &self.email, Roles::one(self.role), &password).await?;
        let email = self.email.trim().to_lowercase();
        if self.json {
            return io.json(
                &serde_json::json!({ "id": id, "email": email, "roles": [self.role.as_str()] }),
            );
        }
        io.say(format!("{email} may sign in as {}.", self.role.as_str()));
        Ok(())
    }
}

impl List {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let tenant = self.company.find(app).await?;
        let users = shell::users(app, tenant).await?;
        if self.json {
            return io.json(&users);
        }
        let head = ["EMAIL", "NAME", "ROLES", "STATE", "LAST SIGNED IN"]
            .map(ToOwned::to_owned)
            .to_vec();
        let rows = users.into_iter().map(|user| {
            let seen = user
                .last_sign_in_at
                .map(|at| at.to_string())
                .unwrap_or_default();
            vec![
                user.email,
                user.name,
                user.roles.join(","),
                user.state,
                seen,
            ]
        });
        io.data(&out::columns(
            &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
        ));
        Ok(())
    }
}

impl Invite {
    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let tenant = self.company.find_to_change(app).await?;
        let invited = shell::invite_user(app, tenant, &self.email, Roles::one(self.role)).await?;
        if self.json {
            return io.json(&invited);
        }
        io.data(&format!("{}\n", invited.invitation.url));
        let email = &invited.member.email;
        io.say(if invited.invitation.is_one_time() {
            format!("{email} chooses a password there. The link works once, for seven days.")
        } else {
            format!("{email} has an account here. A mail tells them how to come in.")
        });
        Ok(())
    }
}

impl ResetPassword {
    /// Where nobody can be asked and no password comes in, a link is what helps.
    fn wants_password(&self) -> bool {
        !self.link
            && (self.password.password_stdin
                || (std::io::stdin().is_terminal() && !self.consent.no_input))
    }

    async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.company.find(app).await?;
        let actor = crate::actor::Actor::shell();
        if let Some(password) = io.input.take() {
            shell::set_password(app, &actor, &self.email, &PlainPassword::from(password))
                .await
                .map_err(nobody(&self.email))?;
            io.say("The password is set. Every browser was signed out.");
            return if self.json {
                io.json(&serde_json::json!({ "email": self.email }))
            } else {
                Ok(())
            };
        }
        let link = shell::reset_link(app, &actor, &self.email)
            .await
            .map_err(nobody(&self.email))?;
        if self.json {
            return io.json(&serde_json::json!({ "email": self.email, "url": link }));
        }
        io.data(&format!("{link}\n"));
        io.say("It works once, for 30 minutes. Older links no longer work.");
        Ok(())
    }
}

/// Somebody after a change, where JSON is asked for.
fn shown(io: &mut Io, member: &impl serde::Serialize, json: bool) -> Outcome {
    if json { io.json(member) } else { Ok(()) }
}

/// Says who was not found.
fn nobody(email: &str) -> impl FnOnce(crate::Error) -> Failure + '_ {
    move |error| match error {
        crate::Error::NotFound => {
            Failure::failed(format!("there is nobody with the address {email}"))
        }
        other => other.into(),
    }
}
