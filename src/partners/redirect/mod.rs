//! The hot path: `GET /r/{key}` finds where a link leads, writes the click, and sends the visitor on once the click is on disk.
//!
//! A link that is remembered costs no query. The click is one lean insert; everything that could be worked out later is.

/// What a company must have for its visitors' clicks to be written down.
const PRODUCT: &str = crate::partners::SLICE.name;

mod claim;
mod closed;
mod flood;
mod follow;
mod script;
mod visitor;
mod ways;

pub use claim::{options as identify_options, post as identify};
pub use follow::{get, head};
pub use script::get as script;
pub use ways::Ways;
