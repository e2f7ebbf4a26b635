//! Partners: they come, the company decides about them, they are paid.

mod create;
mod decide;
mod input;
mod list;
mod payee;
mod update;

pub use create::create;
pub use decide::{Decision, decide};
pub use input::{NewPartner, NewPartnerState, PartnerChange};
pub use list::{find, page};
pub use update::update;

pub use super::store::partners::PartnerFilter;

/// Handlers of `/api/v1/partners`.
pub mod api {
    pub use super::create::post;
    pub use super::decide::{approve, archive, decline, reinstate, suspend};
    pub use super::list::{FILTERS, get, get_one};
    pub use super::update::patch;
}

use crate::db::TenantConn;
use crate::id::PartnerId;
use crate::{Error, Result};

/// Refuses a change of a partner by a caller who is limited to a project, where the partner takes part beyond it: the change would
/// reach there too.
fn only_here(c: &mut TenantConn, id: PartnerId) -> Result<()> {
    let limit = c.project().map(|project| project.slug.clone());
    match limit {
        Some(project) if super::store::partners::is_shared(c, id)? => {
            Err(Error::ProjectLimited(project))
        }
        _ => Ok(()),
    }
}

pub(in crate::partners) use payee::{COLUMN as PAYEE, open, seal as seal_payee};
