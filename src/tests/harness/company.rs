//! An instance that somebody owns: its first owner from the environment, keys from the command line, sign-in by the form.

use super::engine::Engine;
use super::http::Client;
use super::process::{Home, Server};

/// The first owner's address.
pub const OWNER: &str = "owner@example.com";
/// And their password.
pub const PASSWORD: &str = "a sentence that is long enough";

/// A home whose first start makes the owner.
pub fn owned(engine: Engine) -> Home {
    Home::new(engine)
        .env("STEADING_BOOTSTRAP__OWNER_EMAIL", OWNER)
        .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", PASSWORD)
}

/// Makes somebody an owner from the command line.
#[track_caller]
pub fn make_owner(home: &Home, email: &str) {
    let words = [
        "user",
        "create",
        email,
        "--role",
        "owner",
        "--password-stdin",
    ];
    let made = home.run_with_input(&words, &format!("{PASSWORD}\n"));
    let _ = made.expect_code(0);
}

/// A new API key with these rights (separated by commas), made beside the running server.
#[track_caller]
pub fn api_key(home: &Home, name: &str, scopes: &str) -> String {
    let made = home
        .run(&[
            "key", "create", "--name", name, "--scopes", scopes, "--json",
        ])
        .expect_code(0)
        .json();
    made["key"].as_str().unwrap().to_owned()
}

/// The owner at their browser, signed in.
#[track_caller]
pub fn owner(server: &Server<'_>) -> Client {
    let client = server.client();
    let entered = client.submit("/login", &[("email", OWNER), ("password", PASSWORD)]);
    assert_eq!(entered.location(), "/admin", "{}", entered.text());
    client
}
