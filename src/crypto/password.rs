//! Passwords, hashed with argon2id. Hashing is slow on purpose, so it runs on blocking threads, as
//! many at once as there are cores, with a short queue; beyond that the caller is told to come back.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{
        Error as HashError, PasswordHasher as _, PasswordVerifier,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use serde::Deserialize;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::{error::CryptoError, random};

const QUEUE: usize = 64;
/// A stored hash may ask for at most this much work: an imported one could ask for all memory.
const MAX_MEMORY_KIB: u32 = 256 * 1024;
const MAX_PASSES: u32 = 16;
const MAX_LANES: u32 = 16;

/// A password as typed.
#[derive(Clone, Deserialize)]
#[serde(from = "String")]
pub struct PlainPassword(Zeroizing<String>);

impl PlainPassword {
    /// The password itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for PlainPassword {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<&str> for PlainPassword {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl fmt::Debug for PlainPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PlainPassword")
    }
}

/// A password as stored: a PHC string.
#[derive(Clone, PartialEq, Eq)]
pub struct HashedPassword(String);

impl HashedPassword {
    /// Takes a stored hash, if it is argon2id and asks for a bearable amount of work.
    pub fn parse(text: &str) -> Result<Self, CryptoError> {
        let hash = Self(text.to_owned());
        let parsed = hash.parsed()?;
        let params = Params::try_from(&parsed).map_err(|_| CryptoError::PasswordHash)?;
        let bearable = params.m_cost() <= MAX_MEMORY_KIB
            && params.t_cost() <= MAX_PASSES
            && params.p_cost() <= MAX_LANES
            && parsed.algorithm == Algorithm::Argon2id.ident()
            && parsed.salt.is_some()
            && parsed.hash.is_some();
        bearable.then_some(hash).ok_or(CryptoError::PasswordHash)
    }

    /// The text to store.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parsed(&self) -> Result<PasswordHash, CryptoError> {
        PasswordHash::new(&self.0).map_err(|_| CryptoError::PasswordHash)
    }
}

impl fmt::Debug for HashedPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HashedPassword")
    }
}

/// How much work one hash is.
#[derive(Clone, Copy, Debug)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
}

impl HashCost {
    /// OWASP's floor for argon2id: 19 MiB, two passes, one lane; some 24 ms.
    pub const STANDARD: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
    };
}

/// Hashes and checks passwords. Cheap to clone; one for the whole process, since it is the bound.
#[derive(Clone)]
pub struct PasswordHasher(Arc<Inner>);

struct Inner {
    params: Params,
    decoy: HashedPassword,
    running: Arc<Semaphore>,
    admitted: Semaphore,
    operations: AtomicU64,
}

impl PasswordHasher {
    /// The standard hasher: as many at once as there are cores.
    pub fn new() -> Result<Self, CryptoError> {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with(HashCost::STANDARD, cores, QUEUE)
    }

    /// A hasher with its own cost, running at most `slots` at once while `queue` more wait.
    pub fn with(cost: HashCost, slots: usize, queue: usize) -> Result<Self, CryptoError> {
        let params = Params::new(
            cost.memory_kib,
            cost.passes,
            1,
            Some(Params::DEFAULT_OUTPUT_LEN),
        )
        .map_err(|_| CryptoError::PasswordHash)?;
        let decoy = decoy(&params).map_err(|_| CryptoError::PasswordHash)?;
        Ok(Self(Arc::new(Inner {
            params,
            decoy,
            running: Arc::new(Semaphore::new(slots)),
            admitted: Semaphore::new(slots.saturating_add(queue).min(Semaphore::MAX_PERMITS)),
            operations: AtomicU64::new(0),
        })))
    }

    /// Hashes a password with a fresh salt.
    pub async fn hash(&self, password: &PlainPassword) -> Result<HashedPassword, CryptoError> {
        let (argon2, password) = (self.argon2(), password.clone());
        let salt = random::bytes::<16>()?;
        self.run(move || {
            let hash = argon2.hash_password_with_salt(password.expose().as_bytes(), &salt);
            hash.map(|hash| HashedPassword(hash.to_string()))
                .map_err(|_| CryptoError::Hashing)
        })
        .await
    }

    /// Whether `password` is the one that was hashed.
    pub async fn verify(
        &self,
        hash: &HashedPassword,
        password: &PlainPassword,
    ) -> Result<bool, CryptoError> {
        let (argon2, parsed, password) = (self.argon2(), hash.parsed()?, password.clone());
        self.run(
            move || match argon2.verify_password(password.expose().as_bytes(), &parsed) {
                Ok(()) => Ok(true),
                Err(HashError::PasswordInvalid) => Ok(false),
                Err(_) => Err(CryptoError::Hashing),
            },
        )
        .await
    }

    /// As [`Self::verify`]; without a hash (no such user, or one without a password) the same work is
    /// done and the answer is no, so that neither time nor load tells who has an account.
    pub async fn verify_or_dummy(
        &self,
        hash: Option<&HashedPassword>,
        password: &PlainPassword,
    ) -> Result<bool, CryptoError> {
        let matches = self.verify(hash.unwrap_or(&self.0.decoy), password).await?;
        Ok(matches && hash.is_some())
    }

    /// Whether a hash was made with other parameters than today's; hash anew at the next sign-in.
    pub fn needs_rehash(&self, hash: &HashedPassword) -> bool {
        let current = ParamsString::try_from(&self.0.params).ok();
        hash.parsed().map_or(true, |hash| {
            hash.algorithm != Algorithm::Argon2id.ident()
                || hash.version != Some(Version::V0x13.into())
                || Some(hash.params) != current
        })
    }

    /// How many hashes were computed so far: tests prove equal work by counting, not by the clock.
    pub fn operations(&self) -> u64 {
        self.0.operations.load(Ordering::Relaxed)
    }

    fn argon2(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.0.params.clone())
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, CryptoError> + Send + 'static,
    ) -> Result<T, CryptoError> {
        let _admitted = self
            .0
            .admitted
            .try_acquire()
            .map_err(|_| CryptoError::Busy)?;
        let slot = self
            .0
            .running
            .clone()
            .acquire_owned()
            .await
            .map_err(|_| CryptoError::Hashing)?;
        self.0.operations.fetch_add(1, Ordering::Relaxed);
        // The slot goes with the work: a client that hangs up does not free a core still hashing.
        let done = tokio::task::spawn_blocking(move || {
            let _slot = slot;
            work()
        });
        done.await.map_err(|_| CryptoError::Hashing)?
    }
}

impl fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHasher")
    }
}

/// A hash of no known password with these parameters: checking against it is the same work.
fn decoy(params: &Params) -> Result<HashedPassword, HashError> {
    let output = [0x5a; Params::DEFAULT_OUTPUT_LEN];
    let hash = PasswordHash {
        algorithm: Algorithm::Argon2id.ident(),
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(&[0x5a; 16])?),
        hash: Some(Output::new(&output)?),
    };
    Ok(HashedPassword(hash.to_string()))
}
