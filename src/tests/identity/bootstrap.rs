//! The first owner from the configuration: only while there is nobody, and never in the log.

use crate::harness::engine::Engine;
use crate::harness::process::Home;
use crate::on_both_engines;

use super::{OTHER, PASSWORD, is_in, login};

on_both_engines! {
    fn the_configuration_names_the_first_owner_and_no_later_one(engine: Engine) {
        let home = Home::new(engine)
            .env("STEADING_BOOTSTRAP__OWNER_EMAIL", "ada@example.com")
            .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", PASSWORD);
        let server = home.serve();
        let visitor = server.client();
        let _ = login(&visitor, "ada@example.com", PASSWORD).expect(303);
        assert!(is_in(&visitor));
        let _ = visitor.get("/setup").expect(410);
        let said = server.stderr.text();
        assert!(!said.contains(PASSWORD) && !said.contains("/setup?token="), "{said}");
        server.terminate();

        let home = home.env("STEADING_BOOTSTRAP__OWNER_PASSWORD", OTHER);
        let server = home.serve();
        let visitor = server.client();
        let _ = login(&visitor, "ada@example.com", OTHER).expect(422);
        let _ = login(&visitor, "ada@example.com", PASSWORD).expect(303);
    }
}

#[test]
fn a_password_from_a_file_works_and_a_weak_one_stops_the_start() {
    let home = Home::new(Engine::Sqlite);
    let file = home.path().join("password");
    std::fs::write(&file, format!("{PASSWORD}\n")).unwrap();
    let home = home
        .env("STEADING_BOOTSTRAP__OWNER_EMAIL", "ada@example.com")
        .env(
            "STEADING_BOOTSTRAP__OWNER_PASSWORD_FILE",
            file.to_str().unwrap(),
        );
    let server = home.serve();
    let _ = login(&server.client(), "ada@example.com", PASSWORD).expect(303);

    let weak = Home::new(Engine::Sqlite)
        .env("STEADING_BOOTSTRAP__OWNER_EMAIL", "ada@example.com")
        .env("STEADING_BOOTSTRAP__OWNER_PASSWORD", "hunter2");
    let done = weak.run(&["serve"]);
    assert_eq!(done.code, 78, "{}", done.stderr);
    assert!(
        done.stderr.contains("bootstrap.owner_password") && !done.stderr.contains("hunter2"),
        "{}",
        done.stderr
    );
}
