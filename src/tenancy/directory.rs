//! The companies, in memory: which one a path or host names costs no query.
//!
//! Changes of this process show at once ([`Directory::reload`]); those of another process within a second of the next look.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::domains::OwnNames;
use super::domains::store::{served, served_by};
use super::model::Company;
use super::plans::store::standings;
use super::slug::DEFAULT_SLUG;
use super::store::{self, Mark};
use crate::Result;
use crate::clock::{Clock, Timestamp};
use crate::config::{Config, Tenancy};
use crate::db::{Control, ControlConn};
use crate::gate::OpenCompany;
use crate::id::TenantId;

/// How old the picture may get before the next look renews it in the background, where nobody says what changes.
const MAX_AGE: Duration = Duration::from_secs(1);
/// The same where other processes are heard: a net under the notices.
const MAX_AGE_HEARD: Duration = Duration::from_secs(10);
/// However little seems to have changed, everything is read again after this: the clocks of two machines may differ.
const READ_WHOLE_EVERY: Duration = Duration::from_secs(600);

/// Which companies there are. Cheap to clone.
#[derive(Clone)]
pub struct Directory(Arc<Inner>);

struct Inner {
    control: Control,
    clock: Clock,
    tenancy: Tenancy,
    /// What a company's sub-domain ends in: a dot and the base domain.
    below: Option<String>,
    /// Names that are the instance's own, whatever a company proved before they were.
    own: OwnNames,
    known: RwLock<Known>,
    renewing: AtomicBool,
    turns: AtomicU64,
}

#[derive(Default)]
struct Known {
    by_slug: HashMap<String, Arc<OpenCompany>>,
    by_id: HashMap<TenantId, Arc<OpenCompany>>,
    /// By the domains they have proven to hold.
    by_host: HashMap<String, Arc<OpenCompany>>,
    /// What the registry showed of itself when it was read.
    mark: Option<Arc<Mark>>,
    read_at: Option<Timestamp>,
    /// When it was last seen to be as it was read.
    looked_at: Option<Timestamp>,
    /// The turn in which all was read.
    turn: u64,
    /// Companies that were read by themselves since, each with its turn.
    alone: HashMap<TenantId, u64>,
}

impl Known {
    /// All of the registry as it is now. Thousands of rows: not for a thread that answers requests.
    fn read(c: &mut ControlConn) -> Result<Self> {
        let mark = store::mark(c)?;
        let mut standings = standings(c, None)?;
        let open: Vec<Arc<OpenCompany>> = store::all(c)?
            .iter()
            .filter_map(Company::open)
            .map(|mut company| {
                company.standing = standings.remove(&company.tenant).unwrap_or_default();
                Arc::new(company)
            })
            .collect();
        let by_id: HashMap<TenantId, Arc<OpenCompany>> = open
            .iter()
            .map(|one| (one.tenant, Arc::clone(one)))
            .collect();
        let served = served(c)?.into_iter();
        Ok(Self {
            by_slug: open
                .iter()
                .map(|one| (one.slug.clone(), Arc::clone(one)))
                .collect(),
            by_host: served
                .filter_map(|(host, tenant)| Some((host, Arc::clone(by_id.get(&tenant)?))))
                .collect(),
            by_id,
            mark: Some(Arc::new(mark)),
            ..Self::default()
        })
    }

    fn replace(
        &mut self,
        tenant: TenantId,
        with: Option<Arc<OpenCompany>>,
        hosts: impl IntoIterator<Item = String>,
    ) {
        if let Some(before) = self.by_id.remove(&tenant) {
            self.by_slug.remove(&before.slug);
            self.by_host.retain(|_, company| company.tenant != tenant);
        }
        if let Some(company) = with {
            for host in hosts {
                self.by_host.insert(host, Arc::clone(&company));
            }
            self.by_slug
                .insert(company.slug.clone(), Arc::clone(&company));
            self.by_id.insert(tenant, company);
        }
    }
}

impl Directory {
    /// Reads the registry.
    ///
    /// # Errors
    /// Where the store does not answer.
    pub async fn open(control: Control, clock: Clock, config: &Config) -> Result<Self> {
        let base_domain = config.server.base_domain.as_ref();
        let directory = Self(Arc::new(Inner {
            control,
            clock,
            tenancy: config.tenancy,
            below: base_domain.map(|base| format!(".{}", base.as_str())),
            own: OwnNames::of(config),
            known: RwLock::default(),
            renewing: AtomicBool::new(false),
            turns: AtomicU64::new(0),
        }));
        directory.reload().await?;
        Ok(directory)
    }

    /// The company that a path names: the one there is in single mode, which has no slug in any path; the named one in multi mode.
    pub fn find(&self, slug: Option<&str>) -> Option<Arc<OpenCompany>> {
        let wanted = match (self.0.tenancy, slug) {
            (Tenancy::Single, None) => DEFAULT_SLUG,
            (Tenancy::Multi, Some(slug)) => slug,
            (Tenancy::Single, Some(_)) | (Tenancy::Multi, None) => return None,
        };
        self.look(|known| known.by_slug.get(wanted).cloned())
    }

    /// Whether many companies are served.
    pub fn serves_many(&self) -> bool {
        self.0.tenancy == Tenancy::Multi
    }

    /// The company that an instance nobody owns yet is owned with: `default` in either mode, or where many are served and it was
    /// deleted, the first there is.
    pub fn home(&self) -> Option<Arc<OpenCompany>> {
        self.look(|known| {
            let first = || known.by_slug.values().min_by(|a, b| a.slug.cmp(&b.slug));
            known.by_slug.get(DEFAULT_SLUG).or_else(first).cloned()
        })
    }

