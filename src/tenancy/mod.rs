//! The companies of an instance: the registry, their stores and data keys, and the door of their open pages.
//!
//! Single mode is multi mode with one company, `default`, whose slug is in no address.

pub mod carry;
mod carry_store;
mod directory;
pub mod licences;
pub mod metrics;
mod model;
mod provision;
mod public;
pub mod settings;
pub mod shell;
mod store;
pub mod system;

pub use self::directory::Directory;
pub use self::model::{Company, NotASlug, Settings, Slug, Status, company_name, is_time_zone};
pub use self::provision::{data_keys, ensure_default, ensure_system_key, system_time_zone};
pub use self::public::PublicTenant;
pub use self::settings::change_settings;

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "tenancy",
    permissions: PERMISSIONS,
    jobs: &[],
    tables: &[],
    checks: None,
    waiting: None,
};

crate::permissions! {
    ReadSettings = "settings:read", "See the company's settings";
    ReadSystem = "system:read", "See versions, store, jobs and checks";
    WriteSettings = "settings:write", "Change the company's name, currency, time zone and locale";
}
