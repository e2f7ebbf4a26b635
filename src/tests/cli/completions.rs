//! `steading completions SHELL`.

use std::process::Command;

use crate::harness::engine::Engine;
use crate::harness::process::{Done, Home};

#[test]
fn every_shell_gets_a_script() {
    let home = Home::new(Engine::Sqlite);
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = home.run(&["completions", shell]).expect_code(0).stdout;
        assert!(script.contains("steading"), "{shell}");
    }
}

#[test]
fn bash_can_read_it() {
    let script = Home::new(Engine::Sqlite)
        .run(&["completions", "bash"])
        .expect_code(0)
        .stdout;
    let mut bash = Command::new("bash");
    bash.arg("-n");
    let _ = Done::of_with_input(bash, &script).expect_code(0);
}
