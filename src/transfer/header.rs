//! What an export says of itself: its notes, one JSON value a name.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::sealed;
use super::trouble::Trouble;
use crate::clock::Timestamp;
use crate::crypto::PassphraseNote;
use crate::db::TenantPlane;
use crate::db::carry::{CarriedFile, Sum};
use crate::id::TenantId;
use crate::identity::CarriedMember;
use crate::tenancy::carry::Record;

/// The form of the file. Raised where an older program would read it wrongly.
pub const FORMAT: u32 = 1;

/// What an export says of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Header {
    /// [`FORMAT`].
    pub format: u32,
    /// The version that wrote it.
    pub version: String,
    /// The steps of its tables.
    pub schema: Vec<String>,
    /// When.
    pub exported_at: Timestamp,
    /// The company's id where it came from: what is sealed is bound to it.
    pub tenant: TenantId,
    /// The registry's record.
    pub company: Record,
    /// Its people.
    pub members: Vec<CarriedMember>,
    /// Rows and hash of each table, without what is sealed.
    pub tables: Vec<Sum>,
    /// How the passphrase's key is made; nothing where secrets were taken out.
    pub secrets: Option<PassphraseNote>,
}

impl Header {
    /// The notes that say it.
    pub(super) fn notes(&self) -> Result<Vec<(String, String)>, Trouble> {
        let odd = |e: serde_json::Error| Trouble::Failed(crate::Error::Internal(Box::new(e)));
        let value = serde_json::to_value(self).map_err(odd)?;
        let members = value.as_object().cloned().unwrap_or_default();
        members
            .into_iter()
            .map(|(name, value)| Ok((name, serde_json::to_string(&value).map_err(odd)?)))
            .collect()
    }

    /// From the notes of a file, or why it is not taken.
    fn read(notes: &BTreeMap<String, String>, path: &Path) -> Result<Self, Trouble> {
        let shown = path.display();
        let foreign = || Trouble::Unfit(format!("{shown} is not an export of this program."));
        let parsed = |text: &String| serde_json::from_str::<serde_json::Value>(text);
        let format = notes.get("format").ok_or_else(foreign)?;
        match format.parse::<u32>() {
            Ok(FORMAT) => {}
            Ok(newer) if newer > FORMAT => {
                return Err(Trouble::Unfit(format!(
                    "{shown} was written by a newer version, in format {newer}; this one reads up to {FORMAT}. Update this Steading first."
                )));
            }
            _ => return Err(foreign()),
        }
        let value: serde_json::Map<String, serde_json::Value> = notes
            .iter()
            .map(|(name, text)| parsed(text).map(|value| (name.clone(), value)))
            .collect::<Result<_, _>>()
            .map_err(|_| foreign())?;
        serde_json::from_value(value.into()).map_err(|error| {
            Trouble::Unfit(format!(
                "What {shown} says of itself cannot be read: {error}."
            ))
        })
    }
}

/// Whether a file is an export with secrets; one that cannot be read is judged by whoever takes it. Blocks.
pub fn holds_secrets(path: &Path) -> bool {
    let secrets = || {
        let notes = CarriedFile::open(path)?.notes()?;
        Ok::<_, Trouble>(Header::read(&notes, path)?.secrets)
    };
    secrets().is_ok_and(|secrets| secrets.is_some())
}

/// An export, looked through: whole, and holding what it says.
pub(super) struct Looked {
    pub(super) file: CarriedFile,
    pub(super) header: Header,
    /// Whether it has fewer steps than this program.
    pub(super) is_older: bool,
}

/// Opens an export and looks it through. Blocks.
pub(super) fn look(path: &Path) -> Result<Looked, Trouble> {
    let mut file = CarriedFile::open(path)?;
    let header = Header::read(&file.notes()?, path)?;
    let (mut file, steps) = file.steps::<TenantPlane>()?;
    if let Some(unknown) = steps.unknown {
        return Err(Trouble::Unfit(format!(
            "{} was written by a newer version: it has step {unknown}, which this one does not know. Update this Steading first.",
            path.display()
        )));
    }
    file.check()?;
    let names: Vec<&str> = header.tables.iter().map(|sum| sum.table.as_str()).collect();
    let damaged = |what: &str| {
        Trouble::Unfit(format!(
            "{} is damaged: {what} does not hold what the file says.",
            path.display()
        ))
    };
    let sums = file
        .sums::<TenantPlane>(&names, &sealed::taken_out)
        .map_err(|_| damaged("a table"))?;
    if let Some((other, _)) = sums.iter().zip(&header.tables).find(|(a, b)| a != b) {
        return Err(damaged(&format!("the table {}", other.table)));
    }
    Ok(Looked {
        file,
        header,
        is_older: !steps.pending.is_empty(),
    })
}
