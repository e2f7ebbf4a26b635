//! Many companies: their rules, how one comes, changes and goes, and which of them an address reaches.

mod closing;
mod domains;
mod doors;
mod failures;
mod health;
mod life;
mod migrate;
mod modes;
mod opening;
mod rules;
mod trail;
mod upgrades;

use crate::harness::engine::Engine;
use crate::harness::process::Home;

/// A password that is taken.
const PASSWORD: &str = "seven green kettles sing";

/// A home that serves many companies.
fn multi(engine: Engine) -> Home {
    Home::new(engine).env("STEADING_TENANCY", "multi")
}

/// Opens a company that nobody owns.
#[track_caller]
fn create(home: &Home, slug: &str) {
    let _ = home.run(&["tenant", "create", slug]).expect_code(0);
}

/// Every file of a folder with its bytes.
fn bytes(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let content = std::fs::read(&path).unwrap_or_default();
                found.push((path, content));
            }
        }
    }
    found.sort();
    found
}
