//! Payouts: the batches, what a new one would pay, one batch and its steps.

mod export;
mod list;
mod new;
mod show;
mod step;

pub use export::export;
pub use list::list;
pub use new::{create, new};
pub use show::show;
pub use step::{ask, step};
