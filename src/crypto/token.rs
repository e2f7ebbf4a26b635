//! One-time and session tokens: 256 random bits shown once, of which only a hash is stored. The
//! input is random, so a plain SHA-256 cannot be guessed back and needs no salt or slow hash.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{error::CryptoError, secret::Key32};

/// A token in the clear: goes into a cookie or a link, never into a store.
pub struct PlainToken(Zeroizing<String>);

impl PlainToken {
    /// A fresh token.
    pub fn generate() -> Result<Self, CryptoError> {
        Ok(Self(random_text()?))
    }

    /// Takes a token as received, if it has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        is_random_text(text).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// The token's text, 43 characters of base64url.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is stored.
    pub fn hash(&self) -> HashedToken {
        HashedToken(Sha256::digest(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for PlainToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainToken")
    }
}

/// The stored form of a token. Compared in constant time.
#[derive(Clone, Copy)]
pub struct HashedToken([u8; 32]);

impl HashedToken {
    /// A hash as kept in a store.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes to store.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for HashedToken {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for HashedToken {}

impl fmt::Debug for HashedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashedToken")
    }
}

/// 256 random bits as 43 characters of base64url.
pub(crate) fn random_text() -> Result<Zeroizing<String>, CryptoError> {
    Ok(Zeroizing::new(
        URL_SAFE_NO_PAD.encode(Key32::random()?.expose()),
    ))
}

/// Whether `text` is exactly 256 bits of base64url.
pub(crate) fn is_random_text(text: &str) -> bool {
    let mut bytes = Zeroizing::new([0_u8; 33]);
    text.len() == 43
        && URL_SAFE_NO_PAD
            .decode_slice(text, bytes.as_mut_slice())
            .is_ok_and(|length| length == 32)
}
