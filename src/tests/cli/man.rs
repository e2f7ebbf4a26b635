//! `steading man`.

use std::process::Command;

use crate::harness::engine::Engine;
use crate::harness::process::{Done, Home};

#[test]
fn the_page_has_its_sections() {
    let page = Home::new(Engine::Sqlite)
        .run(&["man"])
        .expect_code(0)
        .stdout;
    for section in [
        "NAME",
        "SYNOPSIS",
        "OPTIONS",
        "COMMANDS",
        "ENVIRONMENT",
        "FILES",
        "\"EXIT STATUS\"",
    ] {
        assert!(
            page.contains(&format!(".SH {section}\n")),
            "{section} is missing in\n{page}"
        );
    }
    assert!(page.contains("steading config check"), "{page}");
}

#[test]
fn mandoc_finds_nothing_to_say() {
    let page = Home::new(Engine::Sqlite)
        .run(&["man"])
        .expect_code(0)
        .stdout;
    // The formatter is no part of the tools the tests need; where it is there, it must be content.
    if Command::new("mandoc").arg("-V").output().is_err() {
        return;
    }
    let mut mandoc = Command::new("mandoc");
    mandoc.args(["-T", "lint"]);
    let done = Done::of_with_input(mandoc, &page);
    assert_eq!(done.stdout, "");
}
