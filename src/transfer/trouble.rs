//! Why an export, import, backup or restore did not happen; each kind has its exit code.

use crate::Error;
use crate::crypto::CryptoError;
use crate::db::carry::FileError;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The file is damaged, foreign, or from a newer version: exit code 65.
    #[error("{0}")]
    Unfit(String),
    /// The target cannot be written: exit code 73.
    #[error("{0}")]
    CannotWrite(String),
    /// What is there does not allow it: exit code 1.
    #[error("{0}")]
    Refused(String),
    /// The key or configuration does not fit: exit code 78.
    #[error("{0}")]
    Configuration(String),
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] Error),
}

impl From<FileError> for Trouble {
    fn from(error: FileError) -> Self {
        match error {
            FileError::Unfit(sentence) => Self::Unfit(sentence),
            FileError::Failed(error) => Self::Failed(error),
        }
    }
}

impl From<CryptoError> for Trouble {
    fn from(error: CryptoError) -> Self {
        Self::Failed(Error::Internal(Box::new(error)))
    }
}

/// Runs what blocks on a thread that may.
pub(super) async fn off_loop<T: Send + 'static, E: From<Error> + Send + 'static>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, E> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|e| Err(Error::Internal(Box::new(e)).into()))
}
