//! `steading tenant export` and `steading tenant import`: a company leaves, or comes back.

use std::path::{Path, PathBuf};

use clap::Args;

use super::exit::{Exit, Failure, Outcome};
use super::out;
use super::prompt::{Consent, passphrase};
use super::stores::Io;
use crate::actor::Actor;
use crate::app::App;
use crate::config::Secret;
use crate::db::carry::Sum;
use crate::tenancy::shell;
use crate::transfer::{self, Trouble, Wish};

/// Write a company into one file
#[derive(Debug, Args)]
pub struct Export {
    /// Its slug (`default` where one is served)
    slug: String,
    /// The file to write; one that is there is replaced once the new one is whole
    file: PathBuf,
    /// Take its secrets and its people's password hashes along, sealed under a passphrase
    #[arg(long)]
    with_secrets: bool,
    /// Read the passphrase from standard input: its first line
    #[arg(long, requires = "with_secrets")]
    passphrase_stdin: bool,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

/// Take a company in from its file
#[derive(Debug, Args)]
pub struct Import {
    /// The file that an export wrote
    file: PathBuf,
    /// Its slug here, where it shall have another one
    #[arg(long = "as", value_name = "SLUG")]
    slug: Option<String>,
    /// Only say what would come
    #[arg(long)]
    pub(super) dry_run: bool,
    /// Read the passphrase of its secrets from standard input: its first line
    #[arg(long)]
    passphrase_stdin: bool,
    /// Leave its secrets and its people's passwords behind
    #[arg(long, conflicts_with = "passphrase_stdin")]
    without_secrets: bool,
    #[command(flatten)]
    consent: Consent,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Export {
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        if !self.with_secrets {
            return Ok(None);
        }
        passphrase(self.passphrase_stdin, self.consent, true).map(Some)
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        let company = shell::meant(app, Some(&self.slug))
            .await
            .map_err(|error| super::tenant::unknown(error, Some(&self.slug)))?;
        let file = io.path(&self.file);
        let passphrase = io
            .input
            .take()
            .filter(|_| self.with_secrets)
            .map(Secret::new);
        let written = transfer::export_told(
            app,
            &Actor::shell(),
            company.id,
            &file,
            passphrase,
            io.told.clone(),
        )
        .await?;
        if self.json {
            return io.json(&written);
        }
        io.data(&table(&written.tables));
        io.say(format!(
            "{} holds {}: {} rows, {} people, {} bytes. {}",
            written.file.display(),
            written.slug,
            written.rows,
            written.members,
            written.bytes,
            if written.secrets {
                "Secrets are sealed under the passphrase."
            } else {
                "Secrets and passwords are not in it."
            }
        ));
        Ok(())
    }
}

impl Import {
    pub(super) fn read_input(&self) -> Result<Option<String>, Failure> {
        let may_stay = self.dry_run || self.without_secrets;
        secrets_of(&self.file, self.passphrase_stdin, may_stay, self.consent)
    }

    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        self.consent.to_nothing()?;
        let file = io.path(&self.file);
        let wish = Wish {
            slug: self.slug.clone(),
            passphrase: io.input.take().map(Secret::new),
            without_secrets: self.without_secrets,
            told: io.told.clone(),
        };
        let told = if self.dry_run {
            transfer::preview(app, &file, &wish).await?
        } else {
            transfer::import(app, &Actor::shell(), &file, &wish).await?
        };
        if self.json {
            return io.json(&told);
        }
        io.data(&table(&told.tables));
        io.say(format!(
            "{} {} as {}: {} rows, {} people.",
            told.from,
            if told.done {
                "came in"
            } else {
                "would come in"
            },
            told.slug,
            told.rows,
            told.members,
        ));
        if !told.left_behind.is_empty() {
            io.say(format!(
                "Another company here has the same {}, so it came in without.",
                told.left_behind.join(" and ")
            ));
        }
        let without = told.entered.map_or(0, |entered| entered.without_password);
        if without > 0 {
            io.say(format!(
                "{without} of them have no password here: they ask for a link on the sign-in page, or `steading user reset-password` makes one."
            ));
        }
        Ok(())
    }
}

/// The passphrase of a file: where it holds secrets that may not stay behind, it is asked for.
pub(super) fn secrets_of(
    file: &Path,
    from_stdin: bool,
    may_stay: bool,
    consent: Consent,
) -> Result<Option<String>, Failure> {
    if from_stdin || !may_stay && transfer::holds_secrets(file) {
        return passphrase(from_stdin, consent, false).map(Some);
    }
    Ok(None)
}

/// Tables with their rows.
pub(super) fn table(sums: &[Sum]) -> String {
    let head = ["TABLE", "ROWS", "SHA256"].map(ToOwned::to_owned).to_vec();
    let rows = sums.iter().map(|sum| {
        let hash: String = sum.sha256.chars().take(16).collect();
        vec![sum.table.clone(), sum.rows.to_string(), hash]
    });
    out::columns(&std::iter::once(head).chain(rows).collect::<Vec<_>>())
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let exit = match trouble {
            Trouble::Failed(error) => return error.into(),
            Trouble::Unfit(_) => Exit::BadInput,
            Trouble::CannotWrite(_) => Exit::CannotWrite,
            Trouble::Refused(_) => Exit::Failed,
            Trouble::Configuration(_) => Exit::Configuration,
        };
        Self::new(exit, trouble.to_string())
    }
}

/// A path as the caller's shell means it, wherever the command runs.
pub(super) fn absolute(folder: Option<&str>, path: &Path) -> PathBuf {
    match folder {
        Some(folder) => Path::new(folder).join(path),
        None => path.to_owned(),
    }
}
