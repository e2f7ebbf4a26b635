//! Who may enter: people, their roles and sessions, keys for programs, and the first owner of a new instance.
//!
//! The gate ([`Keeper`]) answers for every request; its face to the other slices is [`crate::gate::Gate`]. People and keys live in
//! the control plane, so each change is written there with its audit event, and the gate is told after the commit.

pub mod account;
mod closing;
pub mod companies;
mod keeper;
pub mod keys;
mod letters;
mod model;
mod one_time;
mod open_page;
mod opening;
mod pending;
pub mod people;
pub mod permissions;
mod remembered;
pub mod reset;
mod sessions;
pub mod setup;
pub mod shell;
pub mod sign_in;
mod throttle;
mod tidy;

pub use self::closing::{close_company, keep_company, keep_company_and};
pub use self::keeper::Keeper;
pub use self::model::{Role, Roles};
pub use self::open_page::{Open, told, too_many, with_cookie};
pub use self::opening::{
    Also, InvitationLink, NewOwner, Opened, judge_company, judge_values, open_company, open_with,
    open_with_link,
};
pub use self::people::{
    CarriedMember, Entered, carried_members, enter_members, head_counts, owner_addresses,
};
pub use self::reset::acceptable;
pub use self::setup::{judge_first_owner, setup_link};
pub use self::sign_in::normal;
pub use self::throttle::{Accounts, Buckets, place};

use std::sync::Arc;

use crate::app::App;
use crate::gate::Gate;
use crate::{Error, Result};

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "identity",
    permissions: permissions::PERMISSIONS,
    jobs: &[tidy::KIND],
    tables: &[],
    supports_projects: false,
    checks: None,
    waiting: None,
    usage: Some(people::usage),
    reset_demo: None,
};

/// Opens the gate of a program whose stores stand, and makes the first owner where the configuration names one.
///
/// # Errors
/// Where the control plane does not answer, or a gate stands already.
pub async fn stand_up(app: &App) -> Result<()> {
    let keeper = Keeper::open(app).await?;
    let gate: Arc<dyn Gate> = Arc::new(keeper);
    app.gate
        .set(gate)
        .map_err(|_| Error::internal("a gate stands already"))?;
    setup::bootstrap(app).await
}

/// Tells the gate that people came in another way than through its own pages: somebody may own the instance now.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn people_changed(app: &App) -> Result<()> {
    let keeper = Keeper::of(app)?;
    keeper.directory().reload().await?;
    reset::look_for_owner(app, keeper).await
}

/// Writes what the gate keeps for a while: when sessions and keys were last used. For a clean stop.
///
/// # Errors
/// Where the control plane does not answer.
pub async fn flush(app: &App) -> Result<()> {
    Keeper::of(app)?.flush().await
}
