//! `steading openapi`: the API's description, as the server gives it.

use clap::Args;

use super::exit::Outcome;
use super::out;

/// Print the API's description (OpenAPI 3.1, JSON)
#[derive(Debug, Args)]
pub struct Openapi {}

impl Openapi {
    pub(super) fn run(self) -> Outcome {
        out::json(&crate::routes::description())
    }
}
