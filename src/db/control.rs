//! The control plane's door: tenants, people, sessions, keys.

use std::sync::Arc;

use super::conn::{ControlPlane, Scoped};
use super::notices::{Heard, Listening, Notices};
use super::scope::ControlDoor;
use crate::Result;
use crate::id::TenantId;

/// The way to the control plane. Part of [`App`](crate::db::Stores); tenant data is not reachable through it.
#[derive(Clone)]
pub struct Control {
    pub(super) door: ControlDoor,
    /// Where other processes may share it.
    pub(super) notices: Option<Arc<Notices>>,
}

impl Control {
    /// Whether this process alone holds it: a file behind the folder's lock, not a database others may share.
    pub fn is_sole(&self) -> bool {
        self.notices.is_none()
    }

    /// Has the processes that share it told that a company changed in the registry; `None`: more than can be named. Call it after
    /// the commit.
    pub fn tell(&self, company: Option<TenantId>) {
        if let Some(notices) = &self.notices {
            notices.tell(company);
        }
    }

    /// Tells at once what waits to be told: for a process that does not listen and is about to end. Blocks.
    ///
    /// # Errors
    /// Where the database does not answer; the others find out by themselves, a second later.
    pub fn send_notices(&self) -> Result<()> {
        self.notices
            .as_ref()
            .map_or(Ok(()), |notices| notices.send())
    }

    /// Hears what other processes change, and tells them of what this one does, until the listening is dropped. Nothing where no
    /// other can share it. `heard` is called on a thread of its own.
    ///
    /// # Errors
    /// Where no thread can be had.
    pub fn listen(&self, heard: impl Fn(Heard) + Send + 'static) -> Result<Option<Listening>> {
        let notices = self.notices.as_ref();
        notices.map(|notices| notices.listen(heard)).transpose()
    }

    /// Whether other processes are heard now, so that looking is the net and not the way.
    pub fn hears_others(&self) -> bool {
        self.notices
            .as_ref()
            .is_some_and(|notices| notices.is_listening())
    }

    /// Reads in one snapshot; see [`Scope::read`](super::Scope::read).
    ///
    /// # Errors
    /// As [`Scope::read`](super::Scope::read).
    pub async fn read<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, ControlPlane>) -> Result<T> + Send + 'static,
    {
        self.door.read(work).await
    }

    /// Writes in one transaction; see [`Scope::write`](super::Scope::write).
    ///
    /// # Errors
    /// As [`Scope::write`](super::Scope::write).
    pub async fn write<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: Fn(&mut Scoped<'_, ControlPlane>) -> Result<T> + Send + 'static,
    {
        self.door.write(work).await
    }
}
