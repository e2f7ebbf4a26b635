//! `steading tenant show`.

use clap::Args;

use super::unknown;
use crate::app::App;
use crate::cli::exit::{Failure, Outcome};
use crate::cli::out;
use crate::cli::stores::Io;
use crate::tenancy::Company;
use crate::tenancy::shell::{self, Shown};

/// Show one company
#[derive(Debug, Args)]
pub struct Show {
    /// Its slug (the one there is, where one is served)
    slug: Option<String>,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl Show {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let slug = self.slug.as_deref();
        let company = shell::meant(app, slug)
            .await
            .map_err(|error| unknown(error, slug))?;
        shown(app, io, &company, self.json).await
    }
}

/// A company, as JSON or as a table without what is not known of it.
pub(super) async fn shown(app: &App, io: &mut Io, company: &Company, json: bool) -> Outcome {
    let mut shown = Shown::whole(app, company).await?;
    if json {
        return io.json(&shown);
    }
    let entitlements = shown.entitlements.take().unwrap_or_default();
    let value = serde_json::to_value(&shown).map_err(|e| Failure::failed(e.to_string()))?;
    let mut rows: Vec<Vec<String>> = value
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), ToOwned::to_owned);
            vec![name.replace('_', " "), text]
        })
        .collect();
    rows.extend(
        entitlements
            .iter()
            .map(|one| vec![format!("product {}", one.product), one.words()]),
    );
    io.data(&out::columns(&rows));
    Ok(())
}
