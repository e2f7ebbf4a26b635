//! Companies that somebody asked for: a form, a mailed link, and where operators decide, their answer.
//!
//! Nobody learns whether an address has an account: the form gives one answer, and whoever has an account owns the company with it.

pub mod blocks;
pub mod confirm;
pub mod decide;
mod letters;
pub mod list;
mod opening;
pub mod page;
mod store;

use std::time::Duration;

use actix_web::HttpRequest;

pub(super) use self::store::waiting;
use super::door::of_many;
use crate::app::App;
use crate::clock::Timestamp;
use crate::config::Signup as Policy;
use crate::id::SignupId;
use crate::identity::Buckets;
use crate::{Error, Result};

/// How long the mailed link works.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The code of what is on the blocklist.
const BLOCKED: &str = "signup_blocked";

/// A company somebody asked for.
#[derive(Debug, Clone)]
struct Signup {
    id: SignupId,
    company: String,
    slug: String,
    name: String,
    email: String,
    /// Empty once nothing is to be opened with it any more.
    password: String,
    state: State,
    reason: Option<String>,
    address: Option<String>,
    decided_by: Option<String>,
    created_at: Timestamp,
}

/// Where a sign-up stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// The link is on its way.
    Asked,
    /// An operator decides.
    Waiting,
    /// The company stands.
    Opened,
    /// There will be none.
    Declined,
}

impl State {
    const ALL: [Self; 4] = [Self::Asked, Self::Waiting, Self::Opened, Self::Declined];

    fn as_str(self) -> &'static str {
        match self {
            Self::Asked => "asked",
            Self::Waiting => "waiting",
            Self::Opened => "opened",
            Self::Declined => "declined",
        }
    }

    fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// How often one place may ask.
struct Guard(Buckets);

impl Default for Guard {
    fn default() -> Self {
        Self(Buckets::new(10, Duration::from_secs(6)))
    }
}

/// The program, where companies may be asked for.
fn welcoming(request: &HttpRequest) -> Result<App> {
    let app = of_many(request)?;
    match app.config.signup {
        Policy::Closed => Err(Error::NotFound),
        Policy::Approval | Policy::Open => Ok(app),
    }
}
