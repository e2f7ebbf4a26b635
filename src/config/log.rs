//! What is written to standard error.

use std::str::FromStr;

use super::key::{Fallback, Key, Kind};
use super::nearest::nearest;
use super::reader::{Reader, choice};

/// What is written to standard error.
#[derive(Debug, Clone)]
pub struct Log {
    /// From which level on, by module.
    pub level: LogLevel,
    /// For people or for machines.
    pub format: LogFormat,
}

/// For people or for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// One readable line per event.
    Text,
    /// One JSON object per line.
    Json,
}

/// A level, and others for single modules: `info,steading::db=debug`. Checked, so that a misspelt level
/// is an error here instead of silence later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLevel(String);

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

pub(super) const KEYS: &[Key] = &[
    Key::new("log.level", Kind::Text, Fallback::Value("info"))
        .flag("--log-level")
        .example("info,steading::db=debug")
        .doc("From which level on events are logged: `error`, `warn`, `info`, `debug`, `trace` or `off`; for single modules as `module=level`, separated by commas."),
    Key::new("log.format", Kind::Choice(&["text", "json"]), Fallback::Value("text"))
        .flag("--log-format")
        .example("json")
        .doc("Lines for people (`text`) or one JSON object per line (`json`)."),
];

impl Log {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let level = reader.parse::<LogLevel>("log.level");
        let format = reader.parse_with("log.format", log_format);
        Some(Self {
            level: level?,
            format: format?,
        })
    }
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    choice(
        text,
        &[("text", LogFormat::Text), ("json", LogFormat::Json)],
    )
}

impl LogLevel {
    /// Only warnings and worse, for commands that answer and go.
    pub fn quiet() -> Self {
        Self("warn".to_owned())
    }

    /// As `tracing_subscriber::filter::Targets` reads it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for LogLevel {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        for part in text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (module, level) = part
                .split_once('=')
                .map_or((None, part), |(module, level)| {
                    (Some(module.trim()), level.trim())
                });
            let level = level.to_ascii_lowercase();
            if !LEVELS.contains(&level.as_str()) {
                let hint = nearest(&level, LEVELS.iter().map(|level| (*level).to_owned()), "=");
                let hint = hint
                    .map(|hint| format!("; did you mean {hint}?"))
                    .unwrap_or_default();
                return Err(format!(
                    "names no level {level}: there are {}{hint}",
                    LEVELS.join(", ")
                ));
            }
            match module {
                Some(module) if module.is_empty() || module.contains(char::is_whitespace) => {
                    return Err("must be a level, or module=level, separated by commas".to_owned());
                }
                Some(module) => parts.push(format!("{module}={level}")),
                None => parts.push(level),
            }
        }
        Ok(Self(parts.join(",")))
    }
}
