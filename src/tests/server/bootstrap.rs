//! The first owner without a browser: by environment or by file, and only while nobody is there.

use crate::harness::company::{OWNER, PASSWORD, owned};
use crate::harness::engine::Engine;
use crate::harness::process::{Home, Server};

fn enters(server: &Server<'_>, email: &str, password: &str) -> bool {
    let client = server.client();
    let reply = client.submit("/login", &[("email", email), ("password", password)]);
    assert!([303, 422].contains(&reply.status), "{}", reply.text());
    reply.status == 303
}

crate::on_both_engines! {
    fn the_environment_makes_the_first_owner_and_no_second(engine: Engine) {
        let home = owned(engine);
        let server = home.serve();
        assert!(enters(&server, OWNER, PASSWORD));
        assert!(!server.stderr.text().contains(PASSWORD));
        assert_eq!(server.terminate(), 0);

        let home = home
            .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", "another sentence, also long")
            .env("STEADING_LOG__LEVEL", "debug");
        let server = home.serve();
        assert!(enters(&server, OWNER, PASSWORD));
        assert!(!enters(&server, OWNER, "another sentence, also long"));
        assert_eq!(server.terminate(), 0);

        let home = home.env("STEADING_BOOTSTRAP__OWNER_EMAIL", "second@example.com");
        let server = home.serve();
        assert!(!enters(&server, "second@example.com", "another sentence, also long"));
    }
}

#[test]
fn files_serve_as_well() {
    let home = Home::new(Engine::Sqlite);
    let (email, password) = (home.path().join("email"), home.path().join("password"));
    std::fs::write(&email, format!("{OWNER}\n")).unwrap();
    std::fs::write(&password, format!("{PASSWORD}\n")).unwrap();
    let home = home
        .env(
            "STEADING_BOOTSTRAP__OWNER_EMAIL_FILE",
            email.to_str().unwrap(),
        )
        .env(
            "STEADING_BOOTSTRAP__OWNER_PASSWORD_FILE",
            password.to_str().unwrap(),
        );
    let server = home.serve();
    assert!(enters(&server, OWNER, PASSWORD));
    assert!(!server.stderr.text().contains("/setup?"));
}

#[test]
fn a_password_that_is_guessed_is_refused_before_anybody_is_made() {
    let home = Home::new(Engine::Sqlite)
        .env("STEADING_BOOTSTRAP__OWNER_EMAIL", OWNER)
        .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", "password123");
    let failed = home.run(&["serve"]).expect_code(78);
    assert!(
        failed.stderr.contains("bootstrap.owner_password"),
        "{}",
        failed.stderr
    );
    assert!(!failed.stderr.contains("password123"));
    let home = home
        .without_env("STEADING_BOOTSTRAP__OWNER_EMAIL")
        .without_env("STEADING_BOOTSTRAP__OWNER_PASSWORD");
    let server = home.serve();
    assert!(server.setup_path().contains("token="));
}
