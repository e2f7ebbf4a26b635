//! What a backup says of itself, and the list of those there are.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::id::TenantId;
use crate::transfer::trouble::Trouble;
use crate::version::VERSION;
use crate::{Error, Result};

/// The form of a backup's folder.
const FORMAT: u32 = 1;
/// The file that makes a folder a backup; written last.
pub(super) const MANIFEST: &str = "manifest.json";

/// One file of a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedFile {
    /// Its name below the backup's folder.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its hash.
    pub sha256: String,
    /// Rows of each table.
    pub rows: Vec<(String, u64)>,
    /// The steps it has.
    pub steps: Vec<String>,
}

/// What a backup says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The form.
    pub format: u32,
    /// The version that wrote it.
    pub version: String,
    /// When it was begun.
    pub made_at: Timestamp,
    /// `sqlite` or `postgres`: where the rows came from.
    pub engine: String,
    /// The one company it is of; all of them where there is none.
    pub tenant: Option<String>,
    /// Its files.
    pub files: Vec<BackedFile>,
    /// The companies whose store could not be read, so that they are not in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<Missing>,
}

/// A company that is not in a backup of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Which one.
    pub tenant: TenantId,
    /// Its slug when the backup was made.
    pub slug: String,
    /// Why.
    pub why: String,
}

impl Manifest {
    /// Of everything, by this version.
    pub(super) fn of(
        made_at: Timestamp,
        engine: &str,
        files: Vec<BackedFile>,
        missing: Vec<Missing>,
    ) -> Self {
        Self {
            format: FORMAT,
            version: VERSION.to_owned(),
            made_at,
            engine: engine.to_owned(),
            tenant: None,
            files,
            missing,
        }
    }

    /// Which companies are not in it and why, in one sentence; nothing where all are.
    pub fn without(&self) -> Option<String> {
        let one = |one: &Missing| format!("{} ({})", one.slug, one.why.trim_end_matches('.'));
        let all: Vec<String> = self.missing.iter().map(one).collect();
        (!all.is_empty()).then(|| format!("Not in it: {}.", all.join("; ")))
    }
}

/// A backup.
#[derive(Debug, Clone, Serialize)]
pub struct Backup {
    /// Its name: that of its folder.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Bytes of its files.
    pub bytes: u64,
    /// What it says of itself.
    #[serde(flatten)]
    pub manifest: Manifest,
}

impl Backup {
    /// Whether it is what was there before a restore, kept so that one can go back.
    pub(super) fn is_safety_copy(&self) -> bool {
        self.name.starts_with("before-restore")
    }

    /// Whether it holds a company's store.
    pub(super) fn holds(&self, tenant: TenantId) -> bool {
        let name = format!("tenants/{tenant}.db");
        self.manifest.files.iter().any(|file| file.path == name)
    }

    /// Reads the manifest of a folder.
    pub(super) fn read(folder: &Path) -> Result<Self, Trouble> {
        let path = folder.join(MANIFEST);
        let unfit = |why: String| Trouble::Unfit(format!("{}: {why}.", path.display()));
        let text = fs::read_to_string(&path).map_err(|e| unfit(e.to_string()))?;
        let manifest: Manifest = serde_json::from_str(&text).map_err(|e| unfit(e.to_string()))?;
        if manifest.format > FORMAT {
            return Err(unfit(
                "it was written by a newer version; update this Steading first".to_owned(),
            ));
        }
        // A name that leads out of the folder is nobody's file.
        if manifest.files.iter().any(|file| !is_plain(&file.path)) {
            return Err(unfit("it names a file outside its folder".to_owned()));
        }
        Ok(Self {
            name: folder
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            folder: folder.to_owned(),
            bytes: manifest.files.iter().map(|file| file.bytes).sum(),
            manifest,
        })
    }
}

fn is_plain(path: &str) -> bool {
    Path::new(path)
        .components()
        .all(|part| matches!(part, std::path::Component::Normal(_)))
}

/// The backups of a folder, the newest first. One without a readable manifest is none.
///
/// # Errors
/// Where the folder cannot be read.
pub fn list(target: &Path) -> Result<Vec<Backup>, Trouble> {
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::Internal(Box::new(error)).into()),
    };
    let mut found: Vec<Backup> = entries
        .flatten()
        .filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'))
        .filter(|entry| entry.path().join(MANIFEST).is_file())
        .filter_map(|entry| Backup::read(&entry.path()).ok())
        .collect();
    found.sort_by(|a, b| (b.manifest.made_at, &b.name).cmp(&(a.manifest.made_at, &a.name)));
    Ok(found)
}

/// Hash and size of a file.
pub(super) fn hashed(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = fs::File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 16];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer)?;
        let Some(part) = buffer.get(..read).filter(|part| !part.is_empty()) else {
            break;
        };
        hash.update(part);
        bytes += read as u64;
    }
    let digits = hash.finalize();
    Ok((crate::db::carry::hex(&digits), bytes))
}
