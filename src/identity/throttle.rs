//! Guessing made slow: how often an account may be tried, and how often an address may try.
//!
//! An attempt counts when it begins, so a thousand at once are not free; success takes the count back. An account is never locked
//! for good: after five failures it waits one second, then twice as long each time, up to a quarter of an hour. Memory is bounded.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::{Error, Result};

/// Failures before the first wait.
const FREE_FAILURES: u32 = 5;
/// The longest wait.
const LONGEST: Duration = Duration::from_secs(15 * 60);
/// Failures an account takes in an hour.
const HOURLY: u32 = 100;
const HOUR: Duration = Duration::from_secs(3_600);
/// An account nobody tried for so long starts afresh.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(24 * 3_600);
/// Entries kept of each kind.
const CAPACITY: usize = 20_000;

/// Failures by account.
pub struct Accounts {
    known: Mutex<HashMap<u64, Account>>,
    hasher: RandomState,
}

#[derive(Clone, Copy)]
struct Account {
    failures: u32,
    blocked_until: Timestamp,
    hour_began: Timestamp,
    in_hour: u32,
    last: Timestamp,
}

impl Account {
    fn fresh(now: Timestamp) -> Self {
        Self {
            failures: 0,
            blocked_until: now,
            hour_began: now,
            in_hour: 0,
            last: now,
        }
    }
}

impl Accounts {
    /// Nobody has failed yet.
    #[expect(clippy::new_without_default, reason = "one constructor is enough")]
    pub fn new() -> Self {
        Self {
            known: Mutex::default(),
            hasher: RandomState::new(),
        }
    }

    /// Begins an attempt at an account (or at a name nobody has: both are treated alike).
    ///
    /// # Errors
    /// [`Error::TooMany`] with the time to wait.
    pub fn begin(&self, name: &str, now: Timestamp) -> Result<()> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CAPACITY {
            known.retain(|_, account| {
                account.failures >= FREE_FAILURES && now.since(account.last) < FORGOTTEN_AFTER
            });
            if known.len() >= CAPACITY {
                known.clear();
            }
        }
        let account = known
            .entry(self.hasher.hash_one(name))
            .or_insert_with(|| Account::fresh(now));
        if now.since(account.last) >= FORGOTTEN_AFTER {
            *account = Account::fresh(now);
        }
        if now < account.blocked_until {
            return Err(wait(account.blocked_until.since(now)));
        }
        if now.since(account.hour_began) >= HOUR {
            (account.hour_began, account.in_hour) = (now, 0);
        }
        if account.in_hour >= HOURLY {
            return Err(wait(account.hour_began.plus(HOUR).since(now)));
        }
        account.failures = account.failures.saturating_add(1);
        account.in_hour += 1;
        account.last = now;
        account.blocked_until = now.plus(delay(account.failures));
        Ok(())
    }

    /// The attempt was the right person's.
    pub fn succeeded(&self, name: &str) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&self.hasher.hash_one(name));
    }

    /// The attempt was never judged (the machine was busy): it does not count.
    pub fn abandoned(&self, name: &str, now: Timestamp) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(account) = known.get_mut(&self.hasher.hash_one(name)) {
            account.failures = account.failures.saturating_sub(1);
            account.in_hour = account.in_hour.saturating_sub(1);
            account.blocked_until = now;
        }
    }
}

/// How long to wait after so many failures.
fn delay(failures: u32) -> Duration {
    match failures.checked_sub(FREE_FAILURES) {
        None => Duration::ZERO,
        Some(beyond) => {
            Duration::from_secs(1_u64.checked_shl(beyond.min(32)).unwrap_or(u64::MAX)).min(LONGEST)
        }
    }
}

/// A bucket of tokens for each key: so many at once, then one each `interval`.
pub struct Buckets {
    /// For each key the time at which its bucket is full again.
    full_at: Mutex<HashMap<u128, Timestamp>>,
    burst: u32,
    interval: Duration,
}

