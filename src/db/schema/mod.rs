//! The tables of both planes. A file uses one plane's or the other's, never both.

pub mod control;
pub mod tenant;
