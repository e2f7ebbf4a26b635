//! The last part of a partner's link: 3 to 64 letters, digits, `-` or `_`, upper and lower case told apart.

use std::fmt;
use std::str::FromStr;

/// Words with a meaning of their own below `/r/`.
const RESERVED: [&str; 1] = ["identify"];
/// Letters of a drawn key: Crockford's base32, which can be read out.
const DRAWN: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 40 bits: enough that a taken one is a surprise, and a taken one is drawn again.
const DRAWN_LENGTH: usize = 8;

/// A link's key.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct LinkKey(String);

/// A text that is not a link's key.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("use 3 to 64 letters, digits, “-” or “_”")]
pub struct NotALinkKey;

impl LinkKey {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A key drawn by chance.
    pub fn drawn() -> Self {
        let mut random = [0_u8; DRAWN_LENGTH];
        if getrandom::fill(&mut random).is_err() {
            random = [0; DRAWN_LENGTH];
        }
        let letter =
            |byte: &u8| char::from(DRAWN.get(usize::from(byte & 31)).copied().unwrap_or(b'0'));
        Self(random.iter().map(letter).collect())
    }
}

impl FromStr for LinkKey {
    type Err = NotALinkKey;

    fn from_str(text: &str) -> Result<Self, NotALinkKey> {
        let fits = (3..=64).contains(&text.len())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            && !RESERVED.contains(&text);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotALinkKey)
        }
    }
}

impl fmt::Display for LinkKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_texts_are_keys() {
        for good in ["abc", "Slow-Kettle_2026", &"k".repeat(64)] {
            assert!(good.parse::<LinkKey>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "ab",
            &"k".repeat(65),
            "a b",
            "a/b",
            "ä-kettle",
            "a.b",
            "identify",
            "a%20b",
            "abc\n",
        ] {
            assert!(bad.parse::<LinkKey>().is_err(), "{bad}");
        }
    }

    #[test]
    fn drawn_keys_are_keys_and_differ() {
        let drawn: std::collections::HashSet<String> =
            (0..100).map(|_| LinkKey::drawn().to_string()).collect();
        assert!(drawn.len() > 98);
        assert!(drawn.iter().all(|key| key.parse::<LinkKey>().is_ok()));
    }
}
