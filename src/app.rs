//! The program at work: everything a handler or job may use, built once at start and passed in.

use std::any::{Any, TypeId};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock};

use tokio::sync::Notify;

use crate::clock::{Clock, Timestamp};
use crate::config::Config;
use crate::crypto::{Key32, PasswordHasher, Vault};
use crate::db::{Control, Tenants};
use crate::gate::Gate;
use crate::id::TenantId;
use crate::mail::Mailer;
use crate::slice::Slice;

/// Everything, by reference. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Parts>);

/// The parts of the program.
pub struct Parts {
    /// What the operator decided.
    pub config: Config,
    /// Each setting with its value and origin, for people.
    pub settings: Vec<crate::config::Setting>,
    /// The address people use.
    pub public_url: String,
    /// The clock.
    pub clock: Clock,
    /// When this process started.
    pub started_at: Timestamp,
    /// The control plane.
    pub control: Control,
    /// The tenant plane.
    pub tenants: Tenants,
    /// Seals and opens secrets.
    pub vault: Vault,
    /// Hashes passwords, few at a time.
    pub hasher: PasswordHasher,
    /// Sends mail.
    pub mailer: Mailer,
    /// Wakes the job runner.
    pub jobs: JobBell,
    /// Keys for signatures that are no secrets of a tenant.
    pub keys: DerivedKeys,
    /// Every slice.
    pub slices: &'static [Slice],
    /// Who is calling; set once, when identity stands.
    pub gate: OnceLock<Arc<dyn Gate>>,
    /// Whether the process takes requests, and why not.
    pub phase: Phase,
    /// What slices keep in memory.
    pub memory: Memory,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    /// Whether links of this instance begin with `https`.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

impl std::ops::Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// What slices keep in memory for as long as the process runs: caches and counters, never the truth. One value of each type.
#[derive(Default)]
pub struct Memory(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Memory {
    /// The value of this type, made when it is first asked for.
    pub fn of<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let held = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let found = held.get(&TypeId::of::<T>()).cloned();
        drop(held);
        found
            .or_else(|| {
                let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
                let value = held
                    .entry(TypeId::of::<T>())
                    .or_insert_with(|| Arc::new(T::default()));
                Some(Arc::clone(value))
            })
            .and_then(|value| value.downcast::<T>().ok())
            // Held under its own type, so this never makes a second one.
            .unwrap_or_default()
    }
}

/// Keys derived from the system's data key: they outlive a rotation of the root key.
pub struct DerivedKeys {
    /// Binds form tokens to their session.
    pub csrf: Key32,
    /// Hashes API keys.
    pub api_key_pepper: Key32,
    /// Hashes visitors' addresses.
    pub visitor: Key32,
    /// Signs the messages shown after a redirect.
    pub flash: Key32,
}

/// Rung after a commit that enqueued work; the runner listens.
#[derive(Clone, Default)]
pub struct JobBell(Arc<Bell>);

#[derive(Default)]
struct Bell {
    rung: Notify,
    waiting: Mutex<Vec<TenantId>>,
    stirred: Mutex<HashSet<TenantId>>,
}

impl JobBell {
    /// Says that a store has work that may be due. The nil id is the control plane.
    pub fn ring(&self, store: TenantId) {
        let mut waiting = held(&self.0.waiting);
        if !waiting.contains(&store) {
            waiting.push(store);
        }
        drop(waiting);
        self.0.rung.notify_one();
    }

    /// Waits until somebody rings.
    pub async fn heard(&self) {
        self.0.rung.notified().await;
    }

    /// The stores that rang since the last call.
    pub fn take(&self) -> Vec<TenantId> {
        std::mem::take(&mut held(&self.0.waiting))
    }

    /// Says that something was written in a store: in a while there may be something for the work that comes back by itself.
    pub fn stir(&self, store: TenantId) {
        held(&self.0.stirred).insert(store);
    }

    /// The stores that were written to since the last call.
    pub fn take_stirred(&self) -> HashSet<TenantId> {
        std::mem::take(&mut held(&self.0.stirred))
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where the process is between its first and last breath: what `/readyz` and the guard before every page ask.
#[derive(Clone, Default)]
pub struct Phase(Arc<std::sync::atomic::AtomicU8>);

impl Phase {
    /// Stores are open, requests are taken.
    pub fn serve(&self) {
        self.0.store(1, std::sync::atomic::Ordering::Release);
    }

    /// Readiness is withdrawn, requests drain.
    pub fn stop(&self) {
        self.0.store(2, std::sync::atomic::Ordering::Release);
    }

    /// Takes requests.
    pub fn is_serving(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::Acquire) == 1
    }

    /// On the way out.
    pub fn is_stopping(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::Acquire) == 2
    }
}
