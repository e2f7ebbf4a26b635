//! CRC-32 (IEEE 802.3) and its text in base 62: the checksum of API keys, which tells a mistyped key
//! and lets secret scanners find leaked ones. It protects against accidents, not against people.

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// CRC-32 of `bytes`.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xEDB8_8320 & 0_u32.wrapping_sub(crc & 1))
        })
    })
}

/// CRC-32 of `bytes` as six digits in base 62.
pub(crate) fn checksum(bytes: &[u8]) -> String {
    let crc = u64::from(crc32(bytes));
    let digit = |power: u32| {
        let index = usize::try_from(crc / 62_u64.pow(power) % 62).unwrap_or_default();
        DIGITS.get(index).copied().map_or('0', char::from)
    };
    (0..6).rev().map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_answers() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
        assert_eq!(checksum(b""), "000000");
        assert_eq!(checksum(b"123456789").len(), 6);
    }
}
