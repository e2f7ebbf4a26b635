//! The bytes of format v1: a sealed field and a wrapped data key. Both bind where they belong as
//! associated data, so a value moved to another place does not open. Reading is checked throughout:
//! no input panics.
//!
//! Field: version 1 ‖ algorithm 1 ‖ data key id 4 ‖ nonce 12 ‖ ciphertext ‖ tag 16.
//! Wrapped key: version 1 ‖ algorithm 1 ‖ root key id 8 ‖ nonce 12 ‖ ciphertext 32 ‖ tag 16.

use std::fmt;

use uuid::Uuid;
use zeroize::Zeroizing;

use super::{
    aead,
    error::CryptoError,
    secret::{Key32, PlainSecret},
};

const FORMAT: [u8; 2] = [1, 1];
const PADDING_BYTES: usize = 32;
const NONCE_BYTES: usize = 12;
const TAG_BYTES: usize = 16;

/// The name of a root key: the first 8 bytes of HMAC-SHA256(key, "vault/kid/v1"). Derived from the
/// key, so it can never name another one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// The id of `key`.
    pub fn of(key: &Key32) -> Self {
        let [a, b, c, d, e, f, g, h, ..] = key.mac(&[b"vault/kid/v1"]);
        Self([a, b, c, d, e, f, g, h])
    }

    /// An id as kept in a store.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The id's bytes.
    pub fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", u64::from_be_bytes(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// The number of a data key within its owner, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DataKeyId(u32);

impl DataKeyId {
    /// The first data key of every owner.
    pub const FIRST: Self = Self(1);
    pub(crate) const LOWEST: Self = Self(0);
    pub(crate) const HIGHEST: Self = Self(u32::MAX);

    /// An id as kept in a store.
    pub fn new(id: u32) -> Self {
        Self(id)
    }

    /// The number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// The id after this one.
    pub fn next(self) -> Result<Self, CryptoError> {
        self.0
            .checked_add(1)
            .map(Self)
            .ok_or(CryptoError::DataKeysExhausted)
    }
}

impl fmt::Display for DataKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where a sealed value lives within its owner. It opens there and nowhere else, so these names are
/// part of the stored format: never rename one without re-sealing.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The table or service the value belongs to, for example `integrations`.
    pub service: &'a str,
    /// The record, by its id.
    pub record: &'a str,
    /// The column or field.
    pub field: &'a str,
}

/// A sealed field taken apart.
struct Field<'a> {
    header: &'a [u8; 6],
    key_id: DataKeyId,
    nonce: &'a [u8; NONCE_BYTES],
    text: &'a [u8],
    tag: &'a [u8; TAG_BYTES],
}

impl<'a> Field<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<6>()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (text, tag) = rest.split_last_chunk()?;
        let [version, algorithm, id @ ..] = *header;
        let whole = !text.is_empty() && text.len().is_multiple_of(PADDING_BYTES);
        ([version, algorithm] == FORMAT && whole).then(|| Self {
            header,
            key_id: DataKeyId(u32::from_be_bytes(id)),
            nonce,
            text,
            tag,
        })
    }
}

/// The data key a sealed field names.
pub(crate) fn field_key_id(bytes: &[u8]) -> Result<DataKeyId, CryptoError> {
    Field::parse(bytes)
        .map(|field| field.key_id)
        .ok_or(CryptoError::Malformed)
}

/// Seals one field. `nonce` must be fresh and random.
pub(crate) fn seal_field(
    key: &Key32,
    owner: Uuid,
    id: DataKeyId,
    place: Place<'_>,
    nonce: &[u8; NONCE_BYTES],
    plain: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let length = u16::try_from(plain.len()).map_err(|_| CryptoError::TooLong)?;
    let mut header = [0; 6];
    header[..2].copy_from_slice(&FORMAT);
    header[2..].copy_from_slice(&id.0.to_be_bytes());
    let aad = field_aad(&header, owner, place)?;

    // Padded, so that the length of the sealed value does not tell the length of the secret.
    let padded = (2 + plain.len()).next_multiple_of(PADDING_BYTES);
    let mut text = Zeroizing::new(Vec::with_capacity(padded));
    text.extend_from_slice(&length.to_be_bytes());
    text.extend_from_slice(plain);
    text.resize(padded, 0);
    let tag = aead::encrypt(key.expose(), nonce, &aad, &mut text)?;
    Ok([&header[..], nonce, &text, &tag].concat())
}

