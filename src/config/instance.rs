//! The instance as a whole: one company or many, where its data lives, who may join.

use std::path::PathBuf;

use super::key::{Fallback, Key, Kind};
use super::reader::{Reader, choice};

/// One company or many on this instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tenancy {
    /// One tenant, `default`, and no tenant in any URL.
    Single,
    /// Many tenants, each under `/t/<slug>` or its own host.
    Multi,
}

/// Who may open a tenant of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signup {
    /// Nobody; operators create tenants.
    Closed,
    /// Anybody, after an operator agreed.
    Approval,
    /// Anybody.
    Open,
}

/// The keys at the top of the file.
pub(super) struct Instance {
    pub(super) tenancy: Tenancy,
    pub(super) data_dir: PathBuf,
    pub(super) signup: Signup,
    pub(super) trial_days: u32,
}

/// Longest trial: ten years.
const MOST_TRIAL_DAYS: u32 = 3_650;

pub(super) const KEYS: &[Key] = &[
    Key::new("tenancy", Kind::Choice(&["single", "multi"]), Fallback::Value("single"))
        .example("multi")
        .doc("One company (`single`) or many (`multi`) on this instance."),
    Key::new("data_dir", Kind::Path, Fallback::Value("./data"))
        .flag("--data-dir")
        .example("/var/lib/steading")
        .doc("The folder that holds stores, keys and backups. It is made with mode 0700 when it is missing."),
    Key::new("signup", Kind::Choice(&["closed", "approval", "open"]), Fallback::Value("closed"))
        .example("approval")
        .doc("Who may open a tenant of their own: nobody, anybody after an operator agreed, or anybody. Counts only when `tenancy` is `multi`."),
    Key::new("trial_days", Kind::Count, Fallback::Value("14"))
        .example("30")
        .doc("How many days a trial lasts for which nobody named an end: those of sign-ups, and those that operators open without a day. Counts only when `tenancy` is `multi`."),
];

impl Instance {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let tenancy = reader.parse_with("tenancy", |text| {
            choice(
                text,
                &[("single", Tenancy::Single), ("multi", Tenancy::Multi)],
            )
        });
        let data_dir = reader.parse_with("data_dir", |text| Ok(PathBuf::from(text)));
        let signup = reader.parse_with("signup", |text| {
            choice(
                text,
                &[
                    ("closed", Signup::Closed),
                    ("approval", Signup::Approval),
                    ("open", Signup::Open),
                ],
            )
        });
        let trial_days = reader.count("trial_days", MOST_TRIAL_DAYS);
        if tenancy == Some(Tenancy::Single) {
            for name in ["signup", "trial_days", "server.base_domain"] {
                if reader.is_given(name) {
                    reader
                        .warnings
                        .push(format!("{name} counts only when tenancy is multi"));
                }
            }
        }
        Some(Self {
            tenancy: tenancy?,
            data_dir: data_dir?,
            signup: signup?,
            trial_days: trial_days?,
        })
    }
}
