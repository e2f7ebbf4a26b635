//! Servers the tests need beside them (PostgreSQL, chromedriver): they end when the test process ends, however it ends.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};

use super::lines::Lines;

/// Waits on a pipe that only the test process holds open. A normal exit, a panic and SIGKILL all close it; then the
/// guarded command gets its signal, what is left of its own process group is ended, and its folder goes.
const SCRIPT: &str = r#"
signal=$1 folder=$2; shift 2
exec 3<&0
setsid "$@" </dev/null 3<&- & guarded=$!
read -r _ <&3
kill -s "$signal" "$guarded" 2>/dev/null
wait "$guarded" 2>/dev/null
kill -s KILL -- "-$guarded" 2>/dev/null
rm -rf -- "$folder"
"#;

/// A guarded command; it runs until this process is gone.
pub struct Guardian {
    /// What the command says on stdout and stderr together.
    pub output: Lines,
    _shell: Child,
    _pipe: ChildStdin,
}

impl Guardian {
    /// Starts `command`, to be ended with `signal`; `folder` is removed afterwards.
    pub fn start(command: &Command, signal: &str, folder: &Path) -> Self {
        let (reader, writer) = std::io::pipe().unwrap();
        let mut shell = Command::new("sh");
        shell
            .args(["-c", SCRIPT, "guardian", signal])
            .arg(folder)
            .arg(command.get_program())
            .args(command.get_args())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(writer.try_clone().unwrap())
            .stderr(writer);
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        let mut shell_process = shell.spawn().unwrap();
        drop(shell);
        let pipe = shell_process.stdin.take().unwrap();
        Self {
            output: Lines::follow(reader),
            _shell: shell_process,
            _pipe: pipe,
        }
    }
}
