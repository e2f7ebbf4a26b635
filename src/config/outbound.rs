//! Calls that the server makes to other machines.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use super::key::{Fallback, Key, Kind};
use super::reader::Reader;
use super::server::network;

/// Calls that the server makes to other machines.
#[derive(Debug, Clone, Default)]
pub struct Outbound {
    /// Private networks that may be called all the same.
    pub allow: Vec<IpNet>,
    /// The name server to ask; `None` is the system's resolver.
    pub resolver: Option<SocketAddr>,
}

pub(super) const KEYS: &[Key] = &[
    Key::new("outbound.allow", Kind::List, Fallback::Unset("no private address is called"))
        .example("10.1.2.0/24")
        .doc("Networks (CIDR) that outgoing calls may reach although they are private. Everything public may be reached anyway."),
    Key::new("outbound.resolver", Kind::Text, Fallback::Value("system"))
        .example("9.9.9.9:53")
        .doc("The name server that is asked for the records of companies' own domains: `system`, or an address with an optional port."),
];

/// Where name servers listen.
const DNS_PORT: u16 = 53;

impl Outbound {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let allow = reader.list("outbound.allow", network);
        let resolver = reader.parse_with("outbound.resolver", resolver)?;
        Some(Self { allow, resolver })
    }
}

fn resolver(text: &str) -> Result<Option<SocketAddr>, String> {
    if text.eq_ignore_ascii_case("system") {
        return Ok(None);
    }
    text.parse::<SocketAddr>()
        .or_else(|_| {
            text.parse::<IpAddr>()
                .map(|ip| SocketAddr::new(ip, DNS_PORT))
        })
        .map(Some)
        .map_err(|_| {
            "is neither system nor an address such as 9.9.9.9 or [2620:fe::fe]:53".to_owned()
        })
}
