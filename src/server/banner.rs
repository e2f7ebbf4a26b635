//! What a start says: where things are, and how to make the instance one's own.

use std::fmt::Write;

use crate::app::App;
use crate::config::{Layer, Setting, Tenancy, is_usual_file};

/// The facts of a start, as one value for logs that belong to a machine.
#[derive(Debug, serde::Serialize)]
pub struct Banner {
    /// Of the program.
    pub version: &'static str,
    /// Where people go.
    pub dashboard: String,
    /// Where programs read about the API.
    pub api_docs: String,
    /// Where the data is.
    pub data_dir: String,
    /// `sqlite` or `postgres`.
    pub engine: &'static str,
    /// `single` or `multi`.
    pub tenancy: &'static str,
    /// The one-time link, while nobody owns the instance.
    pub setup: Option<String>,
    /// The command that makes a new one, with the flags that lead it here.
    pub setup_command: String,
}

impl Banner {
    /// The facts of this start; `file` is the configuration file that was read.
    pub fn of(app: &App, setup: Option<String>, file: Option<&str>) -> Self {
        let folder = std::path::absolute(&app.config.data_dir)
            .unwrap_or_else(|_| app.config.data_dir.clone());
        // Where many are served, pages and API are a company's; the operators' console is nobody's.
        let (dashboard, company, tenancy) = match app.config.tenancy {
            Tenancy::Single => ("/admin", "", "single"),
            Tenancy::Multi => ("/operator", "/t/<slug>", "multi"),
        };
        Self {
            version: env!("CARGO_PKG_VERSION"),
            dashboard: format!("{}{dashboard}", app.public_url),
            api_docs: format!("{}{company}/api/docs", app.public_url),
            data_dir: folder.display().to_string(),
            engine: app.tenants.engine(),
            tenancy,
            setup,
            setup_command: setup_command(app, file),
        }
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!(
            "Steading {}\n  Dashboard  {}\n  API docs   {}\n  Data       {} ({})\n  Tenancy    {}\n",
            self.version, self.dashboard, self.api_docs, self.data_dir, self.engine, self.tenancy
        );
        if let Some(link) = &self.setup {
            // Writing into a String cannot fail.
            let _ = write!(
                text,
                "\n  Nobody owns this instance yet. Make it yours within 30 minutes:\n  {link}\n  (a new link: {})\n",
                self.setup_command
            );
        }
        text
    }
}

/// `steading setup-url`, with the flags of this start that lead it to the same instance.
fn setup_command(app: &App, file: Option<&str>) -> String {
    let mut command = "steading setup-url".to_owned();
    if let Some(file) = file.filter(|file| !is_usual_file(file)) {
        command = format!("{command} --config {}", quoted(file));
    }
    let folder = app
        .settings
        .iter()
        .find(|one| one.key.name == "data_dir" && one.origin.layer == Layer::Flag);
    if let Some(folder) = folder.and_then(Setting::shown) {
        command = format!("{command} --data-dir {}", quoted(&folder));
    }
    command
}

/// A word as a shell reads it back.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+=:@%,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}
