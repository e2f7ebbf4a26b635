//! `steading tenant list`.

use clap::Args;

use crate::app::App;
use crate::cli::exit::{Exit, Failure, Outcome};
use crate::cli::out;
use crate::cli::stores::Io;
use crate::tenancy::Status;
use crate::tenancy::shell::{self, Shown};

/// List companies
#[derive(Debug, Args)]
pub struct List {
    /// Only those that are demo, trial, active, frozen or archived
    #[arg(long)]
    status: Option<String>,
    /// Print one JSON value
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) async fn run(self, app: &App, io: &mut Io) -> Outcome {
        let wanted = self.status.as_deref().map(|word| {
            Status::read(word).ok_or_else(|| {
                let words = Status::ALL.map(Status::as_str).join(", ");
                Failure::new(Exit::Usage, format!("--status takes one of: {words}"))
            })
        });
        let wanted = wanted.transpose()?;
        let mut companies = shell::all(app).await?;
        companies.retain(|one| wanted.is_none_or(|status| one.status == status));
        if self.json {
            let shown: Vec<Shown> = companies.iter().map(|one| Shown::of(app, one)).collect();
            return io.json(&shown);
        }
        let head = ["SLUG", "NAME", "STATUS", "PLAN", "ID"]
            .map(ToOwned::to_owned)
            .to_vec();
        let rows = companies.into_iter().map(|one| {
            vec![
                one.slug.to_string(),
                one.settings.name,
                one.status.as_str().to_owned(),
                one.plan,
                one.id.to_string(),
            ]
        });
        io.data(&out::columns(
            &std::iter::once(head).chain(rows).collect::<Vec<_>>(),
        ));
        Ok(())
    }
}
