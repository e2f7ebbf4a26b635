//! TCP ports for servers that must know theirs before they start.

use std::collections::HashSet;
use std::fs;
use std::sync::atomic::{AtomicU16, Ordering};

/// A loopback port nobody uses. Taken from below the range the kernel gives to outgoing connections, and never handed
/// out twice in one run, so that it stays free until its server binds it. (Trying to bind it here would not do: a child
/// started at that moment by another thread holds the socket a little longer.)
pub fn free() -> u16 {
    const FIRST: u16 = 12_000;
    const COUNT: u16 = 18_000;
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = (std::process::id().wrapping_mul(7_919) % u32::from(COUNT)) as u16;
    let used = used();
    (0..COUNT)
        .map(|_| FIRST + (start + NEXT.fetch_add(1, Ordering::Relaxed) % COUNT) % COUNT)
        .find(|port| !used.contains(port))
        .expect("a free port")
}

/// The local ports of all sockets, from the kernel's own table.
fn used() -> HashSet<u16> {
    ["/proc/net/tcp", "/proc/net/tcp6"]
        .into_iter()
        .filter_map(|table| fs::read_to_string(table).ok())
        .flat_map(|table| {
            table
                .lines()
                .skip(1)
                .filter_map(local_port)
                .collect::<Vec<_>>()
        })
        .collect()
}

fn local_port(row: &str) -> Option<u16> {
    let (_, port) = row.split_whitespace().nth(1)?.rsplit_once(':')?;
    u16::from_str_radix(port, 16).ok()
}
