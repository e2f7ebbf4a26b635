//! Backups of an instance or of one company: a folder with a file for each store, in the shape of a data folder without its keys,
//! and a manifest that says what must be in it.

mod alert;
mod create;
mod manifest;
mod one;
mod prune;
mod safety;
mod schedule;
mod swap;
mod unfinished;
mod verify;
mod whole;

pub use self::alert::check;
pub(super) use self::alert::look;
pub use self::create::create;
pub use self::manifest::{Backup, Manifest, list};
pub use self::one::{Restored, restore_one};
pub use self::prune::prune;
pub(super) use self::schedule::KIND;
pub use self::swap::{finish_restore, is_half_done};
pub use self::verify::{find, verify};
pub use self::whole::restore_whole;
