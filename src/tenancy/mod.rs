//! The companies of an instance: the registry, their stores and data keys, and the door of their open pages.
//!
//! Single mode is multi mode with one company, `default`, whose slug is in no address.

mod beginning;
mod branding;
pub mod carry;
mod carry_store;
mod closing;
mod directory;
pub mod domains;
mod health;
pub mod licences;
mod life;
pub mod metrics;
mod mode;
mod model;
mod opening;
pub mod plans;
pub mod projects;
mod provision;
mod public;
pub mod settings;
pub mod shell;
mod slug;
mod status;
mod store;
pub mod system;
mod tax_id;
mod upgrades;

pub use self::closing::{Closing, GRACE_DAYS, MOST_REASON, close, delete_due, keep};
pub use self::directory::Directory;
pub use self::health::examine;
pub use self::life::{
    Also, change_record, change_status, change_status_and, delete, free_slug, judge_change,
    may_delete, set_status, try_change_record,
};
pub use self::mode::judge_mode;
pub use self::model::{
    Company, FIRST_PLAN, Kind, NewCompany, Settings, company_name, is_time_zone,
};
pub use self::opening::{judge_opening, judge_values, open};
pub use self::plans::{Entitlement, Usage, entitle, usage_of};
pub use self::provision::{data_keys, ensure_default, ensure_system_key, system_time_zone};
pub use self::public::PublicTenant;
pub use self::settings::change_settings;
pub use self::slug::{DEFAULT_SLUG, NotASlug, Slug};
pub use self::status::Status;
pub use self::store::{all as companies, by_slug as company_by_slug};
pub use self::tax_id::{NotATaxId, tax_id};
pub use self::upgrades::{note_forced, note_upgrades};

/// What this slice offers the whole.
pub const SLICE: crate::slice::Slice = crate::slice::Slice {
    name: "tenancy",
    permissions: PERMISSIONS,
    jobs: &[
        closing::CLOSE,
        life::EMPTY,
        life::REMOVE,
        plans::TRIALS,
        plans::NIGHTLY,
        plans::ONE,
        domains::DAILY,
    ],
    tables: &[],
    supports_projects: false,
    checks: None,
    waiting: None,
    usage: None,
    reset_demo: None,
};

crate::permissions! {
    CloseCompany = "company:close", "Close the company: it is deleted after thirty days";
    ReadSettings = "settings:read", "See the company's settings";
    ReadSystem = "system:read", "See versions, store, jobs and checks";
    WriteSettings = "settings:write", "Change the company's name, currency, time zone and locale";
}
