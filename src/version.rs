//! What was built: version, commit, date, compiler. Filled in by `build.rs`, the same for the same source.

use std::io::Read;

use flate2::read::GzDecoder;

/// The version in `Cargo.toml`.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The commit, if the source came with its history.
pub const COMMIT: Option<&str> = option_env!("BUILD_COMMIT");

/// Seconds since 1970 of `SOURCE_DATE_EPOCH`, else of the commit.
pub const DATE_EPOCH: Option<&str> = option_env!("BUILD_DATE_EPOCH");

/// The compiler that built it.
pub const RUSTC: Option<&str> = option_env!("BUILD_RUSTC");

/// The machine it was built for.
pub const TARGET: Option<&str> = option_env!("BUILD_TARGET");

/// What is built in.
pub const FEATURES: &[&str] = &["sqlite", "postgres"];

/// `THIRD-PARTY-NOTICES`, packed by `build.rs`.
const NOTICES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/notices.gz"));

/// Whose work is inside, with the licence texts that must travel with it.
pub fn notices() -> String {
    let mut text = String::new();
    match GzDecoder::new(NOTICES).read_to_string(&mut text) {
        Ok(_) => text,
        // What the build packed can be unpacked; a test holds that it is the file.
        Err(error) => error.to_string(),
    }
}

/// The date of the source as RFC 3339, so that the same source says the same.
pub fn date() -> Option<String> {
    let seconds = DATE_EPOCH?.parse().ok()?;
    jiff::Timestamp::from_second(seconds)
        .ok()
        .map(|date| date.to_string())
}
