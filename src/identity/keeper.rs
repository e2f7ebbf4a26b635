//! The gate: knows who is calling. A request that was let in a moment ago costs no query.
//!
//! What it remembers is dropped the moment a person, a session or a key changes here, and is at most a second old otherwise.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use super::keys::{self, ApiKey};
use super::model::RoleRights;
use super::pending::Pending;
use super::people;
use super::remembered::Remembered;
use super::sessions::{self, StoredSession};
use super::throttle::{Accounts, Buckets};
use crate::actor::{Actor, ActorKind, Origin};
use crate::app::{App, JobBell};
use crate::clock::{Clock, Timestamp};
use crate::crypto::{Key32, PlainApiKey, PlainToken, vault};
use crate::db::Control;
use crate::gate::{Admission, Ask, Credential, Gate, Later, OpenCompany, Rights, SessionView};
use crate::id::{ApiKeyId, SessionId, UserId};
use crate::tenancy::Directory;
use crate::{Error, Result};

/// Sessions and keys remembered at most, each.
const CAPACITY: usize = 10_000;
/// Marks of "last used" are written this often at most.
const WRITE_MARKS_EVERY: Duration = Duration::from_secs(60);
/// While nobody owns the instance, this often is looked whether another process changed that.
const LOOK_FOR_OWNER_EVERY: Duration = Duration::from_secs(1);

/// The program's gate. Cheap to clone.
#[derive(Clone)]
pub struct Keeper(Arc<Inner>);

struct Inner {
    control: Control,
    clock: Clock,
    pepper: Key32,
    directory: Directory,
    jobs: JobBell,
    roles: RoleRights,
    sessions: Remembered<[u8; 32], LiveSession>,
    keys: Remembered<String, LiveKey>,
    seen: Pending<SessionId>,
    used: Pending<ApiKeyId>,
    marks_written_at: AtomicI64,
    guards: Guards,
    owned: AtomicBool,
    owner_looked_for_at: AtomicI64,
}

/// What slows guessing down.
pub(super) struct Guards {
    /// Passwords tried at one account.
    pub(super) accounts: Accounts,
    /// Passwords and links tried from one place.
    pub(super) places: Buckets,
    /// Reset mails asked for one account.
    pub(super) resets: Buckets,
}

struct LiveSession {
    stored: StoredSession,
    rights: Rights,
    last_seen: AtomicI64,
}

struct LiveKey {
    key: ApiKey,
    rights: Rights,
    last_used: AtomicI64,
}

impl Keeper {
    /// A gate for this program, with the registry of its companies read.
    ///
    /// # Errors
    /// Where the control plane does not answer.
    pub(super) async fn open(app: &App) -> Result<Self> {
        let directory =
            Directory::open(app.control.clone(), app.clock.clone(), &app.config).await?;
        let only = directory.only();
        let owned = app.control.read(move |c| people::owners(c, only)).await? > 0;
        let now = app.clock.now();
        Ok(Self(Arc::new(Inner {
            control: app.control.clone(),
            clock: app.clock.clone(),
            pepper: app.vault.derive(vault::purpose::API_KEY)?,
            directory,
            jobs: app.jobs.clone(),
            roles: RoleRights::of(app.slices),
            sessions: Remembered::new(CAPACITY),
            keys: Remembered::new(CAPACITY),
            seen: Pending::new(),
            used: Pending::new(),
            marks_written_at: AtomicI64::new(now.as_micros()),
            guards: Guards {
                accounts: Accounts::new(),
                places: Buckets::new(10, Duration::from_secs(30)),
                resets: Buckets::new(3, Duration::from_secs(600)),
            },
            owned: AtomicBool::new(owned),
            owner_looked_for_at: AtomicI64::new(now.as_micros()),
        })))
    }

