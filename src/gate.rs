//! What a door asks for: permissions, the rights a caller holds, and the gate that knows who is calling.
//!
//! The gate itself is kept by `identity`; slices below it reach it through this trait.

mod standing;

pub use self::standing::{Counted, Entitled, Limits, Standing, used_up};

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use crate::Result;
use crate::actor::{Actor, Origin};
use crate::clock::Timestamp;
use crate::id::{ProjectId, SessionId, TenantId};

/// A right that a handler demands by naming its type: `Allowed<ReadPartners>`.
pub trait Permission: 'static {
    /// What API keys and roles hold: `partners:read`.
    const NAME: &'static str;
    /// One sentence for people who give it out.
    const ABOUT: &'static str;
    /// Whether a handler that demands it keeps to the project a key is limited to. What does not say so is shut to such keys.
    const IN_PROJECT: bool = false;
}

/// The same right at a handler that keeps to the project its caller is limited to: all it reads and writes goes through the caller's
/// scope, whose stores leave out what belongs to other projects.
pub struct InProject<P>(PhantomData<P>);

impl<P: Permission> Permission for InProject<P> {
    const NAME: &'static str = P::NAME;
    const ABOUT: &'static str = P::ABOUT;
    const IN_PROJECT: bool = true;
}

/// A permission as a row of the list slices declare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PermissionInfo {
    /// `partners:read`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
}

/// Declares permission types and the slice's list of them.
#[macro_export]
macro_rules! permissions {
    ($($(#[$doc:meta])* $type:ident = $name:literal, $about:literal;)*) => {
        $(
            #[doc = $about]
            #[derive(Debug, Clone, Copy)]
            pub enum $type {}
            impl $crate::gate::Permission for $type {
                const NAME: &'static str = $name;
                const ABOUT: &'static str = $about;
            }
        )*
        /// The permissions this slice declares.
        pub const PERMISSIONS: &[$crate::gate::PermissionInfo] =
            &[$($crate::gate::PermissionInfo { name: $name, about: $about }),*];
    };
}

/// What a caller may do: names, and the wildcards `*`, `*:read` and `partners:*`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights(Vec<String>);

impl Rights {
    /// From names and wildcards.
    pub fn new<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(names.into_iter().map(Into::into).collect())
    }

    /// Everything.
    pub fn all() -> Self {
        Self::new(["*"])
    }

    /// Whether the permission of this name is held.
    pub fn allows(&self, name: &str) -> bool {
        let (subject, verb) = name.split_once(':').unwrap_or((name, ""));
        self.0.iter().any(|held| match held.split_once(':') {
            _ if held == "*" || held == name => true,
            Some((held_subject, held_verb)) => {
                (held_subject == "*" && held_verb == verb)
                    || (held_verb == "*" && held_subject == subject)
            }
            None => false,
        })
    }

    /// The names as held.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

/// What a request shows to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// The value of the session cookie.
    Cookie(String),
    /// What follows `Bearer `.
    Bearer(String),
}

/// A request at the gate.
#[derive(Debug, Clone)]
pub struct Ask {
    /// What it shows.
    pub credential: Credential,
    /// The tenant its path or host names; `None` in single mode.
    pub tenant_slug: Option<String>,
    /// Where it comes from.
    pub origin: Origin,
}

/// The person behind a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionView {
    /// Which session.
    pub id: SessionId,
    /// Their name; may be empty.
    pub user_name: String,
    /// Their address.
    pub user_email: String,
}

/// What pages and answers need to know of the company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyView {
    /// What people call it.
    pub name: String,
    /// The currency offered first.
    pub currency: crate::money::Currency,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// `en`, `ro`, `de` …: how figures are written.
    pub locale: String,
}

/// A company as its open pages see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCompany {
    /// Its id.
    pub tenant: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// What pages need to know.
    pub view: CompanyView,
    /// Links still lead to their targets, nothing is recorded.
    pub is_frozen: bool,
    /// When it is deleted, where it is being closed.
    pub closing_at: Option<Timestamp>,
    /// What its plan allows and which products it has.
    pub standing: Standing,
}

impl OpenCompany {
    /// Whether what visitors do is written down for this product: not while the company is frozen or without it.
    pub fn records(&self, product: &str, now: Timestamp) -> bool {
        !self.is_frozen && self.standing.has(product, now)
    }
}

/// The one project a key is limited to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectLimit {
    /// Its id.
    pub id: ProjectId,
    /// Its name in commands and messages.
    pub slug: String,
}

/// Somebody who was let in.
#[derive(Debug, Clone)]
pub struct Admission {
    /// To which company.
    pub tenant: TenantId,
    /// That company's name in addresses.
    pub slug: String,
    /// That company.
    pub company: CompanyView,
    /// How it stands.
    pub open: Arc<OpenCompany>,
    /// As whom.
    pub actor: Actor,
    /// With which rights.
    pub rights: Rights,
    /// The only project they see, for a key that is limited to one.
    pub project: Option<Arc<ProjectLimit>>,
    /// By which session, for people.
    pub session: Option<SessionView>,
}

/// A future of a trait object.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// Knows who is calling, and which company an address names.
pub trait Gate: Any + Send + Sync {
    /// Lets a caller in, or says [`crate::Error::Unauthenticated`].
    fn admit(&self, ask: Ask) -> Later<'static, Result<Admission>>;

    /// The company a path or host names (`None`: the one there is in single mode); nothing where there is none.
    fn company(&self, tenant_slug: Option<&str>) -> Option<Arc<OpenCompany>>;

    /// The company whose own host this is: its sub-domain, or a domain it has proven to hold.
    fn company_at(&self, host: &str) -> Option<Arc<OpenCompany>>;

    /// A company by its id; nothing where it is archived or not there.
    fn company_by_id(&self, tenant: TenantId) -> Option<Arc<OpenCompany>>;

    /// To be told after companies changed; done once every page shows it.
    fn companies_changed(&self) -> Later<'static, Result<()>>;

    /// To be told after this one changed; done once every page shows it.
    fn company_changed(&self, tenant: TenantId) -> Later<'static, Result<()>>;

    /// Whether somebody owns this instance: until then every page leads to the setup.
    fn is_owned(&self) -> bool;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_grant_what_they_say_and_no_more() {
        let cases: &[(&[&str], &str, bool)] = &[
            (&["*"], "partners:write", true),
            (&["*:read"], "partners:read", true),
            (&["*:read"], "partners:write", false),
            (&["partners:*"], "partners:write", true),
            (&["partners:*"], "payouts:write", false),
            (&["partners:read"], "partners:read", true),
            (&["partners:read"], "partners:readx", false),
            (&[], "partners:read", false),
        ];
        for (held, asked, allowed) in cases {
            assert_eq!(
                Rights::new(held.iter().copied()).allows(asked),
                *allowed,
                "{held:?} {asked}"
            );
        }
    }
}
