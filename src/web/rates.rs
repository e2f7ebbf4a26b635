//! How fast one company may ask: a bucket each, by the generic cell rate algorithm (ITU-T I.371), so a company is one number.
//!
//! What a company asks beyond its rate is answered 429 before anything is read for it; the others do not notice. Pages that are a
//! person's own and no company's are counted for the person.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

use super::request::is_of_the_instance;
use crate::app::App;
use crate::clock::Timestamp;
use crate::config::Tenancy;
use crate::gate::Admission;
use crate::id::UserId;
use crate::{Error, Result};

/// Requests a second where many companies are served and nothing else was said.
const WHERE_MANY_ARE_SERVED: u32 = 1_000;
/// Seconds of its rate that a company may ask for at once.
const AT_ONCE_SECONDS: i64 = 2;
const MICROS: i64 = 1_000_000;
/// Shelves, so that companies rarely wait for each other.
const SHELVES: usize = 16;
/// Companies of one shelf; beyond it those that are at rest are forgotten, which changes nothing for them.
const MOST: usize = 4_096;

/// When each company, or person, will be at rest. Kept in [`App::memory`](crate::app::Parts::memory).
#[derive(Default)]
pub(super) struct Rates {
    shelves: [Mutex<HashMap<Uuid, i64>>; SHELVES],
}

/// Where a company stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Standing {
    /// Requests it may make at once.
    pub(super) quota: u32,
    /// Those left now.
    pub(super) left: u32,
    /// Seconds until all are left again; for one turned away, until one is.
    pub(super) seconds: u64,
    /// Whether this request is one too many.
    pub(super) turned_away: bool,
}

/// The rate in force: nothing where there is no limit.
pub(super) fn per_second(app: &App) -> Option<u32> {
    let given = app.config.limits.given_requests_per_second;
    given.or((app.config.tenancy == Tenancy::Multi).then_some(WHERE_MANY_ARE_SERVED))
}

impl Rates {
    /// Counts a request of a company, or of a person.
    pub(super) fn take(&self, company: Uuid, per_second: u32, now: Timestamp) -> Standing {
        let rate = i64::from(per_second.max(1));
        let (interval, window) = (MICROS / rate, AT_ONCE_SECONDS * MICROS);
        let quota = u32::try_from(rate * AT_ONCE_SECONDS).unwrap_or(u32::MAX);
        let now = now.as_micros();
        let place = usize::try_from(company.as_u64_pair().1 % SHELVES as u64).unwrap_or(0);
        let Some(shelf) = self.shelves.get(place) else {
            return Standing {
                quota,
                left: quota,
                seconds: 0,
                turned_away: false,
            };
        };
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.len() >= MOST && !shelf.contains_key(&company) {
            shelf.retain(|_, rests_at| *rests_at > now);
        }
        let rests_at = shelf.entry(company).or_insert(now);
        // Further ahead than any bucket can be: the clock was set back, and the company starts anew.
        if *rests_at > now + window {
            *rests_at = now;
        }
        let held = (*rests_at).max(now);
        let next = held.saturating_add(interval);
        let over = next - now - window;
        if over > 0 {
            return Standing {
                quota,
                left: 0,
                seconds: seconds(over),
                turned_away: true,
            };
        }
        *rests_at = next;
        let left = (window - (next - now)) / interval.max(1);
        Standing {
            quota,
            left: u32::try_from(left).unwrap_or(0),
            seconds: seconds(next - now),
            turned_away: false,
        }
    }
}

fn seconds(micros: i64) -> u64 {
    u64::try_from(micros.saturating_add(MICROS - 1) / MICROS)
        .unwrap_or(0)
        .max(1)
}

/// Counts a request for a page of the instance that somebody was let in to.
pub(super) fn judge_own(
    app: &App,
    path: &str,
    slug: Option<&str>,
    let_in: &Admission,
) -> Result<()> {
    let user = let_in.actor.id.as_deref().and_then(|id| id.parse().ok());
    let (Some(per_second), Some(user)) = (per_second(app), user) else {
        return Ok(());
    };
    if slug.is_some() || !is_of_the_instance(path) {
        return Ok(());
    }
    let user: UserId = user;
    let standing = app
        .memory
        .of::<Rates>()
        .take(user.uuid(), per_second, app.clock.now());
    if standing.turned_away {
        return Err(Error::TooMany {
            retry_after_seconds: standing.seconds,
        });
    }
    Ok(())
}

/// Says in the headers of an API answer where the company stands (IETF draft *RateLimit header fields for HTTP*).
pub(super) fn tell(headers: &mut HeaderMap, standing: Standing) {
    let policy = format!("\"company\";q={};w={AT_ONCE_SECONDS}", standing.quota);
    let limit = format!("\"company\";r={};t={}", standing.left, standing.seconds);
    for (name, value) in [("ratelimit-policy", policy), ("ratelimit", limit)] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: i64 = 1_700_000_000_000_000;

    fn at(micros: i64) -> Timestamp {
        Timestamp::from_micros(NOON + micros)
    }

    fn company(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn twice_the_rate_at_once_then_the_rate() {
        let rates = Rates::default();
        let allowed = |from: i64, many: usize| {
            (0..many)
                .filter(|_| !rates.take(company(1), 100, at(from)).turned_away)
                .count()
        };
        assert_eq!(allowed(0, 500), 200);
        assert_eq!(allowed(1_000_000, 500), 100);
        assert_eq!(allowed(1_050_000, 500), 5);
        let refused = rates.take(company(1), 100, at(1_050_000));
        assert_eq!((refused.left, refused.seconds), (0, 1));
        assert!(
            !rates.take(company(2), 100, at(1_050_000)).turned_away,
            "another company"
        );
        assert_eq!(allowed(60_000_000, 500), 200, "rested");
    }

    #[test]
    fn what_is_left_is_told() {
        let rates = Rates::default();
        let first = rates.take(company(1), 10, at(0));
        assert_eq!((first.quota, first.left, first.seconds), (20, 19, 1));
        let mut headers = HeaderMap::new();
        tell(&mut headers, first);
        assert_eq!(headers.get("ratelimit").unwrap(), "\"company\";r=19;t=1");
        assert_eq!(
            headers.get("ratelimit-policy").unwrap(),
            "\"company\";q=20;w=2"
        );
    }

    #[test]
    fn a_clock_set_back_keeps_nobody_out() {
        let rates = Rates::default();
        for _ in 0..20 {
            rates.take(company(1), 10, at(3_600_000_000));
        }
        assert!(!rates.take(company(1), 10, at(0)).turned_away);
    }

    #[test]
    fn memory_is_bounded_by_those_who_ask_now() {
        let rates = Rates::default();
        for n in 0..200_000_u128 {
            rates.take(company(n), 10, at(i64::try_from(n).unwrap() * 1_000_000));
        }
        let held: usize = rates
            .shelves
            .iter()
            .map(|shelf| shelf.lock().unwrap().len())
            .sum();
        assert!(held <= SHELVES * (MOST + 1), "{held}");
    }
}
