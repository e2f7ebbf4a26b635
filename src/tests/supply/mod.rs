//! What comes into the program from others: under which licences, from where, and that each is named in the notices.

mod licence;
mod notices;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;

use serde::Deserialize;

/// What `cargo metadata` says, as far as we ask.
#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    resolve: Resolve,
}

#[derive(Deserialize)]
struct Package {
    id: String,
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    repository: Option<String>,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    rename: Option<String>,
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Resolve {
    root: String,
    nodes: Vec<Node>,
}

#[derive(Deserialize)]
struct Node {
    id: String,
    deps: Vec<Edge>,
}

#[derive(Deserialize)]
struct Edge {
    pkg: String,
    dep_kinds: Vec<EdgeKind>,
}

#[derive(Deserialize)]
struct EdgeKind {
    kind: Option<String>,
}

impl Metadata {
    /// The packages this build resolves to, by id; asked of cargo without a network, for one fixed platform, so that the
    /// answer is the same everywhere.
    fn read() -> Self {
        let output = Command::new(env!("CARGO"))
            .args(["metadata", "--offline", "--locked", "--format-version=1"])
            .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        serde_json::from_slice(&output.stdout).unwrap()
    }

    fn package(&self, id: &str) -> &Package {
        self.packages
            .iter()
            .find(|package| package.id == id)
            .unwrap()
    }

    /// Everything others made that takes part: all of it, or only what ends up inside the binary.
    fn foreign(&self, linked_only: bool) -> Vec<&Package> {
        let nodes: BTreeMap<&str, &Node> = self
            .resolve
            .nodes
            .iter()
            .map(|node| (node.id.as_str(), node))
            .collect();
        let mut reached = BTreeSet::new();
        let mut waiting = vec![self.resolve.root.as_str()];
        while let Some(id) = waiting.pop() {
            for edge in &nodes[id].deps {
                let linked = edge.dep_kinds.iter().any(|kind| kind.kind.is_none());
                if (linked || !linked_only) && reached.insert(edge.pkg.as_str()) {
                    waiting.push(&edge.pkg);
                }
            }
        }
        let mut packages: Vec<&Package> = reached.into_iter().map(|id| self.package(id)).collect();
        packages.sort_by_key(|package| (&package.name, &package.version));
        packages
    }
}

#[derive(Deserialize)]
struct Deny {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: BTreeSet<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
    #[serde(default)]
    wrappers: BTreeSet<String>,
}

#[test]
fn dependencies_keep_to_deny_toml() {
    let text = include_str!("../../../deny.toml");
    let deny: Deny = config::Config::builder()
        .add_source(config::File::from_str(text, config::FileFormat::Toml))
        .build()
        .unwrap()
        .try_deserialize()
        .unwrap();
    let metadata = Metadata::read();
    let mut broken = Vec::new();
    for package in metadata.foreign(false) {
        let name = &package.name;
        if package.source.as_deref()
            != Some("registry+https://github.com/rust-lang/crates.io-index")
        {
            broken.push(format!("{name} does not come from crates.io"));
        }
        let exception = deny
            .licenses
            .exceptions
            .iter()
            .find(|exception| exception.name == *name);
        let allowed = |licence: &str| {
            deny.licenses.allow.contains(licence)
                || exception.is_some_and(|exception| exception.allow.contains(licence))
        };
        let expression = package.license.as_deref().unwrap_or("(none)");
        if !licence::satisfied(expression, allowed) {
            broken.push(format!("{name} is under {expression}"));
        }
        let Some(ban) = deny.bans.deny.iter().find(|ban| ban.name == *name) else {
            continue;
        };
        for node in &metadata.resolve.nodes {
            let user = &metadata.package(&node.id).name;
            if node.deps.iter().any(|edge| edge.pkg == package.id) && !ban.wrappers.contains(user) {
                broken.push(format!("{name} is banned and {user} uses it"));
            }
        }
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// Named in Cargo.toml for what they switch on in others, not for a name of their own.
const FOR_THEIR_FEATURES: [&str; 3] = ["libsqlite3-sys", "openssl-sys", "pq-sys"];

#[test]
fn every_dependency_is_used() {
    let metadata = Metadata::read();
    let root = metadata.package(&metadata.resolve.root);
    let mut text = String::new();
    let mut folders = vec![PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                text.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let unused: Vec<&str> = root
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind.as_deref() != Some("build"))
        .map(|dependency| dependency.rename.as_deref().unwrap_or(&dependency.name))
        .filter(|name| !FOR_THEIR_FEATURES.contains(name))
        .filter(|name| !text.contains(&format!("{}::", name.replace('-', "_"))))
        .collect();
    assert_eq!(unused, [""; 0], "in Cargo.toml, but no file names them");
}
