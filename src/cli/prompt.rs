//! Asking the person at the keyboard: consent, and passwords that never show and never are arguments.

use std::io::{BufRead, IsTerminal};

use clap::Args;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use super::exit::{Exit, Failure, Outcome};
use super::out::say;
use crate::config::Secret;

/// The flags of commands that ask before they act.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct Consent {
    /// Agree in advance: do not ask.
    #[arg(long)]
    pub yes: bool,
    /// Never ask; fail where an answer is needed.
    #[arg(long)]
    pub no_input: bool,
}

impl Consent {
    /// Asks, unless the answer was given in advance. A "no" ends the command with exit code 1.
    pub fn to(self, question: &str) -> Outcome {
        if self.yes {
            return Ok(());
        }
        self.require_terminal("pass --yes to agree")?;
        say(format!("{question} [y/N]"));
        match read_line()?.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(Failure::failed("nothing was changed")),
        }
    }

    /// Asks where somebody is there to be asked; a script that says nothing means yes.
    pub fn unless_scripted(self, question: &str) -> Outcome {
        if !self.yes && !self.no_input && !std::io::stdin().is_terminal() {
            return Ok(());
        }
        self.to(question)
    }

    /// For writers that ask nothing: they take the flags, so that a script may pass them to every command.
    pub fn to_nothing(self) -> Outcome {
        Ok(())
    }

    fn require_terminal(self, instead: &str) -> Outcome {
        if self.no_input || !std::io::stdin().is_terminal() {
            return Err(Failure::new(
                Exit::Usage,
                format!("there is nobody to ask; {instead}"),
            ));
        }
        Ok(())
    }
}

/// The flag of commands that take a password.
#[derive(Debug, Clone, Copy, Default, Args)]
pub struct PasswordInput {
    /// Read the password from standard input: its first line.
    #[arg(long)]
    pub password_stdin: bool,
}

impl PasswordInput {
    /// The password: from standard input, or typed twice without showing.
    pub fn read(self, consent: Consent) -> Result<Secret, Failure> {
        if self.password_stdin {
            return not_empty(read_line()?);
        }
        consent.require_terminal("pass the password with --password-stdin")?;
        let hidden = HiddenInput::begin()?;
        say("Password (it does not show):");
        let first = not_empty(read_line()?)?;
        say("Once more:");
        let second = not_empty(read_line()?)?;
        drop(hidden);
        if first == second {
            Ok(first)
        } else {
            Err(Failure::new(Exit::BadInput, "the two passwords differ"))
        }
    }
}

/// The passphrase of a file: from standard input, or typed without showing; twice where it is new.
pub fn passphrase(from_stdin: bool, consent: Consent, is_new: bool) -> Result<String, Failure> {
    let given = if from_stdin {
        not_empty(read_line()?)?
    } else {
        consent.require_terminal(match is_new {
            true => "pass the passphrase with --passphrase-stdin",
            false => "pass the passphrase of the file with --passphrase-stdin, or leave its secrets behind with --without-secrets",
        })?;
        let hidden = HiddenInput::begin()?;
        say("Passphrase (it does not show):");
        let first = not_empty(read_line()?)?;
        if is_new {
            say("Once more:");
            if not_empty(read_line()?)? != first {
                return Err(Failure::new(Exit::BadInput, "the two passphrases differ"));
            }
        }
        drop(hidden);
        first
    };
    if is_new && given.expose().chars().count() < SHORTEST_PASSPHRASE {
        return Err(Failure::new(
            Exit::BadInput,
            "a passphrase has at least 12 characters; a few words are best",
        ));
    }
    Ok(given.expose().to_owned())
}

/// Somebody may try passphrases on a file for years.
const SHORTEST_PASSPHRASE: usize = 12;

/// Reads a secret value for commands that store one: piped in, or typed without showing.
pub fn secret_from_stdin(name: &str) -> Result<Secret, Failure> {
    if std::io::stdin().is_terminal() {
        let hidden = HiddenInput::begin()?;
        say(format!("{name} (it does not show):"));
        let value = read_line();
        drop(hidden);
        return not_empty(value?);
    }
    let mut text = String::new();
    std::io::Read::read_to_string(&mut std::io::stdin().lock(), &mut text).map_err(|error| {
        Failure::new(
            Exit::BadInput,
            format!("cannot read standard input: {error}"),
        )
    })?;
    not_empty(text.trim_end_matches(['\r', '\n']).to_owned())
}

fn not_empty(text: String) -> Result<Secret, Failure> {
    if text.is_empty() {
        Err(Failure::new(
            Exit::BadInput,
            "nothing was given: the first line of the input is taken",
        ))
    } else {
        Ok(Secret::new(text))
    }
}

fn read_line() -> Result<String, Failure> {
    let mut line = String::new();
    std::io::stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| {
            Failure::new(
                Exit::BadInput,
                format!("cannot read standard input: {error}"),
            )
        })?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

/// The terminal does not echo while this lives.
struct HiddenInput(Termios);

impl HiddenInput {
    fn begin() -> Result<Self, Failure> {
        let cannot = |error: rustix::io::Errno| {
            Failure::failed(format!("cannot hide what is typed: {error}"))
        };
        let before = tcgetattr(std::io::stdin()).map_err(cannot)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO);
        silent.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(std::io::stdin(), OptionalActions::Flush, &silent).map_err(cannot)?;
        Ok(Self(before))
    }
}

impl Drop for HiddenInput {
    fn drop(&mut self) {
        if let Err(error) = tcsetattr(std::io::stdin(), OptionalActions::Flush, &self.0) {
            say(format!(
                "the terminal may stay silent ({error}); type `reset`"
            ));
        }
    }
}
