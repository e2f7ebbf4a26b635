//! Keys, sealed values, passwords and tokens. Promises: no secret is printed by `Debug` or an
//! error, randomness comes from the operating system alone, and a wrong key or a moved value is
//! refused rather than guessed at. Nothing here touches a store.

mod aead;
pub mod api_key;
mod cache;
mod crc;
mod envelope;
pub mod error;
mod harden;
mod mac;
mod passphrase;
pub mod password;
pub mod policy;
mod random;
pub mod ring;
mod sealed;
mod secret;
pub mod sources;
pub mod token;
pub mod vault;

pub use api_key::{ApiKeyId, HashedApiKey, PlainApiKey};
pub use envelope::{DataKeyId, KeyId, Place};
pub use error::CryptoError;
pub use harden::harden_process;
pub use passphrase::{PassphraseKey, PassphraseNote};
pub use password::{HashedPassword, PasswordHasher, PlainPassword};
pub use policy::{PersonalWords, WeakPassword};
pub use ring::KeyRing;
pub use sealed::Sealed;
pub use secret::{Key32, PlainSecret};
pub use sources::KeySources;
pub use token::{HashedToken, PlainToken};
pub use vault::{DataKey, SYSTEM, Vault, WrappedKey};

#[cfg(test)]
mod known_answers;
