//! Companies that somebody asked for.

mod store;

pub(super) use self::store::waiting;
