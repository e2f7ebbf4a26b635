//! Reading a strace log as what it did to a disk.

use std::collections::{BTreeMap, HashMap};

/// One change to one of the files of a store.
pub enum Change {
    Write {
        part: &'static str,
        at: usize,
        bytes: Vec<u8>,
    },
    Truncate {
        part: &'static str,
        length: usize,
    },
    Sync {
        part: &'static str,
    },
    Unlink {
        part: &'static str,
    },
}

/// One step of the log.
pub enum Step {
    Change(Change),
    Acknowledge(String),
}

/// The steps that concern the store file `name` and its log, in the order in which the calls returned.
pub fn steps(log: &str, name: &str) -> Vec<Step> {
    let mut open: HashMap<&str, String> = HashMap::new();
    let mut all = Vec::new();
    for line in log.lines() {
        let Some((pid, call)) = line.split_once(char::is_whitespace) else {
            continue;
        };
        let call = call.trim_start();
        let whole = if let Some(head) = call.strip_suffix("<unfinished ...>") {
            open.insert(pid, head.to_owned());
            continue;
        } else if call.starts_with("<...") {
            let Some(head) = open.remove(pid) else {
                continue;
            };
            let tail = call.split_once("resumed>").map_or("", |(_, tail)| tail);
            format!("{head}{tail}")
        } else {
            call.to_owned()
        };
        all.extend(step(&whole, name));
    }
    all
}

fn step(call: &str, name: &str) -> Option<Step> {
    let (verb, rest) = call.split_once('(')?;
    if call.rsplit(" = ").next()?.trim_start().starts_with('-') {
        return None;
    }
    if verb == "unlink" || verb == "unlinkat" {
        let path = String::from_utf8(hex(rest.split('"').nth(1)?)).ok()?;
        return part_of(&path, name).map(|part| Step::Change(Change::Unlink { part }));
    }
    if verb == "write" {
        let text = String::from_utf8(hex(rest.split('"').nth(1)?)).ok()?;
        let what = text.strip_prefix("ack ")?.trim_end();
        return Some(Step::Acknowledge(what.to_owned()));
    }
    // With -xx the path of a descriptor is written in hexadecimal as well.
    let path = rest.split_once('<')?.1.split_once('>')?.0;
    let path = if path.contains("\\x") {
        String::from_utf8(hex(path)).ok()?
    } else {
        path.to_owned()
    };
    let part = part_of(&path, name)?;
    let change = match verb {
        "pwrite64" => {
            let bytes = hex(rest.split('"').nth(1)?);
            let after = rest.rsplit_once('"')?.1;
            let mut numbers = after
                .split([',', ')'])
                .map(str::trim)
                .filter(|word| !word.is_empty());
            let (_, at) = (numbers.next()?, numbers.next()?);
            Change::Write {
                part,
                at: at.parse().ok()?,
                bytes,
            }
        }
        "ftruncate" => {
            let length = rest
                .split_once(", ")?
                .1
                .split(')')
                .next()?
                .trim()
                .parse()
                .ok()?;
            Change::Truncate { part, length }
        }
        "fsync" | "fdatasync" => Change::Sync { part },
        _ => return None,
    };
    Some(Step::Change(change))
}

fn part_of(path: &str, name: &str) -> Option<&'static str> {
    let file = path.rsplit('/').next()?;
    match file.strip_prefix(name)? {
        "" => Some("db"),
        "-wal" => Some("wal"),
        _ => None,
    }
}

fn hex(text: &str) -> Vec<u8> {
    text.split("\\x")
        .skip(1)
        .filter_map(|two| u8::from_str_radix(two.get(..2)?, 16).ok())
        .collect()
}

/// The files as a disk holds them: what is certain, and what is on its way.
pub struct Disk {
    synced: BTreeMap<&'static str, Vec<u8>>,
    pending: Vec<Change>,
}

impl Disk {
    pub fn new(files: &[(&'static str, Vec<u8>)]) -> Self {
        Self {
            synced: files.iter().cloned().collect(),
            pending: Vec::new(),
        }
    }

    /// Takes a change in; true where the certain part moved.
    pub fn apply(&mut self, change: Change) -> bool {
        match change {
            Change::Sync { part } => {
                let (now, later) = std::mem::take(&mut self.pending)
                    .into_iter()
                    .partition(|c| part_name(c) == part);
                self.pending = later;
                let certain: Vec<Change> = now;
                for change in &certain {
                    write(&mut self.synced, change);
                }
                true
            }
            other => {
                self.pending.push(other);
                false
            }
        }
    }

    pub fn synced_only(&self) -> BTreeMap<&'static str, Vec<u8>> {
        self.synced.clone()
    }

    /// With a random half of what was on its way.
    pub fn with_half(&self, seed: &mut u64) -> BTreeMap<&'static str, Vec<u8>> {
        let mut image = self.synced.clone();
        for change in &self.pending {
            *seed ^= *seed << 13;
            *seed ^= *seed >> 7;
            *seed ^= *seed << 17;
            if *seed & 1 == 0 {
                write(&mut image, change);
            }
        }
        image
    }
}

fn part_name(change: &Change) -> &'static str {
    match change {
        Change::Write { part, .. }
        | Change::Truncate { part, .. }
        | Change::Sync { part }
        | Change::Unlink { part } => part,
    }
}

fn write(files: &mut BTreeMap<&'static str, Vec<u8>>, change: &Change) {
    match change {
        Change::Write { part, at, bytes } => {
            let file = files.entry(part).or_default();
            let end = at + bytes.len();
            if file.len() < end {
                file.resize(end, 0);
            }
            file[*at..end].copy_from_slice(bytes);
        }
        Change::Truncate { part, length } => files.entry(part).or_default().resize(*length, 0),
        Change::Unlink { part } => {
            files.remove(part);
        }
        Change::Sync { .. } => {}
    }
}
