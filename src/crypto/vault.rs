//! The vault: seals and opens secrets under their owner's data key. It holds the wrapped data keys a
//! store feeds it and does no input or output itself.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard},
    time::Instant,
};

use uuid::Uuid;

use super::{
    cache::KeyCache,
    envelope::{self, DataKeyId, KeyId, Place},
    error::CryptoError,
    random,
    ring::KeyRing,
    sealed::Sealed,
    secret::{Key32, PlainSecret},
};

/// The owner of what belongs to the instance rather than to a tenant.
pub const SYSTEM: Uuid = Uuid::nil();

/// A data key as a store keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrappedKey {
    /// The tenant, or [`SYSTEM`].
    pub owner: Uuid,
    /// The key's number within its owner.
    pub id: DataKeyId,
    /// The wrapped key; safe to store.
    pub wrapped: Vec<u8>,
    /// Whether new values are sealed under it; of several, the highest id is taken.
    pub active: bool,
}

impl WrappedKey {
    /// The root key it is wrapped under.
    pub fn kek_id(&self) -> Result<KeyId, CryptoError> {
        envelope::wrapped_under(&self.wrapped)
    }
}

/// An unwrapped data key.
pub struct DataKey(Key32);

impl DataKey {
    /// A key for another purpose, by HKDF-Expand (RFC 5869) with SHA-256. It stays the same through a
    /// rotation of root keys, which only wraps the data key anew.
    pub fn derive(&self, purpose: &str) -> Key32 {
        Key32::from_bytes(
            &self
                .0
                .mac(&[b"vault/derive/v1\0", purpose.as_bytes(), &[1]]),
        )
    }
}

impl From<Key32> for DataKey {
    fn from(key: Key32) -> Self {
        Self(key)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey")
    }
}

/// What [`Vault::derive`] is asked for, in one place so that no two uses share a key.
pub mod purpose {
    /// The pepper of stored API keys.
    pub const API_KEY: &str = "api-key";
    /// The key of CSRF tokens.
    pub const CSRF: &str = "csrf";
    /// The key under which addresses are hashed.
    pub const IP_HASH: &str = "ip-hash";
    /// The key that signs flash cookies.
    pub const FLASH: &str = "flash";
}

/// Seals and opens secrets. Cheap to clone.
#[derive(Clone)]
pub struct Vault(Arc<Inner>);

struct Inner {
    ring: KeyRing,
    wrapped: RwLock<BTreeMap<(Uuid, DataKeyId), WrappedKey>>,
    opened: Mutex<KeyCache>,
}

impl Vault {
    /// A vault over the data keys a store holds. Fails where the ring lacks a root key they need, so
    /// there is no vault with which a wrong key could write.
    pub fn new(ring: KeyRing, keys: Vec<WrappedKey>) -> Result<Self, CryptoError> {
        ring.check(&keys)?;
        let vault = Self(Arc::new(Inner {
            ring,
            wrapped: RwLock::default(),
            opened: Mutex::default(),
        }));
        vault.load(keys);
        Ok(vault)
    }

    /// Takes in data keys the store holds: new ones after their commit, or another process's.
    pub fn load(&self, keys: impl IntoIterator<Item = WrappedKey>) {
        let mut wrapped = self
            .0
            .wrapped
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        wrapped.extend(keys.into_iter().map(|key| ((key.owner, key.id), key)));
    }

    /// Drops an owner's keys from memory: once they are gone from the store too, nothing of it opens.
    pub fn forget(&self, owner: Uuid) {
        let mut wrapped = self
            .0
            .wrapped
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        wrapped.retain(|(of, _), _| *of != owner);
        // Under the same lock, so that no reader puts a key back in between.
        self.0
            .opened
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .forget(owner);
    }

    /// A fresh data key for an owner, wrapped under the active root key. Store it, commit, then
    /// [`Vault::load`] it; until then nothing is sealed under it.
    pub fn new_data_key(&self, owner: Uuid) -> Result<WrappedKey, CryptoError> {
        let last = self
            .keys_of(&self.wrapped(), owner)
            .next_back()
            .map(|key| key.id);
        let id = last.map_or(Ok(DataKeyId::FIRST), DataKeyId::next)?;
        let wrapped = self.0.ring.wrap(owner, id, &Key32::random()?)?;
        Ok(WrappedKey {
            owner,
            id,
            wrapped,
            active: true,
        })
    }

    /// The data key an owner's new values are sealed under.
    pub fn active_key(&self, owner: Uuid) -> Result<DataKeyId, CryptoError> {
        let wrapped = self.wrapped();
        let active = self.keys_of(&wrapped, owner).rfind(|key| key.active);
        active
            .map(|key| key.id)
            .ok_or(CryptoError::NoActiveKey { owner })
    }

    /// Seals a secret for its place, under the owner's active data key.
    pub fn seal(&self, owner: Uuid, place: Place<'_>, plain: &[u8]) -> Result<Sealed, CryptoError> {
        self.seal_with(owner, self.active_key(owner)?, place, plain)
    }

    /// Seals a secret for its place, under a data key by id.
    pub fn seal_with(
        &self,
        owner: Uuid,
        key: DataKeyId,
        place: Place<'_>,
        plain: &[u8],
    ) -> Result<Sealed, CryptoError> {
        let data_key = self.data_key(owner, key)?;
        let bytes = envelope::seal_field(&data_key.0, owner, key, place, &random::bytes()?, plain)?;
        Ok(Sealed::from_bytes(&bytes))
    }

    /// Opens a secret in its place, with the one data key it names.
    pub fn open(
        &self,
        owner: Uuid,
        place: Place<'_>,
        sealed: &Sealed,
    ) -> Result<PlainSecret, CryptoError> {
        let bytes = sealed.to_bytes()?;
        let data_key = self.data_key(owner, envelope::field_key_id(&bytes)?)?;
        envelope::open_field(&data_key.0, owner, place, &bytes)
    }

    /// A derived key of the instance, for a [`purpose`]. Always from the first system data key:
    /// stored hashes depend on it, so a newer data key must not change it.
    pub fn derive(&self, purpose: &str) -> Result<Key32, CryptoError> {
        self.data_key(SYSTEM, DataKeyId::FIRST)
            .map(|key| key.derive(purpose))
    }

    /// The key ring's labels and ids, the active one first.
    pub fn ring(&self) -> &KeyRing {
        &self.0.ring
    }

    fn data_key(&self, owner: Uuid, id: DataKeyId) -> Result<Arc<DataKey>, CryptoError> {
        let wrapped = self.wrapped();
        let mut opened = self.0.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if let Some(key) = opened.get((owner, id), now) {
            return Ok(key);
        }
        let held = wrapped
            .get(&(owner, id))
            .ok_or(CryptoError::DataKeyUnknown { owner, id })?;
        let key = Arc::new(DataKey(self.0.ring.unwrap(held)?));
        opened.insert((owner, id), key.clone(), now);
        Ok(key)
    }

    fn wrapped(&self) -> RwLockReadGuard<'_, BTreeMap<(Uuid, DataKeyId), WrappedKey>> {
        self.0
            .wrapped
            .read()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn keys_of<'a>(
        &self,
        wrapped: &'a BTreeMap<(Uuid, DataKeyId), WrappedKey>,
        owner: Uuid,
    ) -> impl DoubleEndedIterator<Item = &'a WrappedKey> + use<'a> {
        wrapped
            .range((owner, DataKeyId::LOWEST)..=(owner, DataKeyId::HIGHEST))
            .map(|(_, key)| key)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault")
    }
}