    /// The one company that is served; none where many are.
    pub fn only(&self) -> Option<TenantId> {
        let one = (self.0.tenancy == Tenancy::Single).then(|| self.home())?;
        one.map(|company| company.tenant)
    }

    /// The company whose own host this is: its sub-domain of the base domain, or a domain it has proven to hold.
    pub fn at(&self, host: &str) -> Option<Arc<OpenCompany>> {
        if self.0.tenancy == Tenancy::Single {
            return None;
        }
        let below = self.0.below.as_deref();
        if let Some(slug) = below.and_then(|below| host.strip_suffix(below)) {
            return self.look(|known| known.by_slug.get(slug).cloned());
        }
        self.look(|known| known.by_host.get(host).cloned())
            .filter(|_| !self.0.own.have(host))
    }

    /// A company by its id.
    pub fn by_id(&self, tenant: TenantId) -> Option<Arc<OpenCompany>> {
        self.look(|known| known.by_id.get(&tenant).cloned())
    }

    /// The companies that are frozen now.
    pub fn frozen(&self) -> Vec<TenantId> {
        let frozen = |known: &Known| {
            let all = known.by_id.values().filter(|one| one.is_frozen);
            Some(all.map(|one| one.tenant).collect())
        };
        self.look(frozen).unwrap_or_default()
    }

    /// Reads the registry again.
    ///
    /// # Errors
    /// Where the store does not answer; the old picture stays.
    pub async fn reload(&self) -> Result<()> {
        let (at, turn) = (self.0.clock.now(), self.next_turn());
        let known = self.0.control.read(Known::read).await?;
        self.hold(known, at, turn);
        Ok(())
    }

    /// Reads one company again.
    ///
    /// # Errors
    /// Where the store does not answer; the old picture stays.
    pub async fn reload_one(&self, tenant: TenantId) -> Result<()> {
        let turn = self.next_turn();
        let read = self.0.control.read(move |c| {
            Ok((
                store::by_id(c, tenant)?,
                standings(c, Some(tenant))?.remove(&tenant),
                served_by(c, tenant)?,
            ))
        });
        let (company, standing, hosts) = read.await?;
        let open = company
            .as_ref()
            .and_then(Company::open)
            .map(|company| OpenCompany {
                standing: standing.unwrap_or_default(),
                ..company
            });
        let mut held = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        // What was read later saw more.
        let last = held.turn.max(held.alone.get(&tenant).copied().unwrap_or(0));
        if last < turn {
            held.alone.insert(tenant, turn);
            held.replace(tenant, open.map(Arc::new), hosts);
        }
        Ok(())
    }

    /// Reads the registry again where it shows that something changed, or was not read whole for long.
    async fn renew(&self) -> Result<()> {
        let (at, turn) = (self.0.clock.now(), self.next_turn());
        let (mark, read_at) = self.with(|known| (known.mark.clone(), known.read_at));
        let mark = mark.filter(|_| read_at.is_some_and(|read| at.since(read) < READ_WHOLE_EVERY));
        let read = self.0.control.read(move |c| match &mark {
            Some(mark) if **mark == store::mark(c)? => Ok(None),
            _ => Known::read(c).map(Some),
        });
        match read.await? {
            Some(known) => self.hold(known, at, turn),
            None => {
                let mut held = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
                held.looked_at = held.looked_at.max(Some(at));
            }
        }
        Ok(())
    }

    fn next_turn(&self) -> u64 {
        self.0.turns.fetch_add(1, Ordering::AcqRel) + 1
    }

    fn hold(&self, mut known: Known, at: Timestamp, turn: u64) {
        let mut held = self.0.known.write().unwrap_or_else(PoisonError::into_inner);
        // Two reloads may cross: the one that began later saw more.
        if held.turn > turn {
            return;
        }
        for (tenant, read) in std::mem::take(&mut held.alone) {
            if read > turn {
                let hosts = held.by_host.iter();
                let hosts = hosts.filter(|(_, company)| company.tenant == tenant);
                known.replace(
                    tenant,
                    held.by_id.get(&tenant).cloned(),
                    hosts.map(|(host, _)| host.clone()),
                );
                known.alone.insert(tenant, read);
            }
        }
        *held = Known {
            read_at: Some(at),
            looked_at: Some(at),
            turn,
            ..known
        };
    }

    fn with<T>(&self, ask: impl FnOnce(&Known) -> T) -> T {
        ask(&self.0.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn look<T>(&self, find: impl FnOnce(&Known) -> Option<T>) -> Option<T> {
        let known = self.0.known.read().unwrap_or_else(PoisonError::into_inner);
        // Where nobody else can change it, whoever does in this process says so.
        let is_old = !self.0.control.is_sole()
            && known
                .looked_at
                .is_none_or(|at| self.0.clock.now().since(at) >= self.max_age());
        let found = find(&known);
        drop(known);
        if is_old {
            self.renew_in_background();
        }
        found
    }

    fn max_age(&self) -> Duration {
        if self.0.control.hears_others() {
            MAX_AGE_HEARD
        } else {
            MAX_AGE
        }
    }

    fn renew_in_background(&self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        if self.0.renewing.swap(true, Ordering::AcqRel) {
            return;
        }
        let directory = self.clone();
        runtime.spawn(async move {
            if let Err(error) = directory.renew().await {
                tracing::warn!(%error, "The registry of companies could not be read again");
            }
            directory.0.renewing.store(false, Ordering::Release);
        });
    }
}
