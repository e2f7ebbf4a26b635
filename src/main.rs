//! The `steading` binary: hands its arguments to [`steading::cli::run`].

use std::process::ExitCode;

fn main() -> ExitCode {
    steading::cli::run(std::env::args_os())
}