    /// The gate of a program at work.
    ///
    /// # Errors
    /// [`Error::Busy`] while the program is still starting.
    pub(super) fn of(app: &App) -> Result<&Self> {
        let gate: &dyn Gate = &**app.gate.get().ok_or(Error::Busy)?;
        let any: &dyn Any = gate;
        any.downcast_ref()
            .ok_or_else(|| Error::internal("another gate was set"))
    }

    pub(super) fn directory(&self) -> &Directory {
        &self.0.directory
    }

    pub(super) fn roles(&self) -> &RoleRights {
        &self.0.roles
    }

    pub(super) fn guards(&self) -> &Guards {
        &self.0.guards
    }

    /// What a new key's secret is hashed under.
    pub(super) fn pepper(&self) -> &Key32 {
        &self.0.pepper
    }

    /// To be told after a change of somebody's name, roles or standing, and after ending their sessions.
    pub(super) fn forget_person(&self, user: UserId) {
        self.0.sessions.forget(|live| live.stored.user == user);
    }

    /// To be told after a session ended.
    pub(super) fn forget_session(&self, id: SessionId) {
        self.0.sessions.forget(|live| live.stored.id == id);
    }

    /// To be told after a key was revoked.
    pub(super) fn forget_key(&self, id: ApiKeyId) {
        self.0.keys.forget(|live| live.key.id == id);
    }

    /// Whether somebody owns a company here.
    pub(super) fn has_owner(&self) -> bool {
        let owned = self.0.owned.load(Ordering::Acquire);
        if !owned {
            self.look_for_owner_in_background();
        }
        owned
    }

    /// To be told once somebody owns the instance.
    pub(super) fn owned(&self) {
        self.0.owned.store(true, Ordering::Release);
    }

    /// Writes the marks of "last used" that wait.
    ///
    /// # Errors
    /// Where the control plane does not answer; the marks wait on.
    pub(super) async fn flush(&self) -> Result<()> {
        let (seen, used) = (self.0.seen.all(), self.0.used.all());
        if seen.is_empty() && used.is_empty() {
            return Ok(());
        }
        let (to_write, also) = (seen.clone(), used.clone());
        let written = self
            .0
            .control
            .write(move |c| {
                to_write
                    .iter()
                    .try_for_each(|(id, at)| sessions::seen(c, *id, *at))?;
                also.iter().try_for_each(|(id, at)| keys::used(c, *id, *at))
            })
            .await;
        if written.is_ok() {
            self.0.seen.written(&seen);
            self.0.used.written(&used);
        }
        written
    }

    async fn by_cookie(
        &self,
        cookie: &str,
        slug: Option<&str>,
        origin: Origin,
    ) -> Result<Admission> {
        let token = PlainToken::parse(cookie)
            .ok_or(Error::Unauthenticated)?
            .hash();
        let now = self.0.clock.now();
        let live = match self.0.sessions.get(token.as_bytes(), now) {
            Some(live) => live,
            None => {
                let before = self.0.sessions.before();
                let stored = self
                    .0
                    .control
                    .read(move |c| sessions::by_token(c, &token))
                    .await?
                    .ok_or(Error::Unauthenticated)?;
                let live = Arc::new(self.live_session(stored));
                self.0
                    .sessions
                    .keep(*token.as_bytes(), Arc::clone(&live), before, now);
                live
            }
        };
        let last_seen = Timestamp::from_micros(live.last_seen.load(Ordering::Acquire));
        if now >= live.stored.expires_at || now.since(last_seen) >= sessions::IDLE {
            self.end_in_background(&live.stored);
            return Err(Error::Unauthenticated);
        }
        let company = self.company_of(live.stored.tenant, slug)?;
        live.last_seen.fetch_max(now.as_micros(), Ordering::AcqRel);
        if now.since(last_seen) >= Duration::from_secs(1) {
            self.0.seen.mark(live.stored.id, now);
            self.write_marks_in_background(now);
        }
        Ok(Admission {
            tenant: live.stored.tenant,
            slug: company.slug.clone(),
            company: company.view.clone(),
            open: company,
            actor: Actor {
                kind: ActorKind::User,
                id: Some(live.stored.user.to_string()),
                name: live.stored.email.clone(),
                origin,
            },
            rights: live.rights.clone(),
            project: None,
            session: Some(SessionView {
                id: live.stored.id,
                user_name: live.stored.name.clone(),
                user_email: live.stored.email.clone(),
            }),
        })
    }

