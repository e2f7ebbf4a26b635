//! What can go wrong, in the terms of a caller who can act on it. Status, code and page come from `web/problem.rs`.
//!
//! Store functions return [`Result`]; pure rules return small enums of their own; actions turn those into one of these.

/// The error behind a [`Error::Database`] or [`Error::Internal`]: kept for the log, never shown.
pub type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

/// The program's result.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One thing wrong with one value of a request.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// JSON pointer (API) or `/name` of the form field.
    pub pointer: String,
    /// A sentence that says what is right.
    pub message: String,
}

impl FieldError {
    /// An error at a field: `name` is written as it is in the form or the body.
    pub fn new(name: &str, message: impl Into<String>) -> Self {
        Self {
            pointer: if name.starts_with('/') {
                name.to_owned()
            } else {
                format!("/{name}")
            },
            message: message.into(),
        }
    }
}

/// What a caller can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is there, or it belongs to somebody else: both look the same.
    #[error("There is nothing here.")]
    NotFound,
    /// Nobody is signed in, or the key is not (or no longer) good.
    #[error("Sign in first.")]
    Unauthenticated,
    /// Signed in, but without the named right.
    #[error("This needs the right “{0}”.")]
    Forbidden(String),
    /// The request was refused before it reached an action (CSRF, wrong origin, missing setup token …).
    #[error("{0}")]
    Refused(String),
    /// The company is frozen: it can be read and not changed.
    #[error(
        "This company is frozen: everything can be read, nothing can be changed. Ask whoever runs this instance to thaw it."
    )]
    Frozen,
    /// The company does not have this product, or not any more.
    #[error(
        "The product “{0}” is switched off for this company. Ask whoever runs this instance to switch it on."
    )]
    ProductDisabled(String),
    /// The key is limited to this project, and what was asked for reaches beyond it.
    #[error(
        "This key is limited to the project “{0}”, and this reaches beyond it. Use a key that is not limited."
    )]
    ProjectLimited(String),
    /// The company's plan is used up.
    #[error("{message}")]
    PlanLimit {
        /// A sentence that names the limit.
        message: String,
        /// Seconds until it passes by itself, where it does.
        retry_after_seconds: Option<u64>,
    },
    /// Values that do not fit, each with its place.
    #[error("Some values do not fit.")]
    Invalid(Vec<FieldError>),
    /// The request itself cannot be read.
    #[error("{message}")]
    BadRequest {
        /// Stable snake_case code.
        code: &'static str,
        /// A sentence.
        message: String,
    },
    /// It fits, but not with what is there now.
    #[error("{message}")]
    Conflict {
        /// Stable snake_case code.
        code: &'static str,
        /// A sentence.
        message: String,
    },
    /// A unique value is taken. Actions that know which one turn this into `Invalid` or `Conflict`.
    #[error("This already exists.")]
    Duplicate,
    /// The record changed since it was read (`If-Match`).
    #[error("This was changed by somebody else in the meantime.")]
    Stale,
    /// It was here and is not any more.
    #[error("{0}")]
    Gone(String),
    /// The path is known, the method is not.
    #[error("This address takes {allow}.")]
    MethodNotAllowed {
        /// The methods it takes.
        allow: String,
    },
    /// The body is larger than this route takes.
    #[error("The request is larger than {limit_bytes} bytes.")]
    TooLarge {
        /// The limit of the route.
        limit_bytes: usize,
    },
    /// Too many requests of one kind.
    #[error("Too many attempts. Try again in {retry_after_seconds} seconds.")]
    TooMany {
        /// Seconds until the next attempt has a chance.
        retry_after_seconds: u64,
    },
    /// The store cannot take this now: full queue, a failed batch, no connection. Nothing was changed.
    #[error("The store is busy or out of reach. Nothing was changed; try again.")]
    Busy,
    /// A failure of the database that is not a rule of ours.
    #[error("The store failed.")]
    Database(#[source] Source),
    /// A failure nobody outside can act on.
    #[error("Something went wrong on our side.")]
    Internal(#[source] Source),
}

impl Error {
    /// An internal failure with a sentence for the log.
    pub fn internal(message: impl Into<String>) -> Self {
        Self::Internal(message.into().into())
    }

    /// One field that does not fit.
    pub fn invalid(name: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError::new(name, message)])
    }

    /// A conflict with its code.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict {
            code,
            message: message.into(),
        }
    }

    /// Says which value is taken where the store only knew that one is.
    #[must_use]
    pub fn duplicate_of(self, name: &str, message: &str) -> Self {
        match self {
            Self::Duplicate => Self::invalid(name, message),
            other => other,
        }
    }
}
