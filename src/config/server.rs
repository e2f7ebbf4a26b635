//! Where the server listens and how the world reaches it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use ipnet::IpNet;
use url::Url;

use super::key::{Fallback, Key, Kind};
use super::reader::Reader;

/// Where the server listens and how the world reaches it.
#[derive(Debug, Clone)]
pub struct Server {
    /// The address to bind; port 0 lets the system choose.
    pub listen: SocketAddr,
    /// The address people use, if it was given; see [`Server::public_url`].
    pub given_public_url: Option<PublicUrl>,
    /// Proxies whose `X-Forwarded-*` and `Forwarded` headers count.
    pub trusted_proxies: Vec<IpNet>,
    /// The domain under which each tenant has a sub-domain.
    pub base_domain: Option<Domain>,
}

pub(super) const KEYS: &[Key] = &[
    Key::new("server.listen", Kind::Address, Fallback::Value("127.0.0.1:8080"))
        .flag("--listen")
        .example("0.0.0.0:8080")
        .doc("The address and port to listen on. Port 0 lets the system choose one."),
    Key::new("server.public_url", Kind::Url, Fallback::Derived("`http://` and the address in `server.listen`"))
        .flag("--public-url")
        .example("https://partners.example.com")
        .doc("The address at which people reach this instance: scheme, host and port, nothing behind them. Links in mails and the security of cookies follow from it."),
    Key::new("server.trusted_proxies", Kind::List, Fallback::Unset("no proxy is trusted"))
        .example("127.0.0.1/32,10.0.0.0/8")
        .doc("Networks (CIDR) of the reverse proxies whose `X-Forwarded-*` headers are believed."),
    Key::new("server.base_domain", Kind::Text, Fallback::Unset("tenants are reached under `/t/<slug>`"))
        .example("partners.example.com")
        .doc("The domain under which each tenant is also reached as `<slug>.<base domain>`. Counts only when `tenancy` is `multi`."),
];

impl Server {
    pub(super) fn read(reader: &mut Reader) -> Option<Self> {
        let listen = reader.parse_with("server.listen", listen_address);
        let given_public_url = reader.parse::<PublicUrl>("server.public_url");
        let trusted_proxies = reader.list("server.trusted_proxies", network);
        let base_domain = reader.parse::<Domain>("server.base_domain");
        let server = Self {
            listen: listen?,
            given_public_url,
            trusted_proxies,
            base_domain,
        };
        reader.derived("server.public_url", server.public_url(server.listen));
        Some(server)
    }

    /// The address people use, once the socket is bound to `bound`.
    pub fn public_url(&self, bound: SocketAddr) -> PublicUrl {
        self.given_public_url
            .clone()
            .unwrap_or_else(|| PublicUrl::of_address(reachable(bound)))
    }
}

/// The address at which this machine reaches a server that listens on `bound`:
/// "all interfaces" is a place to listen, not to call.
pub fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// The origin people type: scheme, host and port. Never has a path, a user or a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    fn of_address(address: SocketAddr) -> Self {
        Self(format!("http://{address}"))
    }

    /// `https://host:port` without a slash at its end, as browsers send it in `Origin`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A full URL for a path that begins with `/`.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether browsers reach us by TLS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host without the port.
    pub fn host(&self) -> &str {
        let authority = self
            .0
            .split_once("://")
            .map_or(self.0.as_str(), |(_, authority)| authority);
        match authority.strip_prefix('[') {
            Some(v6) => v6.split_once(']').map_or(v6, |(host, _)| host),
            None => authority
                .split_once(':')
                .map_or(authority, |(host, _)| host),
        }
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for PublicUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let url = Url::parse(text).map_err(|error| format!("is not a URL: {error}"))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("must begin with http:// or https://".to_owned());
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err("must not carry a user or a password".to_owned());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(
                "must end after host and port; a path, a query or a fragment cannot be served"
                    .to_owned(),
            );
        }
        Ok(Self(url.origin().ascii_serialization()))
    }
}

/// A lower-case domain name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain(String);

impl Domain {
    /// The name, without a dot at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Domain {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.to_ascii_lowercase();
        let is_label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        if name.len() <= 253 && name.split('.').all(is_label) && name.parse::<IpAddr>().is_err() {
            Ok(Self(name))
        } else {
            Err("is not a domain name such as partners.example.com".to_owned())
        }
    }
}

fn listen_address(text: &str) -> Result<SocketAddr, String> {
    let wrong_port = || "has no valid port: it must be a number from 0 to 65535".to_owned();
    let (host, port) = text
        .rsplit_once(':')
        .ok_or("must be address:port, such as 127.0.0.1:8080")?;
    let port: u16 = port.parse().map_err(|_| wrong_port())?;
    if host == "localhost" {
        return Ok(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
    }
    text.parse()
        .map_err(|_| format!("must be address:port, such as 127.0.0.1:{port} or [::1]:{port}"))
}

/// A network in CIDR form; a bare address is the network of it alone.
pub(super) fn network(text: &str) -> Result<IpNet, String> {
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("holds {text}, which is no network such as 10.0.0.0/8"))
}
