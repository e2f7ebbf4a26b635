//! `steading tenant domain list`.

use clap::Args;

use super::{named, out};
use crate::app::App;
use crate::cli::exit::Outcome;
use crate::cli::stores::Io;
use crate::tenancy::domains::{DomainView, domains_of};

/// List a company's domains
#[derive(Debug, Args)]
pub struct List {
    /// The company's slug
    slug: String,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let id = named(app, &self.slug).await?.id;
        let all = domains_of(&app.control, id).await?;
        let views: Vec<DomainView> = all.iter().map(|domain| domain.view()).collect();
        if self.json {
            return io.json(&views);
        }
        let head = ["HOST", "STATE", "CHECKED", "LAST ERROR"]
            .map(ToOwned::to_owned)
            .to_vec();
        let rows = views.into_iter().map(|one| {
            vec![
                one.host,
                one.state.as_str().to_owned(),
                one.checked_at
                    .map_or_else(|| "never".to_owned(), |at| at.to_string()),
                one.last_error.unwrap_or_default(),
            ]
        });
        io.data(&out::columns(
            &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
        ));
        Ok(())
    }
}
