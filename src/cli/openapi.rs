//! `steading openapi`: the API's description, as the server gives it.

use clap::Args;

use super::exit::Outcome;
use super::out;

/// Print the API's description (OpenAPI 3.1, JSON)
#[derive(Debug, Args)]
pub struct Openapi {
    /// Print one JSON value: what it does anyway
    #[arg(long)]
    json: bool,
}

impl Openapi {
    pub(super) fn run(self) -> Outcome {
        let Self { json: _ } = self;
        out::json(&crate::routes::description())
    }
}
