//! The key ring: the root keys that wrap data keys. The first is active, the others only open.
//! Parsing never repeats a piece of the text in an error, since it may be a key in the wrong place.

use std::fmt;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use zeroize::{Zeroize, Zeroizing};

use super::{
    envelope::{self, DataKeyId, KeyId},
    error::CryptoError,
    random,
    secret::Key32,
    vault::{SYSTEM, WrappedKey},
};

const MAX_LABEL_BYTES: usize = 32;

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A root key with the label people know it by.
struct RootKey {
    label: String,
    id: KeyId,
    key: Key32,
}

/// One or more root keys, the first active.
pub struct KeyRing {
    origin: String,
    active: RootKey,
    others: Vec<RootKey>,
}

impl KeyRing {
    /// Reads `label:base64[,label:base64…]`. `origin` names the source in errors.
    pub fn parse(origin: &str, text: &str) -> Result<Self, CryptoError> {
        Self::from_entries(origin, text.trim().trim_end_matches(',').split(','))
    }

    /// Reads one `label:base64` a line; empty lines and lines that open with `#` are skipped.
    pub fn parse_lines(origin: &str, text: &str) -> Result<Self, CryptoError> {
        Self::from_entries(
            origin,
            text.lines()
                .filter(|line| !line.trim_start().starts_with('#')),
        )
    }

    fn from_entries<'a>(
        origin: &str,
        entries: impl Iterator<Item = &'a str>,
    ) -> Result<Self, CryptoError> {
        let mut keys: Vec<RootKey> = Vec::new();
        for entry in entries.map(str::trim).filter(|entry| !entry.is_empty()) {
            let key = parse_entry(entry).and_then(|key| refuse_twin(&keys, key));
            let position = keys.len() + 1;
            keys.push(key.map_err(|reason| CryptoError::RingEntry {
                origin: origin.to_owned(),
                position,
                reason,
            })?);
        }
        let mut keys = keys.into_iter();
        let active = keys.next().ok_or_else(|| CryptoError::EmptyRing {
            origin: origin.to_owned(),
        })?;
        Ok(Self {
            origin: origin.to_owned(),
            active,
            others: keys.collect(),
        })
    }

    /// A ring of one fresh key, and the line that stores it.
    pub(crate) fn generate(
        origin: &str,
        label: &str,
    ) -> Result<(Self, Zeroizing<String>), CryptoError> {
        let key = Key32::random()?;
        let line = Zeroizing::new(format!(
            "{label}:{}\n",
            *Zeroizing::new(BASE64.encode(key.expose()))
        ));
        Ok((Self::parse_lines(origin, &line)?, line))
    }

    /// The id of the active key.
    pub fn active_id(&self) -> KeyId {
        self.active.id
    }

    /// Label and id of every key, the active one first.
    pub fn keys(&self) -> impl Iterator<Item = (&str, KeyId)> {
        self.all().map(|root| (root.label.as_str(), root.id))
    }

    /// Where the ring came from: a path or a configuration key.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Checks that the ring opens a store: every data key names a root key we have, and the
    /// system's own data keys truly open. Reads only, so nothing is written under a wrong key.
    /// A damaged tenant key is left to fail when that tenant uses it: it must not stop the others.
    pub fn check<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a WrappedKey>,
    ) -> Result<(), CryptoError> {
        for key in keys {
            let opened = self.unwrap(key).map(drop);
            if key.owner == SYSTEM || matches!(opened, Err(CryptoError::MissingKey { .. })) {
                opened?;
            }
        }
        Ok(())
    }

    /// Wraps a data key under the active root key.
    pub(crate) fn wrap(
        &self,
        owner: uuid::Uuid,
        id: DataKeyId,
        key: &Key32,
    ) -> Result<Vec<u8>, CryptoError> {
        envelope::wrap_key(&self.active.key, owner, id, &random::bytes()?, key)
    }

    /// Unwraps a data key with the one root key it names; no other is tried.
    pub(crate) fn unwrap(&self, wrapped: &WrappedKey) -> Result<Key32, CryptoError> {
        let kek_id = wrapped.kek_id()?;
        let root = self
            .all()
            .find(|root| root.id == kek_id)
            .ok_or_else(|| self.missing(kek_id))?;
        envelope::unwrap_key(&root.key, wrapped.owner, wrapped.id, &wrapped.wrapped)
    }

    fn missing(&self, kek_id: KeyId) -> CryptoError {
        let ring = self
            .all()
            .map(|root| root.id.to_string())
            .collect::<Vec<_>>()
            .join(", ");
        CryptoError::MissingKey {
            kek_id,
            ring,
            origin: self.origin.clone(),
        }
    }

    fn all(&self) -> impl Iterator<Item = &RootKey> {
        std::iter::once(&self.active).chain(&self.others)
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyRing")?;
        f.debug_list()
            .entries(self.all().map(|root| root.id))
            .finish()
    }
}

fn parse_entry(entry: &str) -> Result<RootKey, &'static str> {
    let (label, base64) = entry.split_once(':').ok_or("is not `label:base64`")?;
    let label_is_plain = label
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    // The length limit also catches a key in the label's place: 32 bytes of base64 are 43 letters.
    if label.is_empty() || label.len() > MAX_LABEL_BYTES || !label_is_plain {
        return Err("has a label that is not 1 to 32 letters, digits, `-`, `_` or `.`");
    }
    let mut bytes = Zeroizing::new([0_u8; 64]);
    let wrong = "is not base64 of exactly 32 bytes (make one with `openssl rand -base64 32`)";
    let length = BASE64
        .decode_slice(base64.trim(), bytes.as_mut_slice())
        .map_err(|_| wrong)?;
    let (key, rest) = bytes.split_first_chunk_mut::<32>().ok_or(wrong)?;
    if length != key.len() {
        return Err(wrong);
    }
    rest.zeroize();
    if key.iter().all(|byte| Some(byte) == key.first()) {
        return Err("repeats a single byte and is no key");
    }
    let key = Key32::from_bytes(key);
    Ok(RootKey {
        label: label.to_owned(),
        id: KeyId::of(&key),
        key,
    })
}

fn refuse_twin(earlier: &[RootKey], key: RootKey) -> Result<RootKey, &'static str> {
    if earlier.iter().any(|other| other.label == key.label) {
        return Err("has the label of an earlier key");
    }
    if earlier.iter().any(|other| other.id == key.id) {
        return Err("is the same key as an earlier one");
    }
    Ok(key)
}
