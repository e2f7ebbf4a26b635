//! The `steading` binary: hands its arguments to [`steading::cli::run`].

use std::process::ExitCode;

/// Requests and rows are many small allocations that end on another thread than they began on: glibc's allocator spends a tenth of
/// a write on them, this one half of that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    steading::cli::run(std::env::args_os())
}
