//! Counts visits of the running minute, in memory: who comes through one link too often is flagged, an address that floods is
//! turned away. Bounded: where a shelf is full, the company that fills it most makes room for the others, and its own newcomers of
//! that minute are not counted.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use crate::clock::Timestamp;
use crate::id::TenantId;

/// Clicks of one visitor through one link in a minute; more are flagged.
const VISITOR_LIMIT: u32 = 20;
/// Clicks from one address in a minute; more are turned away.
const ADDRESS_LIMIT: u32 = 600;
/// Claims from one address in a minute; more are turned away.
const CLAIM_LIMIT: u32 = 60;
/// Shelves, so that requests rarely wait for each other.
const SHELVES: usize = 16;
/// Counters of one shelf.
const MOST: usize = 8_192;

#[derive(Default)]
struct Shelf {
    minute: i64,
    /// Of each company apart.
    seen: HashMap<TenantId, HashMap<u64, u32>>,
    /// Counters of all companies.
    held: usize,
}

impl Shelf {
    /// Whether one more of this company's finds a place.
    fn has_room_for(&mut self, tenant: TenantId) -> bool {
        if self.held < MOST {
            return true;
        }
        let loudest = self.seen.iter().max_by_key(|(_, seen)| seen.len());
        let Some((&loudest, seen)) = loudest.filter(|(loudest, _)| **loudest != tenant) else {
            return false;
        };
        self.held = self.held.saturating_sub(seen.len());
        self.seen.remove(&loudest);
        true
    }
}

/// The counters. Kept in [`App::memory`](crate::app::Parts::memory).
#[derive(Default)]
pub(super) struct Floods {
    hasher: RandomState,
    shelves: [Mutex<Shelf>; SHELVES],
}

/// What is counted apart.
#[derive(Hash)]
enum Counted<'a> {
    Visitor(&'a [u8; 16], uuid::Uuid),
    Address(Network),
    Claim(Network),
}

/// As much of an address as one person has: the whole of IPv4, a /64 of IPv6.
#[derive(Hash)]
struct Network(u64);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(v4) => Self(u64::from(u32::from(v4))),
            IpAddr::V6(v6) => Self(u64::try_from(u128::from(v6) >> 64).unwrap_or(u64::MAX)),
        }
    }
}

impl Floods {
    fn count(&self, tenant: TenantId, what: &Counted, now: Timestamp) -> u32 {
        let key = self.hasher.hash_one(what);
        let place = usize::try_from(key % SHELVES as u64).unwrap_or(0);
        let Some(shelf) = self.shelves.get(place) else {
            return 0;
        };
        let minute = now.as_seconds().div_euclid(60);
        let mut shelf = shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.minute != minute {
            shelf.minute = minute;
            shelf.seen.clear();
            shelf.held = 0;
        }
        if let Some(count) = shelf
            .seen
            .get_mut(&tenant)
            .and_then(|seen| seen.get_mut(&key))
        {
            *count = count.saturating_add(1);
            return *count;
        }
        if !shelf.has_room_for(tenant) {
            return 0;
        }
        shelf.held = shelf.held.saturating_add(1);
        shelf.seen.entry(tenant).or_default().insert(key, 1);
        1
    }

    /// Whether this visitor came through this link too often in this minute.
    pub(super) fn is_flood(
        &self,
        tenant: TenantId,
        visitor: &[u8; 16],
        link: uuid::Uuid,
        now: Timestamp,
    ) -> bool {
        self.count(tenant, &Counted::Visitor(visitor, link), now) > VISITOR_LIMIT
    }

    /// Whether this company's clicks from this address are turned away for the rest of this minute. The machine's own address says nothing of the
    /// visitor: behind a proxy that is not trusted everybody has it.
    pub(super) fn turns_away(&self, tenant: TenantId, address: IpAddr, now: Timestamp) -> bool {
        let counted = Counted::Address(address.into());
        !address.is_loopback() && self.count(tenant, &counted, now) > ADDRESS_LIMIT
    }

    /// Whether this company's claims from this address are turned away for the rest of this minute.
    pub(super) fn turns_claims_away(
        &self,
        tenant: TenantId,
        address: IpAddr,
        now: Timestamp,
    ) -> bool {
        self.count(tenant, &Counted::Claim(address.into()), now) > CLAIM_LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(number: u128) -> TenantId {
        TenantId::from_uuid(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn limits_are_per_visitor_and_link_and_minute() {
        let floods = Floods::default();
        let tenant = tenant(1);
        let (ana, ion) = ([1; 16], [2; 16]);
        let (shop, blog) = (uuid::Uuid::from_u128(1), uuid::Uuid::from_u128(2));
        let now = Timestamp::from_micros(1_700_000_040_000_000);
        let flags: Vec<bool> = (0..22)
            .map(|_| floods.is_flood(tenant, &ana, shop, now))
            .collect();
        assert_eq!(flags.iter().position(|flag| *flag), Some(20));
        assert!(
            !floods.is_flood(tenant, &ana, blog, now) && !floods.is_flood(tenant, &ion, shop, now)
        );
        assert!(!floods.is_flood(
            tenant,
            &ana,
            shop,
            now.plus(std::time::Duration::from_secs(60))
        ));
    }

    #[test]
    fn an_address_is_turned_away_in_the_end() {
        let floods = Floods::default();
        let now = Timestamp::from_micros(1_700_000_040_000_000);
        let tenant = tenant(1);
        let count = |address: &str| {
            (0..1_000)
                .filter(|_| floods.turns_away(tenant, address.parse().unwrap(), now))
                .count()
        };
        assert_eq!(count("203.0.113.9"), 400);
        assert_eq!(count("127.0.0.1"), 0);
        assert_eq!(count("2001:db8::1"), 400);
        assert_eq!(count("2001:db8::2"), 1_000, "the same /64");
        let other = TenantId::from_uuid(uuid::Uuid::from_u128(7));
        assert!(!floods.turns_away(other, "203.0.113.9".parse().unwrap(), now));
    }

    #[test]
    fn counters_are_bounded_and_one_company_does_not_use_up_the_others() {
        let floods = Floods::default();
        let now = Timestamp::from_micros(1_700_000_040_000_000);
        let (loud, quiet) = (tenant(1), tenant(2));
        let address = "203.0.113.9".parse().unwrap();
        let mut turned_away = 0;
        for link in 0..(SHELVES * MOST * 2) {
            floods.is_flood(loud, &[0; 16], uuid::Uuid::from_u128(link as u128), now);
            // It comes when the loud one has filled every shelf.
            if link >= SHELVES * MOST + SHELVES * MOST / 2 && link % 64 == 0 {
                turned_away += u32::from(floods.turns_away(quiet, address, now));
            }
        }
        let asked = u32::try_from(SHELVES * MOST / 2 / 64).unwrap();
        assert_eq!(turned_away, asked - ADDRESS_LIMIT);
        for shelf in &floods.shelves {
            let shelf = shelf.lock().unwrap();
            let held: usize = shelf.seen.values().map(HashMap::len).sum();
            assert_eq!(held, shelf.held);
            assert!(held <= MOST);
        }
    }
}
