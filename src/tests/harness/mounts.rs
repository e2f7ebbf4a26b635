//! Commands that see a small disk where a folder is, or are killed at a call they make to the system.

use std::path::Path;
use std::process::Command;

use super::process::{Done, Home};

/// Puts a small disk in the place of a folder with what is in it, runs what is given, and copies what is there then to `$KEPT`.
const SMALL_DISK: &str = r#"
set -e
mkdir -p "$DISK" "$KEPT" "$KEPT.before"
cp -a "$DISK"/. "$KEPT.before"/
mount -t tmpfs -o size="$SIZE",mode=0700 tmpfs "$DISK"
cp -a "$KEPT.before"/. "$DISK"/
code=0
"$@" || code=$?
cp -a "$DISK"/. "$KEPT"/
exit $code
"#;

/// A command with a mount table of its own, as root or as somebody who is root only there.
pub fn own_mounts() -> Command {
    let root = Done::of({
        let mut id = Command::new("id");
        id.arg("-u");
        id
    })
    .stdout
    .trim()
        == "0";
    let mut command = Command::new("unshare");
    command.args(if root { &["-m"][..] } else { &["-Urm"] });
    command
}

/// Has `command` run what this home would run with these arguments.
fn around(mut command: Command, home: &Home, arguments: &[&str]) -> Command {
    let inner = home.command(arguments);
    command
        .arg(inner.get_program())
        .args(arguments)
        .current_dir(home.path())
        .env_clear()
        .env("PATH", super::told("PATH").unwrap())
        .envs(
            inner
                .get_envs()
                .filter_map(|(name, value)| Some((name, value?))),
        );
    command
}

/// Runs a command of a home where `folder` is a disk of `bytes`. What is there at its end is in `kept`.
pub fn on_a_small_disk(
    home: &Home,
    folder: &Path,
    bytes: u64,
    kept: &Path,
    arguments: &[&str],
) -> Done {
    let mut command = own_mounts();
    command.args(["sh", "-c", SMALL_DISK, "small-disk"]);
    let mut command = around(command, home, arguments);
    command
        .env("DISK", folder)
        .env("SIZE", bytes.to_string())
        .env("KEPT", kept);
    Done::of(command)
}

/// A command of a home that is killed at the call `number` of those named, as strace names them.
pub fn killed_at(home: &Home, calls: &str, number: usize, arguments: &[&str]) -> Command {
    let mut command = Command::new("strace");
    command
        .args(["-f", "-o", "/dev/null", "-e"])
        .arg(format!("trace={calls}"))
        .arg("-e")
        .arg(format!("inject={calls}:signal=SIGKILL:when={number}"))
        .arg("--");
    around(command, home, arguments)
}