/// Opens one field, or says that it is not one or does not belong here.
pub(crate) fn open_field(
    key: &Key32,
    owner: Uuid,
    place: Place<'_>,
    bytes: &[u8],
) -> Result<PlainSecret, CryptoError> {
    let field = Field::parse(bytes).ok_or(CryptoError::Malformed)?;
    let aad = field_aad(field.header, owner, place)?;
    let mut text = Zeroizing::new(field.text.to_vec());
    aead::decrypt(key.expose(), field.nonce, &aad, &mut text, field.tag)?;
    unpad(&text)
        .map(|plain| plain.to_vec().into())
        .ok_or(CryptoError::Malformed)
}

fn unpad(text: &[u8]) -> Option<&[u8]> {
    let (length, rest) = text.split_first_chunk::<2>()?;
    let (plain, fill) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    (fill.len() < PADDING_BYTES && fill.iter().all(|byte| *byte == 0)).then_some(plain)
}

fn field_aad(header: &[u8; 6], owner: Uuid, place: Place<'_>) -> Result<Vec<u8>, CryptoError> {
    let mut aad = b"vault/field/v1\0".to_vec();
    aad.extend_from_slice(header);
    push_counted(&mut aad, owner.as_bytes())?;
    push_counted(&mut aad, place.service.as_bytes())?;
    push_counted(&mut aad, place.record.as_bytes())?;
    push_counted(&mut aad, place.field.as_bytes())?;
    Ok(aad)
}

/// A wrapped data key taken apart.
struct Wrapped<'a> {
    header: &'a [u8; 10],
    kek_id: KeyId,
    nonce: &'a [u8; NONCE_BYTES],
    text: &'a [u8; 32],
    tag: &'a [u8; TAG_BYTES],
}

impl<'a> Wrapped<'a> {
    fn parse(bytes: &'a [u8]) -> Option<Self> {
        let (header, rest) = bytes.split_first_chunk::<10>()?;
        let (nonce, rest) = rest.split_first_chunk()?;
        let (text, tag) = rest.split_first_chunk()?;
        let tag = tag.try_into().ok()?;
        let [version, algorithm, kek_id @ ..] = *header;
        ([version, algorithm] == FORMAT).then_some(Self {
            header,
            kek_id: KeyId(kek_id),
            nonce,
            text,
            tag,
        })
    }
}

/// The root key a data key is wrapped under.
pub(crate) fn wrapped_under(bytes: &[u8]) -> Result<KeyId, CryptoError> {
    Wrapped::parse(bytes)
        .map(|wrapped| wrapped.kek_id)
        .ok_or(CryptoError::Malformed)
}

/// Wraps a data key under a root key. `nonce` must be fresh and random.
pub(crate) fn wrap_key(
    kek: &Key32,
    owner: Uuid,
    id: DataKeyId,
    nonce: &[u8; NONCE_BYTES],
    key: &Key32,
) -> Result<Vec<u8>, CryptoError> {
    let mut header = [0; 10];
    header[..2].copy_from_slice(&FORMAT);
    header[2..].copy_from_slice(KeyId::of(kek).as_bytes());
    let aad = wrap_aad(&header, owner, id)?;
    let mut text = Zeroizing::new(*key.expose());
    let tag = aead::encrypt(kek.expose(), nonce, &aad, text.as_mut_slice())?;
    Ok([&header[..], nonce, text.as_slice(), &tag].concat())
}

/// Unwraps a data key, or says that it is none or belongs to another owner, id or root key.
pub(crate) fn unwrap_key(
    kek: &Key32,
    owner: Uuid,
    id: DataKeyId,
    bytes: &[u8],
) -> Result<Key32, CryptoError> {
    let wrapped = Wrapped::parse(bytes).ok_or(CryptoError::Malformed)?;
    let aad = wrap_aad(wrapped.header, owner, id)?;
    Key32::fill_with(|key| {
        key.copy_from_slice(wrapped.text);
        aead::decrypt(kek.expose(), wrapped.nonce, &aad, key, wrapped.tag)
    })
}

fn wrap_aad(header: &[u8; 10], owner: Uuid, id: DataKeyId) -> Result<Vec<u8>, CryptoError> {
    let mut aad = b"vault/dek/v1\0".to_vec();
    aad.extend_from_slice(header);
    push_counted(&mut aad, owner.as_bytes())?;
    aad.extend_from_slice(&id.0.to_be_bytes());
    Ok(aad)
}

/// Appends a part with its length before it, so that ("ab", "c") differs from ("a", "bc").
fn push_counted(aad: &mut Vec<u8>, part: &[u8]) -> Result<(), CryptoError> {
    let length = u16::try_from(part.len()).map_err(|_| CryptoError::TooLong)?;
    aad.extend_from_slice(&length.to_be_bytes());
    aad.extend_from_slice(part);
    Ok(())
}
