//! What every command is handed: the sources of the configuration, and the ways to read it.

use std::cell::Cell;

use super::exit::{Exit, Failure};
use super::flags::GlobalFlags;
use super::logging;
use super::out::say;
use crate::config::{Config, Environment, Layer, Loaded, LogFormat, LogLevel, Sources};

/// The surroundings of a command.
pub struct Context {
    /// File, environment and flags.
    pub sources: Sources,
    /// Whether standard error belongs to a machine.
    json_logs: Cell<bool>,
}

impl Context {
    pub(super) fn new(flags: GlobalFlags, environment: Environment) -> Self {
        Self {
            sources: flags.into_sources(environment),
            json_logs: Cell::new(false),
        }
    }

    /// The configuration, for a command that answers and goes: only warnings are logged,
    /// unless somebody asked for a level.
    pub fn load(&self) -> Result<Loaded, Failure> {
        self.load_with(|loaded| {
            let asked = loaded
                .settings
                .iter()
                .any(|one| one.key.name == "log.level" && one.origin.layer != Layer::Default);
            if asked {
                loaded.config.log.level.clone()
            } else {
                LogLevel::quiet()
            }
        })
    }

    /// The configuration, for a process that stays.
    pub fn load_for_service(&self) -> Result<Loaded, Failure> {
        let loaded = self.load_with(|loaded| loaded.config.log.level.clone())?;
        for warning in &loaded.warnings {
            tracing::warn!(setting = %warning, "A setting has no effect");
        }
        Ok(loaded)
    }

    fn load_with(&self, level: impl Fn(&Loaded) -> LogLevel) -> Result<Loaded, Failure> {
        let read = Config::read(&self.sources);
        let json = read
            .settings
            .iter()
            .any(|one| one.key.name == "log.format" && one.shown().as_deref() == Some("json"));
        self.json_logs.set(json);
        let format = if json {
            LogFormat::Json
        } else {
            LogFormat::Text
        };
        let no_color = self.sources.environment.no_color();
        match read.into_loaded() {
            Ok(loaded) => {
                logging::start(&level(&loaded), format, no_color);
                Ok(loaded)
            }
            Err(error) => {
                logging::start(&LogLevel::quiet(), format, no_color);
                Err(error.into())
            }
        }
    }

    /// Tells why the command ends, in the form that standard error has.
    pub(super) fn tell(&self, failure: &Failure) -> Exit {
        if self.json_logs.get() && !failure.message.is_empty() {
            tracing::error!(exit_code = failure.exit.code(), "{}", failure.message);
        } else if !failure.message.is_empty() {
            say(format!("steading: {}", failure.message));
        }
        failure.exit
    }
}
