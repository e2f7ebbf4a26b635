//! Where a value came from, as people are told: `file steading.toml:3`, `env STEADING_LOG__LEVEL`, `flag --listen`.

use std::fmt;

/// One of the four layers, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Layer {
    /// Nobody gave it.
    Default,
    /// The configuration file.
    File,
    /// The environment, a file it names, or a credential of the service manager.
    Environment,
    /// The command line.
    Flag,
}

impl Layer {
    /// The word people see.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::File => "file",
            Self::Environment => "env",
            Self::Flag => "flag",
        }
    }
}

/// The layer of a value and its place there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Which layer won.
    pub layer: Layer,
    /// File and line, variable, or flag; empty for defaults.
    pub place: String,
}

impl Origin {
    pub(super) fn new(layer: Layer, place: impl Into<String>) -> Self {
        Self {
            layer,
            place: place.into(),
        }
    }

    /// Reads back what [`fmt::Display`] wrote; the merged tree carries origins as text.
    pub(super) fn from_text(text: &str) -> Self {
        let (word, place) = text.split_once(' ').unwrap_or((text, ""));
        let layer = [Layer::File, Layer::Environment, Layer::Flag]
            .into_iter()
            .find(|layer| layer.as_str() == word);
        Self::new(layer.unwrap_or(Layer::Default), place)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.layer.as_str())?;
        if self.place.is_empty() {
            Ok(())
        } else {
            write!(f, " {}", self.place)
        }
    }
}
