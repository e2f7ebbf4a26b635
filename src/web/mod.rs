//! What every page and answer shares: the shell around pages, assets, forms, lists, formats.
//!
//! Nothing here knows a slice; slices build their pages from these parts.

pub mod assets;
pub mod chart;
pub mod confirm;
pub mod conflict;
pub mod form;
pub mod format;
pub mod list;
pub mod locale;
pub mod markup;
pub mod nav;
pub mod page;
pub mod parts;
pub mod theme;

pub mod allowed;
pub mod answer;
pub mod body;
pub mod csrf;
pub mod csv;
pub mod describe;
pub mod edge;
mod example;
pub mod fields;
pub mod flash;
pub mod health;
pub mod json;
pub mod metrics;
pub mod once;
pub mod openapi;
pub mod pager;
pub mod posted;
pub mod problem;
pub mod query;
mod rates;
pub mod request;
pub mod route;
pub mod sent_once;
pub mod start;

pub use allowed::{Allowed, AnyKey};
pub use fields::{Fields, shown_in_form};
pub use json::{BatchJson, Json};
pub use pager::{Cursor, Page, Paging};
pub use posted::Form;
pub use query::Query;
pub use sent_once::{Done, sent_once};
