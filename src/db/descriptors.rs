//! How many files the process may hold open, and how many stores fit into that.

use super::limits::Limits;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Kept for sockets, logs and the control plane.
const RESERVED: u64 = 512;
/// Of these, for logs, the control plane and what is open for a moment.
const OUR_OWN: u64 = 128;
/// What a limit without a bound counts as.
const PLENTY: u64 = 1 << 20;

/// Raises the number of files this process may hold open to what the system allows, and says what it is now.
/// Called once, first thing, by whoever serves.
pub fn raise_open_files() -> u64 {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(PLENTY).min(PLENTY);
    if limit.current.is_some_and(|current| current < most) {
        let wanted = Rlimit {
            current: Some(most),
            maximum: limit.maximum,
        };
        if let Err(error) = setrlimit(Resource::Nofile, wanted) {
            tracing::warn!(%error, "The limit of open files stays as it is");
        }
    }
    current()
}

fn current() -> u64 {
    getrlimit(Resource::Nofile).current.unwrap_or(PLENTY)
}

/// How many tenant files may be open at once: each has the file and its log open per connection, and one index of the log.
pub(super) fn files_within(readers: u32) -> usize {
    let fit = current().saturating_sub(RESERVED) / of_one_file(readers);
    usize::try_from(fit).unwrap_or(usize::MAX).max(8)
}

fn of_one_file(readers: u32) -> u64 {
    (u64::from(readers) + 1) * 2 + 1
}

/// How many connections may be open at once so that stores and files never lack a descriptor: what is left beside them. Who comes
/// beyond it waits until another goes.
pub fn for_connections() -> usize {
    let limits = Limits::default();
    let files = limits.open_files.min(files_within(limits.readers));
    let taken = u64::try_from(files)
        .unwrap_or(u64::MAX)
        .saturating_mul(of_one_file(limits.readers));
    let left = current().saturating_sub(taken).saturating_sub(OUR_OWN);
    usize::try_from(left).unwrap_or(usize::MAX).max(64)
}
