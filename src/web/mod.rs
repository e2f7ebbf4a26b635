//! What every page and answer shares: the shell around pages, assets, forms, lists, formats.
//!
//! Nothing here knows a slice; slices build their pages from these parts.

pub mod assets;
pub mod chart;
pub mod confirm;
pub mod form;
pub mod format;
pub mod list;
pub mod locale;
pub mod markup;
pub mod nav;
pub mod page;
pub mod parts;
pub mod theme;
