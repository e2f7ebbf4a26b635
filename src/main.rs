//! The `steading` binary: hands its arguments to [`steading::cli::run`].

use std::io::Write;

/// Requests and rows are many small allocations that end on another thread than they began on: glibc's allocator spends a tenth of
/// a write on them, this one half of that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() {
    let code = steading::cli::run(std::env::args_os());
    // What does not get out here was for nobody: who reads no more cannot be told either.
    let _ = std::io::stdout().flush();
    // A thread may still be waiting for a server. The usual way out would take the libraries' state from under it, TLS first, and
    // the process would end by a fault instead of with its code.
    signal_hook::low_level::exit(i32::from(code.code()));
}
