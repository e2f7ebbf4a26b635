//! One value, as SQLite keeps it: the form in which rows travel.

use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::{BigInt, Binary, Double, Text};
use diesel::sqlite::{Sqlite, SqliteType};
use sha2::{Digest, Sha256};

use crate::{Error, Result};

/// One value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// None.
    Null,
    /// A whole number; also yes (1) and no (0).
    Int(i64),
    /// A number with a fraction.
    Real(f64),
    /// A text; also an instant, as RFC 3339 in UTC to the microsecond.
    Text(String),
    /// Bytes; also an id, as its 16.
    Bytes(Vec<u8>),
}

impl Cell {
    /// The text, where it is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Adds kind, length and bytes, so that no two rows read the same.
    pub(super) fn sum_into(&self, sum: &mut Sha256) {
        let mut add = |kind: u8, bytes: &[u8]| {
            sum.update([kind]);
            sum.update((bytes.len() as u64).to_be_bytes());
            sum.update(bytes);
        };
        match self {
            Self::Null => add(0, &[]),
            Self::Int(value) => add(1, &value.to_be_bytes()),
            Self::Real(value) => add(2, &value.to_be_bytes()),
            Self::Text(text) => add(3, text.as_bytes()),
            Self::Bytes(bytes) => add(4, bytes),
        }
    }
}

/// A row of a file, whatever its columns are.
pub(super) struct FileRow(pub(super) Vec<Cell>);

impl QueryableByName<Sqlite> for FileRow {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let count = Row::field_count(row);
        let mut cells = Vec::with_capacity(count);
        for place in 0..count {
            let field = Row::get(row, place).ok_or("a column is missing")?;
            let Some(value) = field.value() else {
                cells.push(Cell::Null);
                continue;
            };
            cells.push(match value.value_type() {
                None => Cell::Null,
                Some(SqliteType::Integer | SqliteType::SmallInt | SqliteType::Long) => {
                    Cell::Int(<i64 as FromSql<BigInt, Sqlite>>::from_sql(value)?)
                }
                Some(SqliteType::Float | SqliteType::Double) => {
                    Cell::Real(<f64 as FromSql<Double, Sqlite>>::from_sql(value)?)
                }
                Some(SqliteType::Text) => {
                    Cell::Text(<String as FromSql<Text, Sqlite>>::from_sql(value)?)
                }
                Some(SqliteType::Binary) => {
                    Cell::Bytes(<Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?)
                }
            });
        }
        Ok(Self(cells))
    }
}

/// How PostgreSQL keeps a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Uuid,
    Bytes,
    Instant,
    Bool,
    Int,
    Real,
    Text,
}

impl Kind {
    pub(super) fn of(name: &str) -> Result<Self> {
        Ok(match name {
            "uuid" => Self::Uuid,
            "bytea" => Self::Bytes,
            "timestamp with time zone" => Self::Instant,
            "boolean" => Self::Bool,
            "bigint" | "integer" | "smallint" => Self::Int,
            "double precision" => Self::Real,
            "text" => Self::Text,
            other => {
                return Err(Error::internal(format!(
                    "columns of type {other} cannot be carried"
                )));
            }
        })
    }

    /// The expression that gives a column as text.
    pub(super) fn shown(self, column: &str) -> String {
        match self {
            Self::Uuid => format!("replace({column}::text, '-', '')"),
            Self::Bytes => format!("encode({column}, 'hex')"),
            Self::Instant => {
                format!("to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')")
            }
            Self::Bool => format!("({column}::int)::text"),
            Self::Int | Self::Real => format!("{column}::text"),
            Self::Text => column.to_owned(),
        }
    }

    /// The expression that takes it from text.
    pub(super) fn taken(self, column: &str) -> String {
        match self {
            Self::Uuid => format!("{column}::uuid"),
            Self::Bytes => format!("decode({column}, 'hex')"),
            Self::Instant => format!("{column}::timestamptz"),
            Self::Bool => format!("({column} = '1')"),
            Self::Int => format!("{column}::bigint"),
            Self::Real => format!("{column}::double precision"),
            Self::Text => column.to_owned(),
        }
    }

    /// A value that PostgreSQL showed as text.
    pub(super) fn cell(self, text: Option<String>) -> Result<Cell> {
        let odd = || Error::internal("a value of the database cannot be read");
        let Some(text) = text else {
            return Ok(Cell::Null);
        };
        Ok(match self {
            Self::Uuid | Self::Bytes => Cell::Bytes(bytes_of(&text).ok_or_else(odd)?),
            Self::Bool | Self::Int => Cell::Int(text.parse().map_err(|_| odd())?),
            Self::Real => Cell::Real(text.parse().map_err(|_| odd())?),
            Self::Instant | Self::Text => Cell::Text(text),
        })
    }
}

/// A value as the text that PostgreSQL takes.
pub(super) fn as_text(cell: Cell) -> Option<String> {
    match cell {
        Cell::Null => None,
        Cell::Int(value) => Some(value.to_string()),
        Cell::Real(value) => Some(value.to_string()),
        Cell::Text(text) => Some(text),
        Cell::Bytes(bytes) => Some(hex(&bytes)),
    }
}

/// Bytes as small hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect();
    digits?
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => Some(high << 4 | low),
            _ => None,
        })
        .collect()
}