impl Buckets {
    /// Every bucket full.
    pub fn new(burst: u32, interval: Duration) -> Self {
        Self {
            full_at: Mutex::default(),
            burst,
            interval,
        }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// [`Error::TooMany`] with the time until the next one.
    pub fn take(&self, key: u128, now: Timestamp) -> Result<()> {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if full_at.len() >= CAPACITY {
            full_at.retain(|_, at| *at > now);
            if full_at.len() >= CAPACITY {
                full_at.clear();
            }
        }
        let entry = full_at.entry(key).or_insert(now);
        let next = (*entry).max(now).plus(self.interval);
        let room = self.interval.saturating_mul(self.burst);
        let used = next.since(now);
        if used > room {
            return Err(wait(used.saturating_sub(room)));
        }
        *entry = next;
        Ok(())
    }

    /// Gives a token back.
    pub fn give_back(&self, key: u128) {
        let mut full_at = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = full_at.get_mut(&key) {
            *at = at.minus(self.interval);
        }
    }
}

/// What counts as one place: an IPv4 address, or the /64 that one customer of a network gets.
pub fn place(address: Option<IpAddr>) -> u128 {
    match address.map(|ip| ip.to_canonical()) {
        None => 0,
        Some(IpAddr::V4(ip)) => u128::from(u32::from(ip)) | (0xffff << 32),
        Some(IpAddr::V6(ip)) => u128::from(ip) >> 64 << 64,
    }
}

fn wait(time: Duration) -> Error {
    let seconds = time.as_secs() + u64::from(time.subsec_nanos() > 0);
    Error::TooMany {
        retry_after_seconds: seconds.max(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn wait_of(result: Result<()>) -> u64 {
        match result {
            Err(Error::TooMany {
                retry_after_seconds,
            }) => retry_after_seconds,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        let waits: Vec<u64> = (4..=17).map(|failures| delay(failures).as_secs()).collect();
        assert_eq!(
            waits,
            [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]
        );
        assert_eq!(delay(u32::MAX), LONGEST);
    }

    #[test]
    fn an_account_takes_at_most_a_hundred_guesses_an_hour_and_success_resets_it() {
        let (accounts, start) = (Accounts::new(), Timestamp::from_micros(0));
        let mut taken = 0;
        for second in 0..3_600 {
            if accounts.begin("ana", start.plus(seconds(second))).is_ok() {
                taken += 1;
            }
        }
        assert!((10..=100).contains(&taken), "{taken}");
        accounts.succeeded("ana");
        assert!(accounts.begin("ana", start.plus(seconds(3_600))).is_ok());
    }

    #[test]
    fn a_thousand_at_once_are_five() {
        let (accounts, now) = (Accounts::new(), Timestamp::from_micros(0));
        let taken = (0..1_000)
            .filter(|_| accounts.begin("ana", now).is_ok())
            .count();
        assert_eq!(taken, 5);
        assert_eq!(wait_of(accounts.begin("ana", now)), 1);
        assert!(accounts.begin("bob", now).is_ok());
    }

    #[test]
    fn an_attempt_that_was_not_judged_does_not_count() {
        let (accounts, now) = (Accounts::new(), Timestamp::from_micros(0));
        for _ in 0..100 {
            accounts.begin("ana", now).unwrap();
            accounts.abandoned("ana", now);
        }
    }

    #[test]
    fn a_bucket_empties_and_fills_again() {
        let buckets = Buckets::new(3, seconds(10));
        let now = Timestamp::from_micros(0);
        for _ in 0..3 {
            buckets.take(1, now).unwrap();
        }
        assert_eq!(wait_of(buckets.take(1, now)), 10);
        assert!(buckets.take(2, now).is_ok());
        buckets.give_back(1);
        assert!(buckets.take(1, now).is_ok());
        assert_eq!(wait_of(buckets.take(1, now.plus(seconds(4)))), 6);
        assert!(buckets.take(1, now.plus(seconds(10))).is_ok());
    }

    #[test]
    fn a_network_of_64_bits_is_one_place() {
        let of = |text: &str| place(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:1"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("10.0.0.1"), of("10.0.0.2"));
        assert_eq!(of("::ffff:10.0.0.1"), of("10.0.0.1"));
    }
}
