//! API keys: `st_` + a public id of 10 + `_` + 43 characters of 256 random bits + a checksum of 6.
//! The public id finds the row, HMAC-SHA256 under a pepper proves the secret, the checksum refuses
//! a mistyped key without asking the store.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{crc, error::CryptoError, random, secret::Key32, token};

const SCHEME: &str = "st_";
const ID_CHARS: usize = 10;
const SECRET_CHARS: usize = 43;
const CHECKSUM_CHARS: usize = 6;
/// Crockford's base 32 in lower case: no letter that reads as a digit.
const ID_ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The public part of an API key, by which its row is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ApiKeyId(String);

impl ApiKeyId {
    /// Takes a public id, if it has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = text.len() == ID_CHARS && text.bytes().all(|byte| ID_ALPHABET.contains(&byte));
        fits.then(|| Self(text.to_owned()))
    }

    /// The id's 10 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How the key is shown in lists: `st_` and the public id.
    pub fn prefix(&self) -> String {
        format!("{SCHEME}{}", self.0)
    }

    fn random() -> Result<Self, CryptoError> {
        let letter = |byte: &u8| {
            ID_ALPHABET
                .get(usize::from(byte % 32))
                .copied()
                .map_or('0', char::from)
        };
        Ok(Self(
            random::bytes::<ID_CHARS>()?.iter().map(letter).collect(),
        ))
    }
}

/// An API key in the clear: shown once when made, received with each request, never stored.
pub struct PlainApiKey {
    id: ApiKeyId,
    secret: Zeroizing<String>,
}

impl PlainApiKey {
    /// A fresh key.
    pub fn generate() -> Result<Self, CryptoError> {
        Ok(Self {
            id: ApiKeyId::random()?,
            secret: token::random_text()?,
        })
    }

    /// Takes a key as received, if form and checksum are right.
    pub fn parse(text: &str) -> Option<Self> {
        let rest = text.strip_prefix(SCHEME)?;
        let (id, rest) = rest.split_at_checked(ID_CHARS)?;
        let (secret, checksum) = rest.strip_prefix('_')?.split_at_checked(SECRET_CHARS)?;
        let id = ApiKeyId::parse(id)?;
        let body = text
            .len()
            .checked_sub(CHECKSUM_CHARS)
            .and_then(|end| text.get(..end))?;
        let fits = token::is_random_text(secret) && crc::checksum(body.as_bytes()) == checksum;
        fits.then(|| Self {
            id,
            secret: Zeroizing::new(secret.to_owned()),
        })
    }

    /// The public part.
    pub fn id(&self) -> &ApiKeyId {
        &self.id
    }

    /// How the key is shown in lists: `st_` and the public id.
    pub fn prefix(&self) -> String {
        self.id.prefix()
    }

    /// The whole key, to be shown once.
    pub fn expose(&self) -> Zeroizing<String> {
        let body = Zeroizing::new(format!("{}_{}", self.id.prefix(), *self.secret));
        Zeroizing::new(format!("{}{}", *body, crc::checksum(body.as_bytes())))
    }

    /// What is stored: the secret's 43 characters under the pepper.
    pub fn hash(&self, pepper: &Key32) -> HashedApiKey {
        HashedApiKey(pepper.mac(&[self.secret.as_bytes()]))
    }
}

impl fmt::Debug for PlainApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainApiKey")
    }
}

/// The stored form of an API key's secret. Compared in constant time.
#[derive(Clone, Copy)]
pub struct HashedApiKey([u8; 32]);

impl HashedApiKey {
    /// A hash as kept in a store.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for HashedApiKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for HashedApiKey {}

impl fmt::Debug for HashedApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashedApiKey")
    }
}
