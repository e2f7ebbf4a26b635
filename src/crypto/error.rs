//! What can go wrong with keys and secrets, in sentences for the operator. No variant carries a
//! key, a secret or a piece of either.

use std::path::PathBuf;

use uuid::Uuid;

use super::envelope::{DataKeyId, KeyId};

/// A failure in `crypto`.
#[derive(Debug, thiserror::Error)]
pub enum CryptoError {
    /// A key ring text could not be read. Names the entry by its place, never by its content.
    #[error("{origin}: key {position}: {reason}")]
    RingEntry {
        /// Where the text came from: a path or a configuration key.
        origin: String,
        /// Which entry, counted from 1.
        position: usize,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A key ring text holds no key at all.
    #[error("{origin} holds no key; it needs at least one `label:base64 of 32 bytes`")]
    EmptyRing {
        /// Where the text came from.
        origin: String,
    },
    /// A key file is not safe to read.
    #[error("The key file {} {reason}", path.display())]
    UnsafeKeyFile {
        /// The file.
        path: PathBuf,
        /// What is wrong, and what makes it right.
        reason: String,
    },
    /// A key file could not be read or written.
    #[error("The key file {} cannot be used: {source}", path.display())]
    KeyFileIo {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Two sources give keys; guessing which one is meant could seal data under the wrong key.
    #[error("Keys are given twice, by {first} and by {second}; keep one of them")]
    AmbiguousSources {
        /// The source that would be read first.
        first: String,
        /// Another source that gives keys too.
        second: String,
    },
    /// There is sealed data but no key; a new key could not open it, so none is made.
    #[error(
        "The store holds sealed data but no key was found (tried {tried}); nothing was written"
    )]
    NoKeys {
        /// The sources that were tried.
        tried: String,
    },
    /// A data key is wrapped under a root key that is not in the ring.
    #[error(
        "The store needs root key {kek_id}, which is not among the keys of {origin} ({ring}); nothing was written"
    )]
    MissingKey {
        /// The root key that is missing.
        kek_id: KeyId,
        /// The ids that are there, comma-separated.
        ring: String,
        /// Where the ring came from.
        origin: String,
    },
    /// The store has no wrapped data key of this id for this owner, or it was not loaded.
    #[error("Data key {id} of {owner} is not loaded")]
    DataKeyUnknown {
        /// The tenant, or nil for the system.
        owner: Uuid,
        /// The data key.
        id: DataKeyId,
    },
    /// The owner has no active data key to seal with.
    #[error("{owner} has no active data key")]
    NoActiveKey {
        /// The tenant, or nil for the system.
        owner: Uuid,
    },
    /// The bytes are not a sealed value or a wrapped key of a known format.
    #[error("This is not a sealed value of a known format")]
    Malformed,
    /// The value was altered, moved from its place, or sealed under another key.
    #[error("The sealed value was altered, moved or sealed under another key")]
    Refused,
    /// A secret longer than 65,535 bytes, or a place name as long.
    #[error("The value is too long to seal (65,535 bytes at most)")]
    TooLong,
    /// More data keys than an id can count.
    #[error("The owner has used up its data key ids")]
    DataKeysExhausted,
    /// The operating system gave no randomness.
    #[error("The operating system gave no randomness")]
    Randomness,
    /// A stored password hash cannot be read, or asks for more work than allowed.
    #[error("The stored password hash is not an argon2id hash this program accepts")]
    PasswordHash,
    /// Too many passwords are being checked at once; try again shortly.
    #[error("Too many passwords are being checked at once")]
    Busy,
    /// Hashing stopped half-way: the process is shutting down or out of memory.
    #[error("The password could not be hashed")]
    Hashing,
    /// The process could not be protected against core dumps.
    #[error("The process could not be protected against core dumps: {0}")]
    Harden(std::io::Error),
}

impl CryptoError {
    /// Whether the operator's configuration is at fault (exit code 78).
    pub fn is_configuration(&self) -> bool {
        matches!(
            self,
            Self::RingEntry { .. }
                | Self::EmptyRing { .. }
                | Self::UnsafeKeyFile { .. }
                | Self::KeyFileIo { .. }
                | Self::AmbiguousSources { .. }
                | Self::NoKeys { .. }
                | Self::MissingKey { .. }
        )
    }
}

impl From<CryptoError> for crate::Error {
    fn from(error: CryptoError) -> Self {
        match error {
            CryptoError::Busy => Self::Busy,
            other => Self::Internal(Box::new(other)),
        }
    }
}
