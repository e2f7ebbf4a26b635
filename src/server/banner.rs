//! What a start says: where things are, and how to make the instance one's own.

use std::fmt::Write;

use crate::app::App;
use crate::config::Tenancy;

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
}

impl Banner {
    /// The facts of this start.
    pub fn of(app: &App, setup: Option<String>) -> Self {
        let folder = std::path::absolute(&app.config.data_dir)
            .unwrap_or_else(|_| app.config.data_dir.clone());
        Self {
            version: env!("CARGO_PKG_VERSION"),
            dashboard: format!("{}/admin", app.public_url),
            api_docs: format!("{}/api/docs", app.public_url),
            data_dir: folder.display().to_string(),
            engine: app.tenants.engine(),
            tenancy: match app.config.tenancy {
                Tenancy::Single => "single",
                Tenancy::Multi => "multi",
            },
            setup,
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
                "\n  Nobody owns this instance yet. Make it yours within 30 minutes:\n  {link}\n  (a new link: steading setup-url)\n"
            );
        }
        text
    }
}
