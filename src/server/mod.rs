//! The process that serves: starts in the right order, stops without losing an answer.

pub mod control_socket;
pub mod http;
pub mod notify;
pub mod signals;
