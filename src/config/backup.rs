//! Backups that the server makes by itself.

use std::path::{Path, PathBuf};

use super::key::{Fallback, Key, Kind};
use super::reader::Reader;

/// The name under which the trail keeps how scheduled backups go.
pub const BACKUP_SCHEDULE: &str = "backup.schedule";

/// Backups that the server makes by itself.
#[derive(Debug, Clone)]
pub struct Backup {
    /// When.
    pub schedule: Schedule,
    /// How many are kept before the oldest goes.
    pub keep: u32,
    /// Into which folder.
    pub target: PathBuf,
}

/// When backups are made, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// Never.
    Off,
    /// At each full hour.
    Hourly,
    /// Each day at this minute after midnight.
    Daily {
        /// 0 to 1439.
        minute_of_day: u16,
    },
    /// Each Monday at 03:00.
    Weekly,
}

pub(super) const KEYS: &[Key] = &[
    Key::new("backup.schedule", Kind::Text, Fallback::Value("off"))
        .example("03:30")
        .doc("When to make a backup: `off`, `hourly`, `daily` (at 03:00), `weekly` (Monday at 03:00) or a time of day such as `03:30`. Times are UTC."),
    Key::new("backup.keep", Kind::Count, Fallback::Value("7"))
        .example("14")
        .doc("How many backups are kept; the oldest goes first."),
    Key::new("backup.target", Kind::Path, Fallback::Derived("`backups` in `data_dir`"))
        .example("/var/backups/steading")
        .doc("The folder that backups are written to."),
];

/// `daily` means three in the morning, when few people wait.
const THREE_IN_THE_MORNING: u16 = 3 * 60;

/// More than anybody keeps; a larger number is a typing error.
const MOST_KEPT: u32 = 10_000;

impl Backup {
    pub(super) fn read(reader: &mut Reader, data_dir: &Path) -> Option<Self> {
        let schedule = reader.parse_with("backup.schedule", schedule);
        let keep = reader.count("backup.keep", MOST_KEPT);
        let target = reader.parse_with("backup.target", |text| Ok(PathBuf::from(text)));
        let target = target.unwrap_or_else(|| data_dir.join("backups"));
        reader.derived("backup.target", target.display());
        Some(Self {
            schedule: schedule?,
            keep: keep?,
            target,
        })
    }
}

fn schedule(text: &str) -> Result<Schedule, String> {
    match text.to_ascii_lowercase().as_str() {
        "off" | "false" => Ok(Schedule::Off),
        "hourly" => Ok(Schedule::Hourly),
        "daily" => Ok(Schedule::Daily {
            minute_of_day: THREE_IN_THE_MORNING,
        }),
        "weekly" => Ok(Schedule::Weekly),
        time => minute_of_day(time)
            .map(|minute_of_day| Schedule::Daily { minute_of_day })
            .ok_or_else(|| {
                "is none of off, hourly, daily, weekly, nor a time of day such as 03:30".to_owned()
            }),
    }
}

fn minute_of_day(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| {
        (text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| text.parse::<u16>().ok())
            .flatten()
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}