    fn live_session(&self, stored: StoredSession) -> LiveSession {
        let waiting = self.0.seen.get(stored.id).unwrap_or(stored.last_seen_at);
        LiveSession {
            rights: self.0.roles.rights(&stored.roles),
            last_seen: AtomicI64::new(waiting.max(stored.last_seen_at).as_micros()),
            stored,
        }
    }

    async fn by_key(&self, bearer: &str, slug: Option<&str>, origin: Origin) -> Result<Admission> {
        let plain = PlainApiKey::parse(bearer).ok_or(Error::Unauthenticated)?;
        let public_id = plain.id().as_str();
        let now = self.0.clock.now();
        let live = match self.0.keys.get(public_id, now) {
            Some(live) => live,
            None => {
                let before = self.0.keys.before();
                let wanted = public_id.to_owned();
                let key = self
                    .0
                    .control
                    .read(move |c| keys::by_public_id(c, &wanted))
                    .await?
                    .ok_or(Error::Unauthenticated)?;
                let last_used = self
                    .0
                    .used
                    .get(key.id)
                    .or(key.last_used_at)
                    .map_or(0, Timestamp::as_micros);
                let rights = Rights::new(key.scopes.iter().cloned());
                let live = Arc::new(LiveKey {
                    key,
                    rights,
                    last_used: AtomicI64::new(last_used),
                });
                self.0
                    .keys
                    .keep(public_id.to_owned(), Arc::clone(&live), before, now);
                live
            }
        };
        if plain.hash(&self.0.pepper) != live.key.hash || !live.key.is_live(now) {
            return Err(Error::Unauthenticated);
        }
        let company = self.company_of(live.key.tenant, slug)?;
        let before = live.last_used.fetch_max(now.as_micros(), Ordering::AcqRel);
        if now.since(Timestamp::from_micros(before)) >= Duration::from_secs(1) {
            self.0.used.mark(live.key.id, now);
            self.write_marks_in_background(now);
        }
        Ok(Admission {
            tenant: live.key.tenant,
            slug: company.slug.clone(),
            company: company.view.clone(),
            open: company,
            actor: Actor {
                kind: ActorKind::ApiKey,
                id: Some(live.key.id.to_string()),
                name: live.key.name.clone(),
                origin,
            },
            rights: live.rights.clone(),
            project: live.key.project.clone(),
            session: None,
        })
    }

    /// The company somebody belongs to, if the address names that one or none.
    fn company_of(
        &self,
        tenant: crate::id::TenantId,
        slug: Option<&str>,
    ) -> Result<Arc<OpenCompany>> {
        // Archived: whoever belonged to it is told that nothing is left. What an address names besides is no concern of theirs, and
        // looks the same whether it is there or not.
        let company = self.0.directory.by_id(tenant).ok_or(Error::NotFound)?;
        if slug.is_none_or(|slug| slug == company.slug) {
            Ok(company)
        } else {
            Err(Error::Unauthenticated)
        }
    }

    /// A session that ended by time goes from the store too: no clock that is set back revives it.
    fn end_in_background(&self, stored: &StoredSession) {
        let (keeper, id, user) = (self.clone(), stored.id, stored.user);
        in_background(async move {
            let ended = keeper
                .0
                .control
                .write(move |c| sessions::end_one(c, user, id))
                .await;
            keeper.forget_session(id);
            if let Err(error) = ended {
                tracing::debug!(%error, "A session that is over stays in the store for now");
            }
        });
    }

