//! How our words are stored: instants, ids and words on both engines from one definition each.
//!
//! An [`Instant`] is `timestamptz` on PostgreSQL and fixed-width RFC 3339 text on SQLite; a [`Key`] is `uuid` and a 16-byte blob.
//! Both keep their order, so ranges and keysets read the same on either.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql};
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{HasSqlType, Text};
use diesel::sqlite::Sqlite;

use super::conn::MultiBackend;
use crate::clock::Timestamp;
use crate::id::{Id, Kind};
use crate::money::Currency;

/// SQL type of [`Timestamp`].
#[derive(
    Debug, Clone, Copy, Default, diesel::sql_types::SqlType, diesel::query_builder::QueryId,
)]
#[diesel(postgres_type(oid = 1184, array_oid = 1185))]
#[diesel(sqlite_type(name = "Text"))]
pub struct Instant;

/// SQL type of [`Id`].
#[derive(
    Debug, Clone, Copy, Default, diesel::sql_types::SqlType, diesel::query_builder::QueryId,
)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Key;

impl diesel::sql_types::SqlOrd for Instant {}
impl diesel::sql_types::SqlOrd for Key {}

impl HasSqlType<Instant> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<Instant>(lookup)
    }
}
impl HasSqlType<Key> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        MultiBackend::lookup_sql_type::<Key>(lookup)
    }
}

/// Makes a Rust type usable in expressions and rows of a SQL type, on `MultiBackend` through both engines.
#[doc(hidden)]
#[macro_export]
macro_rules! __stored {
    ([$($generics:tt)*] $rust:ty, $sql:ty) => {
        impl<$($generics)*> diesel::expression::AsExpression<$sql> for $rust {
            type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }
        impl<'expr, $($generics)*> diesel::expression::AsExpression<$sql> for &'expr $rust {
            type Expression = diesel::internal::derives::as_expression::Bound<$sql, Self>;
            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }
        impl<$($generics)*> diesel::expression::AsExpression<diesel::sql_types::Nullable<$sql>> for $rust {
            type Expression =
                diesel::internal::derives::as_expression::Bound<diesel::sql_types::Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }
        impl<'expr, $($generics)*> diesel::expression::AsExpression<diesel::sql_types::Nullable<$sql>> for &'expr $rust {
            type Expression =
                diesel::internal::derives::as_expression::Bound<diesel::sql_types::Nullable<$sql>, Self>;
            fn as_expression(self) -> Self::Expression {
                diesel::internal::derives::as_expression::Bound::new(self)
            }
        }
        impl<DB: diesel::backend::Backend, $($generics)*> diesel::serialize::ToSql<diesel::sql_types::Nullable<$sql>, DB> for $rust
        where
            Self: diesel::serialize::ToSql<$sql, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                diesel::serialize::ToSql::<$sql, DB>::to_sql(self, out)
            }
        }
        impl<DB: diesel::backend::Backend, ST: diesel::sql_types::SingleValue, $($generics)*> diesel::deserialize::Queryable<ST, DB> for $rust
        where
            Self: diesel::deserialize::FromSql<ST, DB>,
        {
            type Row = Self;
            fn build(row: Self) -> diesel::deserialize::Result<Self> {
                Ok(row)
            }
        }
    };
}

/// The same for a type whose `ToSql`/`FromSql` are written per engine.
macro_rules! on_both {
    ([$($generics:tt)*] $rust:ty, $sql:ty) => {
        __stored!([$($generics)*] $rust, $sql);
        impl<$($generics)*> ToSql<$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value((<$sql>::default(), self));
                Ok(IsNull::No)
            }
        }
        impl<$($generics)*> FromSql<$sql, MultiBackend> for $rust {
            fn from_sql(bytes: <MultiBackend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                bytes.from_sql::<Self, $sql>()
            }
        }
    };
}

on_both!([] Timestamp, Instant);
on_both!([K: Kind] Id<K>, Key);

/// 2000-01-01T00:00:00Z, where PostgreSQL counts from, in microseconds since 1970.
const PG_EPOCH_MICROS: i64 = 946_684_800_000_000;

impl ToSql<Instant, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        let micros = self.as_micros().saturating_sub(PG_EPOCH_MICROS);
        std::io::Write::write_all(out, &micros.to_be_bytes())?;
        Ok(IsNull::No)
    }
}
impl FromSql<Instant, Pg> for Timestamp {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes: [u8; 8] = value.as_bytes().try_into()?;
        Ok(Timestamp::from_micros(
            i64::from_be_bytes(bytes).saturating_add(PG_EPOCH_MICROS),
        ))
    }
}
impl ToSql<Instant, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_string());
        Ok(IsNull::No)
    }
}
impl FromSql<Instant, Sqlite> for Timestamp {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = <String as FromSql<Text, Sqlite>>::from_sql(value)?;
        Ok(text.parse()?)
    }
}

impl<K: Kind> ToSql<Key, Pg> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        std::io::Write::write_all(out, self.uuid().as_bytes())?;
        Ok(IsNull::No)
    }
}
impl<K: Kind> FromSql<Key, Pg> for Id<K> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Id::from_uuid(uuid::Uuid::from_slice(value.as_bytes())?))
    }
}
impl<K: Kind> ToSql<Key, Sqlite> for Id<K> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.uuid().as_bytes().to_vec());
        Ok(IsNull::No)
    }
}
impl<K: Kind> FromSql<Key, Sqlite> for Id<K> {
    fn from_sql(value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let bytes = <Vec<u8> as FromSql<diesel::sql_types::Binary, Sqlite>>::from_sql(value)?;
        Ok(Id::from_uuid(uuid::Uuid::from_slice(&bytes)?))
    }
}

/// Lets a type that has a [`Word`] form stand in text columns: an enum, a code.
///
/// ```
/// use steading::db::types::{Word, word};
/// #[derive(Debug, Clone, Copy, PartialEq, Eq)]
/// enum State { Open, Shut }
/// impl Word for State {
///     fn word(&self) -> &str { match self { Self::Open => "open", Self::Shut => "shut" } }
///     fn read(text: &str) -> Option<Self> { match text { "open" => Some(Self::Open), "shut" => Some(Self::Shut), _ => None } }
/// }
/// word!(State);
/// ```
#[doc(inline)]
pub use crate::__word as word;

#[doc(hidden)]
#[macro_export]
macro_rules! __word {
    ($rust:ty) => {
        $crate::__stored!([] $rust, diesel::sql_types::Text);
        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $rust
        where
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut diesel::serialize::Output<'b, '_, DB>) -> diesel::serialize::Result {
                <str as diesel::serialize::ToSql<diesel::sql_types::Text, DB>>::to_sql(
                    $crate::db::types::Word::word(self),
                    out,
                )
            }
        }
        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $rust
        where
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(value)?;
                <Self as $crate::db::types::Word>::read(&text)
                    .ok_or_else(|| format!("unknown {}: {text}", stringify!($rust)).into())
            }
        }
    };
}

/// A type with a stored text form.
pub trait Word: Sized {
    /// What is stored.
    fn word(&self) -> &str;
    /// From what was stored.
    fn read(text: &str) -> Option<Self>;
}

impl Word for Currency {
    fn word(&self) -> &str {
        self.code()
    }
    fn read(text: &str) -> Option<Self> {
        text.parse().ok()
    }
}
word!(Currency);
