//! The name servers that the system names in `/etc/resolv.conf`.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

/// Where name servers listen.
const PORT: u16 = 53;
/// The system's own resolver asks no more than these either.
const MOST: usize = 3;

/// Those of this machine; its own where it names none. Read anew each time: a laptop changes its network.
pub(super) fn of_the_system() -> Vec<SocketAddr> {
    named_in(&std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default())
}

fn named_in(text: &str) -> Vec<SocketAddr> {
    let named = text.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        let address = words
            .next()
            .filter(|word| *word == "nameserver")
            .and(words.next())?;
        Some(SocketAddr::new(address.parse::<IpAddr>().ok()?, PORT))
    });
    let mut named: Vec<SocketAddr> = named.take(MOST).collect();
    if named.is_empty() {
        named.push(SocketAddr::new(Ipv4Addr::LOCALHOST.into(), PORT));
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_file_is_read_as_the_system_reads_it() {
        for (text, wanted) in [
            ("", &["127.0.0.1:53"][..]),
            ("# nameserver 9.9.9.9\noptions edns0\n", &["127.0.0.1:53"]),
            (
                "search acme.test\nnameserver 9.9.9.9 # why\nnameserver\t2620:fe::fe\n",
                &["9.9.9.9:53", "[2620:fe::fe]:53"],
            ),
            (
                "nameserver fe80::1%eth0\nnameserver 1.1.1.1",
                &["1.1.1.1:53"],
            ),
            (
                "nameserver 1.0.0.1\nnameserver 1.0.0.2\nnameserver 1.0.0.3\nnameserver 1.0.0.4",
                &["1.0.0.1:53", "1.0.0.2:53", "1.0.0.3:53"],
            ),
        ] {
            let found: Vec<String> = named_in(text).iter().map(ToString::to_string).collect();
            assert_eq!(found, wanted, "{text}");
        }
    }
}