    fn write_marks_in_background(&self, now: Timestamp) {
        let written_at = self.0.marks_written_at.load(Ordering::Acquire);
        if now.since(Timestamp::from_micros(written_at)) < WRITE_MARKS_EVERY
            || self
                .0
                .marks_written_at
                .compare_exchange(
                    written_at,
                    now.as_micros(),
                    Ordering::AcqRel,
                    Ordering::Acquire,
                )
                .is_err()
        {
            return;
        }
        let keeper = self.clone();
        in_background(async move {
            if let Err(error) = keeper.flush().await {
                tracing::debug!(%error, "When sessions and keys were last used is written later");
            }
        });
    }

    fn look_for_owner_in_background(&self) {
        let now = self.0.clock.now();
        let looked_at = self.0.owner_looked_for_at.load(Ordering::Acquire);
        if now.since(Timestamp::from_micros(looked_at)) < LOOK_FOR_OWNER_EVERY
            || self
                .0
                .owner_looked_for_at
                .compare_exchange(
                    looked_at,
                    now.as_micros(),
                    Ordering::AcqRel,
                    Ordering::Acquire,
                )
                .is_err()
        {
            return;
        }
        let (keeper, only) = (self.clone(), self.0.directory.only());
        in_background(async move {
            if keeper
                .0
                .control
                .read(move |c| people::owners(c, only))
                .await
                .is_ok_and(|owners| owners > 0)
            {
                keeper.owned();
            }
        });
    }
}

/// Runs work that nobody waits for, where there is a runtime to run it.
fn in_background(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(work);
    }
}

impl Gate for Keeper {
    fn admit(&self, ask: Ask) -> Later<'static, Result<Admission>> {
        let keeper = self.clone();
        Box::pin(async move {
            let slug = ask.tenant_slug.as_deref();
            match &ask.credential {
                Credential::Cookie(cookie) => keeper.by_cookie(cookie, slug, ask.origin).await,
                Credential::Bearer(bearer) => keeper.by_key(bearer, slug, ask.origin).await,
            }
        })
    }

    fn company(&self, tenant_slug: Option<&str>) -> Option<Arc<OpenCompany>> {
        self.0.directory.find(tenant_slug)
    }

    fn company_at(&self, host: &str) -> Option<Arc<OpenCompany>> {
        self.0.directory.at(host)
    }

    fn company_by_id(&self, tenant: crate::id::TenantId) -> Option<Arc<OpenCompany>> {
        self.0.directory.by_id(tenant)
    }

    fn companies_changed(&self) -> Later<'static, Result<()>> {
        let keeper = self.clone();
        Box::pin(async move {
            let frozen = keeper.0.directory.frozen();
            keeper.0.directory.reload().await?;
            // What waited for a thaw is due now; the runner would find it by itself, later.
            for tenant in frozen {
                let thawed = keeper.0.directory.by_id(tenant);
                if thawed.is_some_and(|company| !company.is_frozen) {
                    keeper.0.jobs.ring(tenant);
                }
            }
            Ok(())
        })
    }

    fn company_changed(&self, tenant: crate::id::TenantId) -> Later<'static, Result<()>> {
        let keeper = self.clone();
        Box::pin(async move {
            let is_frozen = |keeper: &Self| {
                let company = keeper.0.directory.by_id(tenant);
                company.is_some_and(|company| company.is_frozen)
            };
            let was_frozen = is_frozen(&keeper);
            keeper.0.directory.reload_one(tenant).await?;
            if was_frozen && !is_frozen(&keeper) {
                keeper.0.jobs.ring(tenant);
            }
            Ok(())
        })
    }

    fn is_owned(&self) -> bool {
        // Where many are served, the setup of one company is no reason to keep the others, or operators, waiting.
        self.has_owner() || self.0.directory.serves_many()
    }
}
