//! Making an instance one's own: a link that works once, for thirty minutes, and can be had again from the shell.

use crate::harness::company::owned;
use crate::harness::engine::Engine;
use crate::harness::http::attribute;
use crate::harness::process::{Home, Server};
use crate::harness::rows::Behind;

const PASSWORD: &str = "my first sentence here";

fn claim(token: &str) -> [(&str, &str); 5] {
    [
        ("token", token),
        ("company", "Slow Kettle"),
        ("email", "ana@example.com"),
        ("password", PASSWORD),
        ("currency", "EUR"),
    ]
}

fn token(path: &str) -> &str {
    path.split("token=").nth(1).unwrap()
}

/// The path of a new link, printed beside the running server.
fn another_link(home: &Home) -> String {
    let printed = home.run(&["setup-url"]).expect_code(0);
    let url = printed.stdout.trim();
    url.strip_prefix(&home.url(""))
        .unwrap_or_else(|| panic!("{url}"))
        .to_owned()
}

fn is_owned(server: &Server<'_>) -> bool {
    server.client().get("/login").status == 200
}

crate::on_both_engines! {
    fn the_link_makes_an_owner_once(engine: Engine) {
        let home = Home::new(engine);
        let server = home.serve();
        let path = server.setup_path();

        let stranger = server.client();
        stranger.get("/setup").expect(403);
        stranger.get("/setup?token=").expect(403);
        stranger.get(&format!("/setup?token={}", "A".repeat(43))).expect(403);
        for page in ["/", "/admin", "/login"] {
            let reply = stranger.get(page);
            assert!(reply.location().starts_with("/setup"), "{page}: {}", reply.location());
        }

        let client = server.client();
        let page = client.get(&path).expect(200);
        let html = page.text();
        let fields = html
            .split('<')
            .filter(|tag| tag.starts_with("input") || tag.starts_with("select") || tag.starts_with("textarea"))
            .filter(|tag| attribute(tag, "type").as_deref() != Some("hidden"))
            .count();
        assert!((2..=4).contains(&fields), "{fields} fields:\n{html}");

        let mut before = Behind::of(&home);
        let rows = before.rows();
        let mut weak = claim(token(&path));
        weak[3].1 = "password";
        let again = client.submit_to(&path, "/setup", &weak).expect(422);
        assert!(again.text().contains("ana@example.com"), "what was typed is kept");
        assert!(!again.text().contains("value=\"password\""));
        assert_eq!(rows, before.rows());

        let made = client.submit_to(&path, "/setup", &claim(token(&path)));
        assert_eq!(made.location(), "/admin");
        assert_ne!(client.get("/admin").status, 303, "not signed in");

        assert_eq!(client.get(&path).status, 410);
        assert_eq!(server.client().get(&path).status, 410);
        assert_eq!(server.client().get("/setup").status, 410);
        let printed = home.run(&["setup-url"]).expect_code(1);
        assert!(printed.stdout.is_empty() && printed.stderr.contains("owner"), "{printed:?}");

        let later = server.client();
        let entered = later.submit("/login", &[("email", "ana@example.com"), ("password", PASSWORD)]);
        assert_eq!(entered.location(), "/admin");
        assert_eq!(server.terminate(), 0);

        let server = home.serve();
        assert!(!server.stderr.text().contains("/setup?"), "{}", server.stderr.text());
        assert!(is_owned(&server));
    }

    fn a_new_link_ends_the_old_one(engine: Engine) {
        let home = Home::new(engine);
        let server = home.serve();
        let first = server.setup_path();
        let second = another_link(&home);
        assert_ne!(first, second);
        server.client().get(&first).expect(403);
        server.client().get(&second).expect(200);
        let third = home.run(&["setup-url", "--json"]).expect_code(0).json();
        assert!(third["url"].as_str().unwrap().contains("/setup?token="));
        server.client().get(&second).expect(403);
    }

    fn a_link_ends_after_thirty_minutes(engine: Engine) {
        let home = Home::new(engine);
        let server = home.serve();
        let path = server.setup_path();
        let client = server.client();
        let page = client.get(&path).expect(200);
        assert!(page.text().contains("30"), "{}", page.text());
        let past = "2020-01-01T00:00:00.000000Z";
        let mut behind = Behind::of(&home);
        behind.execute("control", &format!("UPDATE one_times SET created_at = '{past}', expires_at = '{past}'"));
        let too_late = server.client().get(&path).expect(403);
        assert!(too_late.text().contains("setup-url"), "{}", too_late.text());
        assert!(!is_owned(&server));
    }

    fn of_many_at_once_one_becomes_the_owner(engine: Engine) {
        let home = Home::new(engine);
        let server = home.serve();
        let path = server.setup_path();
        let made: Vec<u16> = std::thread::scope(|threads| {
            let all: Vec<_> = (0..8)
                .map(|_| {
                    let (client, path) = (server.client(), &path);
                    threads.spawn(move || {
                        client
                            .try_get(path)
                            .filter(|page| page.status == 200)
                            .map(|_| client.submit_to(path, "/setup", &claim(token(path))).status)
                    })
                })
                .collect();
            all.into_iter().filter_map(|one| one.join().unwrap()).collect()
        });
        let owners = made.iter().filter(|status| **status == 303).count();
        assert_eq!(owners, 1, "{made:?}");
        assert!(made.iter().all(|status| [303, 403, 410, 422, 429, 503].contains(status)), "{made:?}");
    }
}

#[test]
fn an_owned_instance_needs_no_link() {
    let home = owned(Engine::Sqlite);
    let server = home.serve();
    assert!(is_owned(&server));
    assert!(!server.stderr.text().contains("/setup?"));
    server.client().get("/setup").expect(410);
}
