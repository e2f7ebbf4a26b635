//! The README's blocks, run as they are printed.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// The commands inside the README's shell blocks, in order.
fn commands() -> Vec<String> {
    let readme =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap();
    let blocks = readme
        .split("```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("\n```").next());
    blocks.flat_map(str::lines).map(ToOwned::to_owned).collect()
}

#[test]
fn there_are_two_commands_and_the_build_machine_runs_the_second() {
    let commands = commands();
    assert_eq!(commands.len(), 2, "{commands:?}");
    let ci = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci/run")).unwrap();
    let work: Vec<&str> = ci
        .lines()
        .filter(|line| !line.starts_with('#') && !line.starts_with("set "))
        .collect();
    assert_eq!(
        work,
        [
            r#"cd "$(dirname "$0")/..""#,
            &format!("exec {}", commands[1])
        ]
    );
}

#[test]
fn the_first_command_serves_and_shows_how_to_own_the_instance() {
    let commands = commands();
    // Cargo builds the program, then runs it with what follows; here it is built already, as the debug build.
    let arguments = commands[0]
        .strip_prefix("cargo run --release -- ")
        .expect("the program's arguments");
    let home = Home::new(Engine::Sqlite).without_env("STEADING_DATA_DIR");
    let server = home.start_command(home.command(arguments.split(' ')));
    let setup = server.setup_path();
    server.wait_until_ready();
    assert_eq!(server.client().get(&setup).status, 200);
    let data = home.path().join("data");
    assert_eq!(
        fs::metadata(&data).unwrap().permissions().mode() & 0o777,
        0o700
    );
    assert_eq!(
        fs::metadata(data.join("keys"))
            .unwrap()
            .permissions()
            .mode()
            & 0o777,
        0o600
    );
    assert_eq!(server.terminate(), 0);
}
