//! Where root keys come from: systemd's credentials, the key file, the configured ring. Exactly one
//! may give keys. A new file is made only where nothing is sealed yet.

use std::{
    fs::{File, Metadata, OpenOptions},
    io::{self, Read, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use super::{error::CryptoError, ring::KeyRing, secret::PlainSecret};

const CREDENTIAL_NAME: &str = "root.key";
const RING_ORIGIN: &str = "keys.ring";
const FIRST_LABEL: &str = "root-1";
const MAX_FILE_BYTES: usize = 64 * 1024;
const FILE_HEADER: &str = "# Root keys of this instance, one `label:base64` a line; the first seals, the others only open.\n\
    # Keep a copy elsewhere: without it no credential, payee detail or token here can be read again.\n";

/// The sources as configured.
#[derive(Debug)]
pub struct KeySources {
    /// systemd's `$CREDENTIALS_DIRECTORY`; keys come from `root.key` in it, where that exists.
    pub credentials_directory: Option<PathBuf>,
    /// `keys.file`, by default `<data_dir>/keys`; a file that does not exist gives no keys.
    pub file: PathBuf,
    /// `keys.ring`.
    pub ring: Option<PlainSecret>,
}

/// Whose file it is decides how strictly its owner and mode are judged.
#[derive(Clone, Copy)]
enum Keeper {
    /// systemd: owned by us, or by root with an access list that shows as a group right.
    Systemd,
    /// The operator: ours alone.
    Operator,
}

impl KeySources {
    /// The one ring that is given; `None` where no source gives keys.
    pub fn load(&self) -> Result<Option<KeyRing>, CryptoError> {
        let mut found: Option<KeyRing> = None;
        let mut give = |ring: KeyRing| match &found {
            Some(first) => Err(CryptoError::AmbiguousSources {
                first: first.origin().to_owned(),
                second: ring.origin().to_owned(),
            }),
            None => {
                found = Some(ring);
                Ok(())
            }
        };
        if let Some(path) = self.credential()
            && let Some(text) = read_key_file(&path, Keeper::Systemd)?
        {
            give(KeyRing::parse_lines(&origin(&path), &text)?)?;
        }
        if let Some(text) = read_key_file(&self.file, Keeper::Operator)? {
            give(KeyRing::parse_lines(&origin(&self.file), &text)?)?;
        }
        if let Some(ring) = &self.ring {
            let text = ring.expose_str().ok_or(CryptoError::EmptyRing {
                origin: RING_ORIGIN.to_owned(),
            })?;
            give(KeyRing::parse(RING_ORIGIN, text)?)?;
        }
        Ok(found)
    }

    /// The ring that is given, or a fresh one in the key file. Where `sealed_data_exists`, a missing
    /// ring is an error: a new key could not open what is there, and would hide that the old is lost.
    pub fn load_or_generate(&self, sealed_data_exists: bool) -> Result<KeyRing, CryptoError> {
        match self.load()? {
            Some(ring) => Ok(ring),
            None if sealed_data_exists => Err(CryptoError::NoKeys {
                tried: self.tried(),
            }),
            None => generate_key_file(&self.file),
        }
    }

    fn credential(&self) -> Option<PathBuf> {
        self.credentials_directory
            .as_ref()
            .map(|directory| directory.join(CREDENTIAL_NAME))
    }

    fn tried(&self) -> String {
        let files = self.credential().into_iter().chain([self.file.clone()]);
        files
            .map(|path| origin(&path))
            .chain([RING_ORIGIN.to_owned()])
            .collect::<Vec<_>>()
            .join(", ")
    }
}

fn origin(path: &Path) -> String {
    path.display().to_string()
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> CryptoError {
    move |source| CryptoError::KeyFileIo {
        path: path.to_owned(),
        source,
    }
}

/// Reads a key file that only its owner can read; `None` if there is none.
fn read_key_file(path: &Path, keeper: Keeper) -> Result<Option<Zeroizing<String>>, CryptoError> {
    // Without O_NONBLOCK a pipe put in the file's place would hang the start.
    let nonblocking = rustix::fs::OFlags::NONBLOCK.bits().cast_signed();
    let file = match OpenOptions::new()
        .read(true)
        .custom_flags(nonblocking)
        .open(path)
    {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(io_error(path)(error)),
    };
    // Judged on the open handle, so that nothing can be put in its place in between.
    let metadata = file.metadata().map_err(io_error(path))?;
    if let Some(reason) = unsafe_reason(&metadata, keeper) {
        return Err(CryptoError::UnsafeKeyFile {
            path: path.to_owned(),
            reason,
        });
    }
    let mut bytes = Zeroizing::new(vec![0; MAX_FILE_BYTES]);
    let mut length = 0;
    let mut file = file;
    while let Some(free) = bytes.get_mut(length..).filter(|free| !free.is_empty()) {
        match file.read(free).map_err(io_error(path))? {
            0 => break,
            read => length += read,
        }
    }
    let unreadable = |reason: &str| CryptoError::UnsafeKeyFile {
        path: path.to_owned(),
        reason: reason.to_owned(),
    };
    let text = bytes
        .get(..length)
        .filter(|text| text.len() < MAX_FILE_BYTES);
    let text = text.ok_or_else(|| unreadable("is far too large to hold keys"))?;
    let text = std::str::from_utf8(text).map_err(|_| unreadable("is not text"))?;
    Ok(Some(Zeroizing::new(text.to_owned())))
}

fn unsafe_reason(metadata: &Metadata, keeper: Keeper) -> Option<String> {
    let mode = metadata.mode() & 0o7777;
    let us = rustix::process::geteuid().as_raw();
    let owner = metadata.uid();
    if !metadata.is_file() {
        return Some("is not a regular file".to_owned());
    }
    let (owner_is_fine, mode_is_fine) = match keeper {
        Keeper::Systemd => (owner == us || owner == 0, mode & 0o027 == 0),
        Keeper::Operator => (owner == us, matches!(mode, 0o600 | 0o400)),
    };
    if !owner_is_fine {
        return Some(format!(
            "belongs to user {owner}, not to {us} who runs this; give it to that user with chown"
        ));
    }
    (!mode_is_fine)
        .then(|| format!("can be read by others (mode {mode:04o}); set it to 0600 with chmod"))
}

/// Makes a key file that did not exist, and makes sure it survives a power cut.
fn generate_key_file(path: &Path) -> Result<KeyRing, CryptoError> {
    let (ring, line) = KeyRing::generate(&origin(path), FIRST_LABEL)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(io_error(path))?;
    let written = file
        .write_all(FILE_HEADER.as_bytes())
        .and_then(|()| file.write_all(line.as_bytes()))
        .and_then(|()| file.sync_all())
        .and_then(|()| sync_folder_of(path));
    if let Err(error) = written {
        // Half a file would stop the next start; nothing is sealed under this key yet.
        let _ = std::fs::remove_file(path);
        return Err(io_error(path)(error));
    }
    Ok(ring)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}
