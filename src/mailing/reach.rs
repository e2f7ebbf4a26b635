//! Where a company's own mail server may stand. With many companies on one instance, none may point us at our own network:
//! the name is resolved once, every address must be public (or allowed by the operator), and that address is the one we call.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::app::App;
use crate::config::Tenancy;
use crate::mail::SmtpServer;

/// Networks that are somebody's own, or nobody's.
const PRIVATE: &[&str] = &[
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "224.0.0.0/3",
    "::/127",
    "::ffff:0:0/96",
    "64:ff9b::/96",
    "2001::/32",
    "2002::/16",
    "fc00::/7",
    "fe80::/10",
    "ff00::/8",
];

/// The server with the address it may be called at, or the reason why it may not.
pub(super) async fn checked(app: &App, mut server: SmtpServer) -> Result<SmtpServer, String> {
    // In single mode the company is the operator: its own network is its own business.
    if app.config.tenancy == Tenancy::Single {
        return Ok(server);
    }
    let found = tokio::net::lookup_host((server.host.as_str(), server.port))
        .await
        .map_err(|error| format!("{} was not found: {error}", server.host))?;
    let addresses: Vec<IpAddr> = found.map(|address| address.ip()).collect();
    let allowed = &app.config.outbound.allow;
    if addresses.is_empty() || !addresses.iter().all(|ip| may_call(*ip, allowed)) {
        return Err(format!(
            "{} is not on the public internet, so this instance does not call it.",
            server.host
        ));
    }
    server.address = addresses.first().copied();
    Ok(server)
}

fn may_call(ip: IpAddr, allowed: &[IpNet]) -> bool {
    let private = PRIVATE
        .iter()
        .filter_map(|net| net.parse::<IpNet>().ok())
        .any(|net| net.contains(&ip));
    !private || allowed.iter().any(|net| net.contains(&ip))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_public_and_allowed_addresses_are_called() {
        let allowed: Vec<IpNet> = vec!["10.1.0.0/16".parse().unwrap()];
        let may = |text: &str| may_call(text.parse().unwrap(), &allowed);
        assert!(PRIVATE.iter().all(|net| net.parse::<IpNet>().is_ok()));
        for public in ["203.0.113.5", "8.8.8.8", "2606:4700::1", "10.1.2.3"] {
            assert!(may(public), "{public}");
        }
        for own in [
            "127.0.0.1",
            "10.2.0.1",
            "169.254.169.254",
            "192.168.1.1",
            "0.0.0.0",
            "::1",
            "::",
            "fd00::1",
            "::ffff:127.0.0.1",
            "fe80::1",
            "255.255.255.255",
        ] {
            assert!(!may(own), "{own}");
        }
    }
}
