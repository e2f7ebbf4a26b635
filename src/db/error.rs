//! From the database's failures to ours, and which of them poison a batch.

use diesel::result::{DatabaseErrorKind, Error as Diesel};

use crate::Error;

impl From<Diesel> for Error {
    fn from(error: Diesel) -> Self {
        match error {
            Diesel::NotFound => Self::NotFound,
            Diesel::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Duplicate,
            Diesel::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => Self::conflict(
                "in_use",
                "Something else refers to this, or what it refers to is gone.",
            ),
            other => Self::Database(Box::new(other)),
        }
    }
}

impl From<diesel::r2d2::PoolError> for Error {
    fn from(error: diesel::r2d2::PoolError) -> Self {
        tracing::warn!(%error, "No database connection to be had");
        Self::Busy
    }
}

impl Error {
    /// Whether a disk had no room. SQLite and the system say so in words alone.
    pub fn is_full(&self) -> bool {
        let reason = self.reason();
        let words = ["disk is full", "No space left", "quota exceeded"];
        words.iter().any(|word| reason.contains(word))
    }

    /// What lies behind an error of the store, for the log.
    pub(super) fn reason(&self) -> String {
        match self {
            Self::Database(source) | Self::Internal(source) => source.to_string(),
            other => other.to_string(),
        }
    }
}

/// What a failed closure means for the transaction around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A rule of ours or a constraint: this closure alone is rolled back.
    Alone,
    /// Two transactions met (PostgreSQL): run it again.
    Again,
    /// The connection can no longer be trusted.
    Poisoned,
}

pub(super) fn verdict(error: &Error) -> Verdict {
    let Error::Database(source) = error else {
        return Verdict::Alone;
    };
    match source.downcast_ref::<Diesel>() {
        Some(Diesel::DatabaseError(kind, info)) => match kind {
            DatabaseErrorKind::CheckViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::ReadOnlyTransaction => Verdict::Alone,
            DatabaseErrorKind::SerializationFailure => Verdict::Again,
            _ if info.message() == "deadlock detected" => Verdict::Again,
            _ if is_constraint(info.message()) => Verdict::Alone,
            _ => Verdict::Poisoned,
        },
        Some(
            Diesel::RollbackTransaction
            | Diesel::SerializationError(_)
            | Diesel::DeserializationError(_)
            | Diesel::QueryBuilderError(_),
        ) => Verdict::Alone,
        _ => Verdict::Poisoned,
    }
}

/// The server takes no writes: it is a standby, or was made read-only.
pub(super) fn is_read_only(error: &Error) -> bool {
    let Error::Database(source) = error else {
        return false;
    };
    matches!(
        source.downcast_ref::<Diesel>(),
        Some(Diesel::DatabaseError(
            DatabaseErrorKind::ReadOnlyTransaction,
            _
        ))
    )
}

/// Constraints of SQLite that diesel has no kind for: a strict column's type, and the triggers that guard the audit trail.
fn is_constraint(message: &str) -> bool {
    message == "the audit trail is append-only"
        || (message.starts_with("cannot store ") && message.contains(" value in "))
}
