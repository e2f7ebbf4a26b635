//! A sealed value as it is stored: text, `enc:v1:` and the envelope in base64url without padding.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::{
    envelope::{self, DataKeyId},
    error::CryptoError,
};

const PREFIX: &str = "enc:v1:";

/// A sealed value. Safe to store; useless without the owner's data key and its place.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(String);

impl Sealed {
    /// Takes a stored text, if it has the form of a sealed value. Whether it opens is not known yet.
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        let sealed = Self(text.to_owned());
        envelope::field_key_id(&sealed.to_bytes()?)?;
        Ok(sealed)
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text to store.
    pub fn into_string(self) -> String {
        self.0
    }

    /// The data key it was sealed under.
    pub fn data_key_id(&self) -> Result<DataKeyId, CryptoError> {
        envelope::field_key_id(&self.to_bytes()?)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Self {
        let mut text = PREFIX.to_owned();
        URL_SAFE_NO_PAD.encode_string(bytes, &mut text);
        Self(text)
    }

    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>, CryptoError> {
        let text = self.0.strip_prefix(PREFIX).ok_or(CryptoError::Malformed)?;
        URL_SAFE_NO_PAD
            .decode(text)
            .map_err(|_| CryptoError::Malformed)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed")
    }
}
