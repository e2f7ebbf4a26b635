//! The flags every command takes. Each sets one key and overrules file and environment.

use std::path::PathBuf;

use clap::Args;

use crate::config::{Environment, FileSource, Flags, Sources};

/// Settings by flag.
#[derive(Debug, Default, Args)]
pub struct GlobalFlags {
    /// Read this configuration file instead of ./steading.toml
    #[arg(long, global = true, value_name = "FILE", help_heading = HEADING)]
    config: Option<PathBuf>,
    /// The folder that holds stores, keys and backups [key: data_dir]
    #[arg(long, global = true, value_name = "FOLDER", help_heading = HEADING)]
    data_dir: Option<String>,
    /// The address and port of the server [key: server.listen]
    #[arg(long, global = true, value_name = "ADDRESS", help_heading = HEADING)]
    listen: Option<String>,
    /// The address at which people reach it [key: server.public_url]
    #[arg(long, global = true, value_name = "URL", help_heading = HEADING)]
    public_url: Option<String>,
    /// error, warn, info, debug or trace; by module as module=level [key: log.level]
    #[arg(long, global = true, value_name = "LEVEL", help_heading = HEADING)]
    log_level: Option<String>,
    /// text or json [key: log.format]
    #[arg(long, global = true, value_name = "FORMAT", help_heading = HEADING)]
    log_format: Option<String>,
}

const HEADING: &str = "Settings (also by file and environment)";

impl GlobalFlags {
    pub(super) fn into_sources(self, environment: Environment) -> Sources {
        let mut flags = Flags::default();
        flags.set("data_dir", self.data_dir);
        flags.set("server.listen", self.listen);
        flags.set("server.public_url", self.public_url);
        flags.set("log.level", self.log_level);
        flags.set("log.format", self.log_format);
        let file = self.config.map_or(FileSource::Search, FileSource::At);
        Sources {
            file,
            environment,
            flags,
        }
    }
}
