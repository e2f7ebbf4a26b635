//! One layer of values, ready to be merged over the weaker ones by the `config` crate.

use config::{ConfigError, Map, Source, Value};

use super::key::Key;
use super::origin::Origin;

/// Values by key, all as text, each with its origin.
#[derive(Debug, Clone, Default)]
pub(super) struct LayerValues(Vec<(&'static str, String, Origin)>);

impl LayerValues {
    /// Adds a value. An empty one counts as not given, as compose files pass variables nobody set.
    pub(super) fn give(&mut self, key: &Key, text: impl Into<String>, origin: Origin) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.0.push((key.name, text, origin));
        }
    }
}

impl Source for LayerValues {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        let entry = |(key, text, origin): &(&'static str, String, Origin)| {
            (
                (*key).to_owned(),
                Value::new(Some(&origin.to_string()), text.as_str()),
            )
        };
        Ok(self.0.iter().map(entry).collect())
    }
}
