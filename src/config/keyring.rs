//! Where the key ring comes from. Its text is read by `crypto`.

use std::path::{Path, PathBuf};

use super::error::Problem;
use super::key::{Fallback, Key, Kind, Secrecy};
use super::reader::Reader;
use super::secret::Secret;

/// Where the key ring comes from.
#[derive(Debug, Clone)]
pub enum Keys {
    /// A file, made with mode 0600 when a new instance has none.
    File(PathBuf),
    /// The configuration itself.
    Ring(Secret),
}

pub(super) const KEYS: &[Key] = &[
    Key::new("keys.file", Kind::Path, Fallback::Derived("`keys` in `data_dir`"))
        .example("/etc/steading/keys")
        .doc("The file with the key ring. Keep a copy of it apart from the data: without it, sealed values cannot be opened."),
    Key::new("keys.ring", Kind::Text, Fallback::Unset("the ring stands in `keys.file`"))
        .secrecy(Secrecy::Secret)
        .doc("The key ring itself: `label:base64 of 32 bytes`, several separated by commas, the first one active. Labels are for people. Give either this or `keys.file`."),
];

impl Keys {
    pub(super) fn read(reader: &mut Reader, data_dir: &Path) -> Option<Self> {
        let file = reader.parse_with("keys.file", |text| Ok(PathBuf::from(text)));
        let ring = reader.secret("keys.ring");
        match (file, ring) {
            (Some(_), Some(_)) => {
                let place = |name| {
                    reader
                        .origin(name)
                        .map(|origin| origin.place.clone())
                        .unwrap_or_default()
                };
                let reason = format!(
                    "keys.file ({}) and keys.ring ({}) are both given; keep one of them",
                    place("keys.file"),
                    place("keys.ring")
                );
                reader.problems.push(Problem::Together { reason });
                None
            }
            (None, Some(ring)) => Some(Self::Ring(ring)),
            (Some(file), None) => Some(Self::File(file)),
            (None, None) => {
                let file = data_dir.join("keys");
                reader.derived("keys.file", file.display());
                Some(Self::File(file))
            }
        }
    }
}
