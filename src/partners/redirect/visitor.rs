//! Who came, as much as is kept: a keyed hash of address and browser that is another one every day, and what the browser says.

use std::net::IpAddr;

use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpMessage, HttpRequest};

use crate::clock::Timestamp;
use crate::crypto::Key32;
use crate::web::request::Facts;

/// As much of a header as is kept.
const LONGEST: usize = 512;

/// The client's address, after trusted proxies.
pub(super) fn address(request: &HttpRequest) -> Option<IpAddr> {
    match request.extensions().get::<Facts>() {
        Some(facts) => facts.address,
        None => request.peer_addr().map(|peer| peer.ip()),
    }
}

/// A header's text, where it has one.
pub(super) fn text(request: &HttpRequest, name: HeaderName) -> &str {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// What the browser calls itself.
pub(super) fn user_agent(request: &HttpRequest) -> &str {
    text(request, header::USER_AGENT)
}

/// The keyed hash of a visitor: the same for a day, then another, and without the key nothing leads back to the address.
pub(super) fn hash(
    key: &Key32,
    address: Option<IpAddr>,
    user_agent: &str,
    now: Timestamp,
) -> [u8; 16] {
    let day = now.as_seconds().div_euclid(86_400).to_be_bytes();
    let network = match address {
        Some(IpAddr::V4(v4)) => v4.to_ipv6_mapped().octets(),
        Some(IpAddr::V6(v6)) => v6.octets(),
        None => [0; 16],
    };
    let digest = key.mac(&[b"visitor/v1\0", &day, &network, user_agent.as_bytes()]);
    let mut short = [0; 16];
    short
        .iter_mut()
        .zip(digest)
        .for_each(|(slot, byte)| *slot = byte);
    short
}

/// A text short enough to keep; nothing where there is none. Headers are ASCII, so any place is a good one to cut.
pub(super) fn kept(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.get(..LONGEST).unwrap_or(text).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_visitor_is_the_same_for_a_day() {
        let key = Key32::from_bytes(&[7; 32]);
        let morning: Timestamp = "2026-10-31T01:00:00Z".parse().unwrap();
        let of = |address: &str, agent: &str, at: Timestamp| {
            hash(&key, Some(address.parse().unwrap()), agent, at)
        };
        let ana = of("203.0.113.9", "Firefox", morning);
        assert_eq!(
            ana,
            of(
                "203.0.113.9",
                "Firefox",
                morning.plus(std::time::Duration::from_secs(3_600))
            )
        );
        assert_ne!(ana, of("203.0.113.9", "Firefox", morning.plus_days(1)));
        assert_ne!(ana, of("203.0.113.8", "Firefox", morning));
        assert_ne!(ana, of("203.0.113.9", "Chrome", morning));
        assert_ne!(
            ana,
            hash(
                &Key32::from_bytes(&[8; 32]),
                Some("203.0.113.9".parse().unwrap()),
                "Firefox",
                morning
            )
        );
    }

    #[test]
    fn long_texts_are_cut() {
        assert_eq!(kept(&"x".repeat(600)).unwrap().len(), 512);
        assert_eq!(kept(""), None);
    }
}
