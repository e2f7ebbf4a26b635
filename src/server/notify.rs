//! Telling the service manager that we are ready or on the way out (sd_notify's protocol: one datagram a message).

use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::path::Path;

/// Sends a state to the socket the manager named, if it named one. A manager that does not listen is no failure of ours.
pub fn tell(socket: Option<&str>, state: &str) {
    let Some(name) = socket else { return };
    let address = match name.strip_prefix('@') {
        Some(hidden) => SocketAddr::from_abstract_name(hidden),
        None => SocketAddr::from_pathname(Path::new(name)),
    };
    let sent = address.and_then(|address| {
        let datagram = UnixDatagram::unbound()?;
        datagram.send_to_addr(state.as_bytes(), &address)
    });
    if let Err(error) = sent {
        tracing::debug!(%error, "The service manager was not told");
    }
}
