//! How often a company's people may have their domains looked at: each look is a question to somebody else's name server.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;
use crate::id::{DomainId, TenantId};
use crate::{Error, Result};

/// Between two looks at one domain.
const REST: Duration = Duration::from_secs(10);
/// Looks of one company in [`WINDOW`].
const MOST: usize = 60;
const WINDOW: Duration = Duration::from_secs(3_600);
/// Companies remembered; beyond it those that asked for nothing lately are forgotten.
const COMPANIES: usize = 1_024;

/// The looks of the last hour. Kept in [`App::memory`](crate::app::Parts::memory): each process counts its own.
#[derive(Default)]
pub(super) struct Looks(Mutex<HashMap<TenantId, VecDeque<(DomainId, Timestamp)>>>);

impl Looks {
    /// Counts a look.
    ///
    /// # Errors
    /// [`Error::TooMany`] with the time until the next one.
    pub(super) fn take(&self, company: TenantId, domain: DomainId, now: Timestamp) -> Result<()> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_recent = |at: &Timestamp| now.since(*at) < WINDOW;
        if all.len() >= COMPANIES {
            all.retain(|_, looks| looks.back().is_some_and(|(_, at)| is_recent(at)));
        }
        let looks = all.entry(company).or_default();
        while looks.front().is_some_and(|(_, at)| !is_recent(at)) {
            looks.pop_front();
        }
        let last = looks.iter().rev().find(|(one, _)| *one == domain);
        let rests_until = last.map(|(_, at)| at.plus(REST));
        let full_until = match looks.front() {
            Some((_, first)) if looks.len() >= MOST => Some(first.plus(WINDOW)),
            _ => None,
        };
        if let Some(until) = rests_until.max(full_until).filter(|until| *until > now) {
            let left = until.since(now);
            return Err(Error::TooMany {
                retry_after_seconds: left.as_secs() + u64::from(left.subsec_nanos() > 0),
            });
        }
        looks.push_back((domain, now));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_micros(1_772_366_400_000_000).plus(Duration::from_secs(seconds))
    }

    fn waits(looks: &Looks, company: TenantId, domain: DomainId, seconds: u64) -> Option<u64> {
        match looks.take(company, domain, at(seconds)) {
            Ok(()) => None,
            Err(Error::TooMany {
                retry_after_seconds,
            }) => Some(retry_after_seconds),
            Err(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_domain_rests_between_two_looks() {
        let looks = Looks::default();
        let company = TenantId::new(at(0));
        let (one, two) = (DomainId::new(at(0)), DomainId::new(at(0)));
        assert_eq!(waits(&looks, company, one, 0), None);
        assert_eq!(waits(&looks, company, one, 3), Some(7));
        assert_eq!(waits(&looks, company, two, 3), None);
        assert_eq!(waits(&looks, company, one, 10), None);
    }

    #[test]
    fn a_company_has_so_many_in_an_hour_and_the_next_has_its_own() {
        let looks = Looks::default();
        let (company, other) = (TenantId::new(at(0)), TenantId::new(at(0)));
        let domain = || DomainId::new(at(0));
        for second in 0..60 {
            assert_eq!(waits(&looks, company, domain(), second), None, "{second}");
        }
        assert_eq!(waits(&looks, company, domain(), 600), Some(3_000));
        assert_eq!(waits(&looks, other, domain(), 600), None);
        assert_eq!(waits(&looks, company, domain(), 3_600), None);
        assert_eq!(waits(&looks, company, domain(), 3_600), Some(1));
    }

    #[test]
    fn companies_that_ask_for_nothing_are_forgotten() {
        let looks = Looks::default();
        for second in 0..20_000 {
            let (company, domain) = (TenantId::new(at(second)), DomainId::new(at(second)));
            assert_eq!(waits(&looks, company, domain, second * 10), None);
        }
        assert!(looks.0.lock().unwrap().len() <= COMPANIES);
    }
}
