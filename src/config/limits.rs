//! How much one company may ask for, so that the others are served too.

use super::key::{Fallback, Key, Kind};
use super::reader::Reader;

/// Most requests a second that can be set: far above what one process answers.
const MOST: u32 = 1_000_000;

/// How much one company may ask for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Limits {
    /// Requests a second; unset, there is no limit in single mode, and one where many companies are served.
    pub given_requests_per_second: Option<u32>,
}

pub(super) const KEYS: &[Key] = &[Key::new(
    "limits.requests_per_second",
    Kind::Count,
    Fallback::Unset("no limit in single mode, 1000 where many companies are served"),
)
.example("500")
.doc("Requests a second that one company may make over a while, its visitors' clicks included; twice as many at once. More are answered 429.")];

impl Limits {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        Some(Self {
            given_requests_per_second: reader.count("limits.requests_per_second", MOST),
        })
    }
}
