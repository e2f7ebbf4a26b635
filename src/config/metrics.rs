//! Figures for Prometheus.

use super::key::{Fallback, Key, Kind, Secrecy};
use super::reader::Reader;
use super::secret::Secret;

/// Who may read `/metrics`.
#[derive(Debug, Clone, Default)]
pub struct Metrics {
    /// The bearer token; without one only this machine may read.
    pub token: Option<Secret>,
}

pub(super) const KEYS: &[Key] = &[Key::new(
    "metrics.token",
    Kind::Text,
    Fallback::Unset("`/metrics` answers 404 except from loopback"),
)
.secrecy(Secrecy::Secret)
.doc("The bearer token that Prometheus sends to read `/metrics`.")];

impl Metrics {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        Some(Self {
            token: reader.secret("metrics.token"),
        })
    }
}
