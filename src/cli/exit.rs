//! How a command ends: one table of exit codes, and failures that carry theirs.

use crate::Error;
use crate::config::ConfigError;

/// Every way the process may end. The numbers are promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// It worked.
    Fine = 0,
    /// It failed.
    Failed = 1,
    /// It was called wrongly.
    Usage = 2,
    /// What it was given to read does not hold.
    BadInput = 65,
    /// A database or another machine is out of reach.
    Unavailable = 69,
    /// A file cannot be written.
    CannotWrite = 73,
    /// Something is locked; a later attempt has a chance.
    TryLater = 75,
    /// It is not allowed.
    NotAllowed = 77,
    /// The configuration does not hold.
    Configuration = 78,
}

impl Exit {
    /// All of them, in order.
    pub const ALL: [Self; 9] = [
        Self::Fine,
        Self::Failed,
        Self::Usage,
        Self::BadInput,
        Self::Unavailable,
        Self::CannotWrite,
        Self::TryLater,
        Self::NotAllowed,
        Self::Configuration,
    ];

    /// The number.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// What it means, as help and manual say it.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Failed => "failed",
            Self::Usage => "called with wrong arguments",
            Self::BadInput => "the input does not hold; nothing was changed",
            Self::Unavailable => "a database or another machine is out of reach",
            Self::CannotWrite => "a file cannot be written",
            Self::TryLater => "something is locked; try again later",
            Self::NotAllowed => "not allowed",
            Self::Configuration => "the configuration does not hold",
        }
    }
}

/// Why a command ends with something else than zero.
#[derive(Debug)]
pub struct Failure {
    /// The code.
    pub exit: Exit,
    /// A sentence for standard error; empty where the answer was already given.
    pub message: String,
}

impl Failure {
    /// A failure with its sentence.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self {
            exit,
            message: message.into(),
        }
    }

    /// The plain kind: exit code 1.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Exit::Failed, message)
    }

    /// A failure whose words are already on the screen.
    pub fn silent(exit: Exit) -> Self {
        Self::new(exit, "")
    }
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let text = error.to_string();
        let message = match error.problems.as_slice() {
            [_] => format!("configuration: {text}"),
            _ => format!("configuration:\n  {}", text.replace('\n', "\n  ")),
        };
        Self::new(Exit::Configuration, message)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let exit = match &error {
            Error::Unauthenticated
            | Error::Forbidden(_)
            | Error::Refused(_)
            | Error::Frozen
            | Error::ProductDisabled(_)
            | Error::ProjectLimited(_)
            | Error::PlanLimit { .. } => Exit::NotAllowed,
            Error::Invalid(_) | Error::BadRequest { .. } | Error::TooLarge { .. } => Exit::BadInput,
            Error::Busy => Exit::Unavailable,
            Error::TooMany { .. } => Exit::TryLater,
            Error::NotFound
            | Error::MethodNotAllowed { .. }
            | Error::Conflict { .. }
            | Error::Duplicate
            | Error::Stale
            | Error::Gone(_)
            | Error::Database(_)
            | Error::Internal(_) => Exit::Failed,
        };
        let message = match &error {
            Error::Invalid(fields) => {
                let line = |field: &crate::error::FieldError| {
                    format!(
                        "\n  {}: {}",
                        field.pointer.trim_start_matches('/'),
                        field.message
                    )
                };
                format!("{error}{}", fields.iter().map(line).collect::<String>())
            }
            // Whoever runs a command on this machine may read what is kept from visitors.
            Error::Database(source) | Error::Internal(source) => format!("{error} {source}"),
            _ => error.to_string(),
        };
        Self::new(exit, message)
    }
}

/// What a command hands back.
pub type Outcome = Result<(), Failure>;
