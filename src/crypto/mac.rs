//! HMAC-SHA256, without a failure to handle.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

/// HMAC-SHA256 of the parts one after another.
pub(crate) fn hmac_sha256(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC pads a short key with zeros to its block of 64 bytes; doing it here makes the length
    // right by type.
    let mut block = Zeroizing::new([0_u8; 64]);
    if let Some(start) = block.first_chunk_mut::<32>() {
        start.copy_from_slice(key);
    }
    let mut mac = Hmac::<Sha256>::new((&*block).into());
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}
