//! AES-256-GCM with a 96-bit nonce and a 128-bit tag, on buffers of the right size by type.

use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};

use super::error::CryptoError;

/// Encrypts `text` in place and returns the tag.
pub(crate) fn encrypt(
    key: &[u8; 32],
    nonce: &[u8; 12],
    aad: &[u8],
    text: &mut [u8],
) -> Result<[u8; 16], CryptoError> {
    Aes256Gcm::new(key.into())
        .encrypt_inout_detached(nonce.into(), aad, text.into())
        .map(Into::into)
        .map_err(|_| CryptoError::TooLong)
}

/// Checks the tag and only then decrypts `text` in place.
pub(crate) fn decrypt(
    key: &[u8; 32],
    nonce: &[u8; 12],
    aad: &[u8],
    text: &mut [u8],
    tag: &[u8; 16],
) -> Result<(), CryptoError> {
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(nonce.into(), aad, text.into(), tag.into())
        .map_err(|_| CryptoError::Refused)
}
