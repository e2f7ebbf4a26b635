//! Methods: HEAD is GET without a body, what a path does not take is 405 and says what it does.

use std::collections::BTreeMap;

use steading::routes;

use super::shop::{furnished, problem};
use crate::harness::engine::Engine;

#[test]
fn a_path_says_which_methods_it_takes() {
    furnished(Engine::Sqlite, |shop| {
        let mut methods: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for route in routes::all() {
            let of = methods.entry(route.path).or_default();
            of.push(route.method.to_string());
            if route.method == "GET" {
                of.push("HEAD".to_owned());
            }
        }
        let rows = shop.rows();
        let strange = [
            "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ];
        for (path, takes) in methods.iter().filter(|(path, _)| !path.contains('{')) {
            for method in strange
                .iter()
                .filter(|method| !takes.iter().any(|known| known == *method))
            {
                let own = shop.server.url("");
                let reply = shop.client.send(method, path, &[("origin", &own)], &[]);
                let what = format!("{method} {path}: {}", reply.text());
                assert_eq!(reply.status, 405, "{what}");
                let allow: Vec<&str> = reply.header("allow").split(", ").collect();
                for known in takes {
                    assert!(allow.contains(&known.as_str()), "{what}: {allow:?}");
                }
                if path.starts_with("/api/v1/") && *method != "HEAD" {
                    assert_eq!(problem(&reply, &what)["code"], "method_not_allowed");
                }
            }
        }
        assert_eq!(rows, shop.rows());
    });
}

#[test]
fn head_is_get_without_a_body() {
    furnished(Engine::Sqlite, |shop| {
        for path in [
            "/api/v1/me",
            "/api/v1/partners",
            &format!("/api/v1{}", shop.path("/partners/{id}")),
            "/api/v1/partners/prt_01h455vb4pex5vsknk084sn02q",
            "/api/v1/openapi.json",
            "/healthz",
            "/readyz",
            "/login",
            "/steading.js",
        ] {
            let (got, head) = (
                shop.client.get(path),
                shop.client.send("HEAD", path, &[], &[]),
            );
            assert_eq!((head.status, head.body.len()), (got.status, 0), "{path}");
            for name in ["content-type", "etag", "content-length"] {
                assert_eq!(head.header(name), got.header(name), "{path}: {name}");
            }
        }
        let rows = shop.rows();
        let head = shop
            .server
            .client()
            .send("HEAD", "/r/autumn-offer", &[], &[]);
        assert_eq!(head.status, 302);
        assert!(!head.header("location").contains("st_ref"));
        assert_eq!(rows, shop.rows(), "a HEAD was counted as a click");
    });
}
