//! The life of a job, and how long it waits after a failure. No I/O.

use std::time::Duration;

/// Attempts before a job is dead. With the back-off below the last comes hours after the first.
pub const MAX_ATTEMPTS: i64 = 12;
/// A claim holds this long unless it is renewed; after it, the job is taken for abandoned.
pub(super) const LEASE: Duration = Duration::from_secs(90);
/// A running job renews its claim this often.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(30);
/// No attempt may take longer.
pub(super) const TIME_LIMIT: Duration = Duration::from_secs(15 * 60);
/// The first wait is up to this; each further one up to twice as long …
const FIRST_WAIT: Duration = Duration::from_secs(15);
/// … and none longer than this.
const LONGEST_WAIT: Duration = Duration::from_secs(4 * 60 * 60);

/// Where a job is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Waits for its time.
    Ready,
    /// Somebody does it.
    Running,
    /// Done.
    Done,
    /// Given up after too many attempts; can be retried.
    Dead,
    /// Called off.
    Cancelled,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Ready,
        Self::Running,
        Self::Done,
        Self::Dead,
        Self::Cancelled,
    ];

    /// The word stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Done => "done",
            Self::Dead => "dead",
            Self::Cancelled => "cancelled",
        }
    }

    /// From the word stored.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

/// Which jobs are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// In this state; without one, those that are not over.
    pub state: Option<State>,
    /// Also those that are over.
    pub all: bool,
    /// Of this kind.
    pub kind: Option<String>,
}

/// The wait after a failed attempt: anywhere between a second and a bound that doubles each time, so that
/// jobs that failed together do not come back together.
pub(super) fn back_off(attempts: i64, random: u32) -> Duration {
    let doublings = u32::try_from(attempts.clamp(1, 20) - 1).unwrap_or(0);
    let bound = FIRST_WAIT
        .saturating_mul(1 << doublings)
        .min(LONGEST_WAIT)
        .as_micros();
    let wait = bound * u128::from(random) / u128::from(u32::MAX);
    Duration::from_micros(u64::try_from(wait).unwrap_or(0)).max(Duration::from_secs(1))
}

/// A number nobody can foresee; without randomness all wait the same, which is slow but right.
pub(super) fn dice() -> u32 {
    let mut bytes = [0_u8; 4];
    match getrandom::fill(&mut bytes) {
        Ok(()) => u32::from_le_bytes(bytes),
        Err(_) => u32::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound_and_use_all_of_it() {
        let longest: Vec<u64> = (1..=MAX_ATTEMPTS)
            .map(|attempt| back_off(attempt, u32::MAX).as_secs())
            .collect();
        assert_eq!(longest[..4], [15, 30, 60, 120]);
        assert_eq!(longest[11], 14_400);
        assert_eq!(back_off(12, 0).as_secs(), 1);
        let half = back_off(8, u32::MAX / 2).as_secs();
        assert!((955..=965).contains(&half), "{half}");
    }
}
