//! A key from a passphrase, for secrets that leave the instance in a file: argon2id gives the key, the usual envelope seals each
//! value for its place. The file keeps the salt, the work and a known answer, by which a wrong passphrase is told at once.

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    envelope::{self, DataKeyId, Place},
    error::CryptoError,
    random,
    sealed::Sealed,
    secret::{Key32, PlainSecret},
};

/// Work of a new key: 64 MiB, three passes; some 200 ms, once a file.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
/// A file may ask for at most this much.
const MOST_MEMORY_KIB: u32 = 256 * 1024;
const MOST_PASSES: u32 = 16;
const KNOWN: &[u8] = b"steading export";
const KNOWN_PLACE: Place<'static> = Place {
    service: "export",
    record: "passphrase",
    field: "known",
};

/// How a file's key comes from its passphrase. Safe to store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassphraseNote {
    /// `argon2id`.
    pub kdf: String,
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// 16 random bytes, base64url.
    pub salt: String,
    /// A known text, sealed under the key.
    pub known: String,
}

/// Seals and opens under the key of a passphrase, for one owner.
pub struct PassphraseKey {
    key: Key32,
    owner: Uuid,
}

impl std::fmt::Debug for PassphraseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PassphraseKey")
    }
}

impl PassphraseKey {
    /// A new key, and what the file keeps of it. Slow on purpose: not for the event loop.
    ///
    /// # Errors
    /// Where there is no randomness or no memory.
    pub fn new(passphrase: &str, owner: Uuid) -> Result<(Self, PassphraseNote), CryptoError> {
        let salt = random::bytes::<16>()?;
        let key = Self {
            key: derived(passphrase, &salt, MEMORY_KIB, PASSES)?,
            owner,
        };
        let note = PassphraseNote {
            kdf: "argon2id".to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: URL_SAFE_NO_PAD.encode(salt),
            known: key.seal(KNOWN_PLACE, KNOWN)?.into_string(),
        };
        Ok((key, note))
    }

    /// The key of a file; `None` where the passphrase is another one. Slow on purpose.
    ///
    /// # Errors
    /// Where the note cannot be read or asks for more work than is bearable.
    pub fn of(
        note: &PassphraseNote,
        passphrase: &str,
        owner: Uuid,
    ) -> Result<Option<Self>, CryptoError> {
        let bearable = note.kdf == "argon2id"
            && (8..=MOST_MEMORY_KIB).contains(&note.memory_kib)
            && (1..=MOST_PASSES).contains(&note.passes);
        let salt = URL_SAFE_NO_PAD
            .decode(&note.salt)
            .map_err(|_| CryptoError::Malformed)?;
        if !bearable || salt.len() != 16 {
            return Err(CryptoError::Malformed);
        }
        let key = Self {
            key: derived(passphrase, &salt, note.memory_kib, note.passes)?,
            owner,
        };
        let known = key.open(KNOWN_PLACE, &Sealed::parse(&note.known)?);
        Ok(known
            .is_ok_and(|plain| plain.expose() == KNOWN)
            .then_some(key))
    }

    /// Seals a secret for its place.
    ///
    /// # Errors
    /// Where it is too long or there is no randomness.
    pub fn seal(&self, place: Place<'_>, plain: &[u8]) -> Result<Sealed, CryptoError> {
        let nonce = random::bytes()?;
        let id = DataKeyId::FIRST;
        let bytes = envelope::seal_field(&self.key, self.owner, id, place, &nonce, plain)?;
        Ok(Sealed::from_bytes(&bytes))
    }

    /// Opens a secret in its place.
    ///
    /// # Errors
    /// Where it was sealed elsewhere or under another key.
    pub fn open(&self, place: Place<'_>, sealed: &Sealed) -> Result<PlainSecret, CryptoError> {
        envelope::open_field(&self.key, self.owner, place, &sealed.to_bytes()?)
    }
}

fn derived(
    passphrase: &str,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
) -> Result<Key32, CryptoError> {
    let params =
        Params::new(memory_kib, passes, 1, Some(32)).map_err(|_| CryptoError::PasswordHash)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Key32::fill_with(|key| {
        argon2
            .hash_password_into(passphrase.as_bytes(), salt, key)
            .map_err(|_| CryptoError::Hashing)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_passphrase_opens_and_only_in_its_place() {
        let owner = Uuid::from_u128(7);
        let (key, note) = PassphraseKey::new("six slow kettles", owner).unwrap();
        let place = Place {
            service: "partners",
            record: "prt_1",
            field: "payee",
        };
        let sealed = key.seal(place, b"DE89").unwrap();
        let again = PassphraseKey::of(&note, "six slow kettles", owner)
            .unwrap()
            .unwrap();
        assert_eq!(again.open(place, &sealed).unwrap().expose(), b"DE89");
        let elsewhere = Place {
            record: "prt_2",
            ..place
        };
        assert!(again.open(elsewhere, &sealed).is_err());
        assert!(
            PassphraseKey::of(&note, "six slow kettle", owner)
                .unwrap()
                .is_none()
        );
        let greedy = PassphraseNote {
            memory_kib: u32::MAX,
            ..note
        };
        assert!(PassphraseKey::of(&greedy, "six slow kettles", owner).is_err());
    }
}
