//! A company that asks too fast is turned away for a moment; the instance's own pages are not, and where there is no limit nothing
//! is said of one.

use crate::harness::company::{api_key, owned};
use crate::harness::engine::Engine;

#[test]
fn more_than_its_rate_is_answered_429() {
    let home = owned(Engine::Sqlite).env("STEADING_LIMITS__REQUESTS_PER_SECOND", "1");
    let server = home.serve();
    let client = server.client().with_key(&api_key(&home, "fast", "*"));
    let first = client.get("/api/v1/me").expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"company\";q=2;w=2");
    assert!(
        first.header("ratelimit").starts_with("\"company\";r="),
        "{}",
        first.header("ratelimit")
    );
    let turned_away = (0..50)
        .map(|_| client.get("/api/v1/me"))
        .find(|reply| reply.status == 429)
        .expect("one of fifty in a row is too many at one a second");
    assert_eq!(
        turned_away.header("content-type"),
        "application/problem+json"
    );
    assert!(turned_away.header("retry-after").parse::<u64>().unwrap() >= 1);
    assert_eq!(turned_away.json()["code"], "too_many_requests");
    for path in ["/healthz", "/login"] {
        assert_eq!(server.client().get(path).status, 200, "{path}");
    }
}

#[test]
fn without_a_limit_nothing_is_said_of_one() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    let client = server.client().with_key(&api_key(&home, "any", "*"));
    let reply = client.get("/api/v1/me").expect(200);
    assert!(!reply.headers.contains_key("ratelimit"));
}
