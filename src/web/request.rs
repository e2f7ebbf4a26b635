//! What a request is before anybody looks inside it: its id, where it comes from, which door it knocks at.

use std::net::IpAddr;

use actix_web::{HttpMessage, HttpRequest};
use ipnet::IpNet;

use crate::actor::Origin;

/// Longest request id taken from outside.
const ID_LIMIT: usize = 128;

/// The facts of one request, worked out once at the edge.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The id that logs, answers and the audit trail share.
    pub id: String,
    /// The client's address, after trusted proxies.
    pub address: Option<IpAddr>,
    /// Which kind of answer is expected.
    pub door: Door,
    /// Whether a proxy's header was seen but not believed.
    pub untrusted_proxy: bool,
    /// The company that the path or the host names, where many are served.
    pub tenant_slug: Option<String>,
}

/// Who is expected at a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// Programs with a key; errors are problem documents.
    Api,
    /// People with a browser; errors are pages.
    Page,
    /// Visitors, other sites' pages, other servers: no session, no form token.
    Open,
}

impl Door {
    /// By the path, with or without a tenant prefix.
    pub fn of(path: &str) -> Self {
        let path = below_tenant(path);
        if path == "/api/docs" {
            // Read by people, who sign in as everywhere else.
            Self::Page
        } else if path.starts_with("/api/") {
            Self::Api
        } else if path.starts_with("/r/") || path.starts_with("/hooks/") || path == "/steading.js" {
            Self::Open
        } else {
            Self::Page
        }
    }
}

/// The path without `/t/<slug>`.
pub fn below_tenant(path: &str) -> &str {
    match path.strip_prefix("/t/") {
        Some(rest) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
        None => path,
    }
}

impl Facts {
    /// Reads them from a request. `X-Forwarded-For` counts only from a trusted proxy, right-most untrusted address first.
    pub fn of(request: &HttpRequest, trusted: &[IpNet]) -> Self {
        let header = |name: &str| {
            request
                .headers()
                .get(name)
                .and_then(|value| value.to_str().ok())
        };
        let id = match header("x-request-id") {
            Some(given) if is_plain(given) => given.to_owned(),
            _ => new_id(),
        };
        let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
        let believed = peer.is_some_and(|ip| trusted.iter().any(|net| net.contains(&ip)));
        let forwarded = request.headers().contains_key("x-forwarded-for")
            || request.headers().contains_key("forwarded");
        let address = if believed {
            client_behind(request, trusted).or(peer)
        } else {
            peer
        };
        Self {
            id,
            address,
            door: Door::of(request.path()),
            untrusted_proxy: forwarded && !believed,
            tenant_slug: None,
        }
    }
}

/// The company a path names: `acme` of `/t/acme/admin`.
pub fn slug_in(path: &str) -> Option<&str> {
    path.strip_suffix(below_tenant(path))?
        .strip_prefix("/t/")
        .filter(|slug| !slug.is_empty())
}

/// The host a request is for, in small letters and without its port. A proxy's word counts only where the proxy does.
pub fn host(request: &HttpRequest, trusted: &[IpNet]) -> Option<String> {
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    let believed = peer.is_some_and(|ip| trusted.iter().any(|net| net.contains(&ip)));
    let header = |name: &str| request.headers().get(name)?.to_str().ok();
    let forwarded = believed
        .then(|| header("x-forwarded-host"))
        .flatten()
        .and_then(|hosts| hosts.split(',').next());
    let host = forwarded
        .or_else(|| header("host"))
        .or_else(|| request.uri().host())?
        .trim();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    (!name.is_empty()).then_some(name)
}

/// Where an owner closes a company, or is asked whether to keep it: the one write that a frozen company takes.
pub const CLOSE: &str = "/admin/settings/close";
/// Where a company that is being closed is kept: the one write it takes.
pub const KEEP: &str = "/admin/settings/keep";

/// First segments of the paths that belong to the instance and to no company, where many are served.
const OF_THE_INSTANCE: [&str; 18] = [
    "",
    "account",
    "companies",
    "domains",
    "favicon.ico",
    "forgot",
    "healthz",
    "invite",
    "login",
    "logout",
    "metrics",
    "operator",
    "readyz",
    "reset",
    "setup",
    "signup",
    "static",
    "theme",
];

/// Whether a path belongs to the instance and to no company. A test holds it against the list of routes.
pub fn is_of_the_instance(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next();
    first.is_some_and(|first| OF_THE_INSTANCE.contains(&first))
        || path.starts_with("/api/v1/operator/")
}

/// Whether a path is a page of the operators' console.
pub fn is_console(path: &str) -> bool {
    path == "/operator" || path.starts_with("/operator/")
}

fn client_behind(request: &HttpRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let hops: Vec<&str> = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|value| value.to_str().ok())
        .flat_map(|line| line.split(','))
        .collect();
    hops.iter()
        .rev()
        .map_while(|hop| {
            hop.trim()
                .parse::<IpAddr>()
                .ok()
                .map(|ip| ip.to_canonical())
        })
        .find(|ip| !trusted.iter().any(|net| net.contains(ip)))
}

fn is_plain(id: &str) -> bool {
    !id.is_empty()
        && id.len() <= ID_LIMIT
        && id
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"-_.:/+=".contains(&b))
}

fn new_id() -> String {
    let Some(random) = crate::id::random::<12>() else {
        return "unnumbered".to_owned();
    };
    let digits = random.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

/// The facts that the edge left with the request; worked out without proxies where it did not run.
pub fn facts(request: &HttpRequest) -> Facts {
    if let Some(facts) = request.extensions().get::<Facts>() {
        return facts.clone();
    }
    Facts::of(request, &[])
}

/// Where a request comes from, for the audit trail.
pub fn origin(request: &HttpRequest) -> Origin {
    let facts = facts(request);
    let agent = request
        .headers()
        .get("user-agent")
        .and_then(|value| value.to_str().ok());
    Origin {
        address: facts.address.map(|ip| ip.to_string()),
        user_agent: agent.map(|text| text.chars().take(300).collect()),
        request_id: Some(facts.id),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn address(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let nets: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        let mut request = TestRequest::get().peer_addr(format!("{peer}:1").parse().unwrap());
        if !forwarded.is_empty() {
            request = request.insert_header(("x-forwarded-for", forwarded));
        }
        Facts::of(&request.to_http_request(), &nets)
            .address
            .unwrap()
            .to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(address("203.0.113.9", "198.51.100.1", &[]), "203.0.113.9");
        assert_eq!(
            address("10.0.0.1", "198.51.100.1", &["10.0.0.0/8"]),
            "198.51.100.1"
        );
        assert_eq!(
            address(
                "10.0.0.1",
                "6.6.6.6, 198.51.100.1, 10.0.0.2",
                &["10.0.0.0/8"]
            ),
            "198.51.100.1"
        );
        assert_eq!(address("10.0.0.1", "garbage", &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn doors_follow_the_path() {
        for (path, door) in [
            ("/api/v1/me", Door::Api),
            ("/t/acme/api/v1/me", Door::Api),
            ("/api/v1/openapi.json", Door::Api),
            ("/api/docs", Door::Page),
            ("/t/acme/api/docs", Door::Page),
            ("/t/acme/r/abc", Door::Open),
            ("/r/abc", Door::Open),
            ("/steading.js", Door::Open),
            ("/admin", Door::Page),
            ("/apiary", Door::Page),
        ] {
            assert_eq!(Door::of(path), door, "{path}");
        }
    }
}
