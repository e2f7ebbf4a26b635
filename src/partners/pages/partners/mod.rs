//! Partners: the list with its bulk actions and CSV, one partner, its forms and the decisions about it.

mod bulk;
mod decide;
mod edit;
mod export;
mod form;
mod list;
mod new;
mod payee;
mod show;
mod show_parts;

pub use bulk::bulk;
pub use decide::{ask, decide};
pub use edit::{edit, save};
pub use export::export;
pub use list::list;
pub(super) use new::give_link;
pub use new::{create, new};
pub use payee::{payee, save_payee};
pub use show::show;
