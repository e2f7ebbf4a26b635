//! Sealed values on the way: taken out, or opened under one key and sealed under another. Never seen in the clear outside memory.

use uuid::Uuid;

use crate::crypto::{PassphraseKey, Place, Sealed, Vault};
use crate::db::carry::{Cell, Table};
use crate::id::TenantId;
use crate::slice::SealedColumn;
use crate::{Error, Result, mailing, partners};

/// What becomes of a sealed value in its place; nothing takes it out.
type Turn<'a> = &'a dyn Fn(Place<'_>, &Sealed) -> Result<Option<Sealed>>;

fn columns() -> impl Iterator<Item = &'static SealedColumn> {
    mailing::SEALED.iter().chain(partners::SEALED)
}

/// Takes every sealed value out of a row: what exports without secrets hold, and what sums are made of, since a value sealed anew
/// reads differently.
pub(super) fn taken_out(table: &Table, row: &mut [Cell]) -> Result<()> {
    turned(table, row, &|_, _| Ok(None))
}

/// Opens with the vault, seals under the passphrase.
pub(super) fn to_passphrase(
    vault: &Vault,
    owner: TenantId,
    key: &PassphraseKey,
    table: &Table,
    row: &mut [Cell],
) -> Result<()> {
    turned(table, row, &|place, sealed| {
        let plain = vault.open(owner.uuid(), place, sealed)?;
        Ok(Some(key.seal(place, plain.expose())?))
    })
}

/// Opens with the passphrase, seals under the company's own key.
pub(super) fn to_vault(
    vault: &Vault,
    owner: TenantId,
    key: &PassphraseKey,
    table: &Table,
    row: &mut [Cell],
) -> Result<()> {
    turned(table, row, &|place, sealed| {
        let plain = key.open(place, sealed)?;
        Ok(Some(vault.seal(owner.uuid(), place, plain.expose())?))
    })
}

fn turned(table: &Table, row: &mut [Cell], turn: Turn<'_>) -> Result<()> {
    for column in columns().filter(|column| column.table == table.name) {
        let id = match table.place("id").and_then(|place| row.get(place)) {
            Some(Cell::Bytes(bytes)) => Uuid::from_slice(bytes).unwrap_or_default(),
            _ => Uuid::nil(),
        };
        let record = (column.record)(id);
        let place = Place {
            service: column.service,
            record: &record,
            field: column.field,
        };
        let Some(cell) = table
            .place(column.column)
            .and_then(|place| row.get_mut(place))
        else {
            return Err(Error::internal(format!(
                "{} has no {}",
                table.name, column.column
            )));
        };
        let Cell::Text(text) = &*cell else { continue };
        let turned = match column.member {
            None => match Sealed::parse(text) {
                // A body of a mail that needed no seal.
                Err(_) => continue,
                Ok(sealed) => match turn(place, &sealed)? {
                    Some(sealed) => Cell::Text(sealed.into_string()),
                    None if column.may_be_null => Cell::Null,
                    None => Cell::Text(String::new()),
                },
            },
            Some(member) => match in_json(text, member, place, turn)? {
                Some(text) => Cell::Text(text),
                None => continue,
            },
        };
        *cell = turned;
    }
    Ok(())
}

/// The text with the member turned; nothing where there is no sealed member.
fn in_json(text: &str, member: &str, place: Place<'_>, turn: Turn<'_>) -> Result<Option<String>> {
    if !text.contains(member) {
        return Ok(None);
    }
    let Ok(mut value) = serde_json::from_str::<serde_json::Value>(text) else {
        return Ok(None);
    };
    let Some(held) = value.get_mut(member) else {
        return Ok(None);
    };
    let Some(sealed) = held.as_str().and_then(|text| Sealed::parse(text).ok()) else {
        return Ok(None);
    };
    *held = match turn(place, &sealed)? {
        Some(sealed) => sealed.into_string().into(),
        None => serde_json::Value::Null,
    };
    serde_json::to_string(&value)
        .map(Some)
        .map_err(|e| Error::Internal(Box::new(e)))
}
