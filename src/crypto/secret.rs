//! Values that are wiped on drop and whose `Debug` prints nothing but their type.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

use super::{error::CryptoError, mac::hmac_sha256, random};

/// A 256-bit key. Boxed, so that moving it leaves no copy behind on the stack.
pub struct Key32(Box<[u8; 32]>);

impl Key32 {
    /// A fresh random key.
    pub fn random() -> Result<Self, CryptoError> {
        Self::fill_with(|bytes| random::fill(bytes))
    }

    /// A key of these bytes. The caller wipes its own copy.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Box::new(*bytes))
    }

    /// A key whose bytes `fill` writes in place.
    pub(crate) fn fill_with<E>(
        fill: impl FnOnce(&mut [u8; 32]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut key = Self(Box::new([0; 32]));
        fill(&mut key.0)?;
        Ok(key)
    }

    /// The bytes themselves. Use them at once, keep no copy.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// HMAC-SHA256 of the parts one after another, under this key.
    pub fn mac(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac_sha256(&self.0, parts)
    }
}

impl Drop for Key32 {
    fn drop(&mut self) {
        self.0.as_mut_slice().zeroize();
    }
}

impl PartialEq for Key32 {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Key32 {}

impl fmt::Debug for Key32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key32")
    }
}

/// A secret in the clear: an opened value, or one about to be sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct PlainSecret(Zeroizing<Vec<u8>>);

impl PlainSecret {
    /// The bytes themselves.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The secret as text, if it is text.
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }
}

impl From<Vec<u8>> for PlainSecret {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<String> for PlainSecret {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&str> for PlainSecret {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

impl fmt::Debug for PlainSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainSecret")
    }
}
